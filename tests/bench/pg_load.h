// The peer's side of a load: asynchronous libpq connections with one prepared
// statement each, and its blocking SqlClient.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "load.h"
#include "sql_client.h"

namespace millrace::bench {

// Opens `count` connections for `work`, which must outlive them. `connection` is a
// connection string of libpq.
Result<std::vector<std::unique_ptr<LoadConnection>>> ConnectPgLoad(const std::string& connection,
                                                                   const Work& work, size_t count);

Result<std::unique_ptr<SqlClient>> ConnectPgSql(const std::string& connection);

}  // namespace millrace::bench
