// Our side of a load: keep-alive connections that post to /v1/api/sql.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/status.h"
#include "http_wire.h"
#include "load.h"

namespace millrace::bench {

// Opens `count` connections for `work`, which must outlive them.
Result<std::vector<std::unique_ptr<LoadConnection>>> ConnectHttpLoad(const HttpEndpoint& endpoint,
                                                                     const Work& work,
                                                                     size_t count);

}  // namespace millrace::bench
