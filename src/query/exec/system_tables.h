// The rows of system.* and information_schema.*, made when they are read.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "query/exec/exec_context.h"
#include "types/virtual_table.h"

namespace millrace::exec {

// kNotFound for a name the virtual catalog does not have. Worker threads only.
Result<std::shared_ptr<TableSource>> MakeSystemTable(const Services& services,
                                                     const Request& request,
                                                     std::string_view namespace_name,
                                                     std::string_view name);

// The rows of one, as one batch in the shape the virtual catalog gives.
Result<Batch> ReadSystemTable(const Services& services, const Request& request,
                              std::string_view namespace_name, std::string_view name);

}  // namespace millrace::exec
