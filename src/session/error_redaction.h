// What of an error its reader may see. An administrator sees all of it. Others get errors
// about their own statements and values whole; of those about a name they gave, nothing
// about other names; and of those about the server itself only that it failed.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "catalog/definitions.h"

namespace millrace {

enum class ErrorClass : uint8_t {
  // Syntax, types, values, constraints, privileges, limits, transactions: it tells of what
  // the caller wrote.
  kStatement,
  // A table, namespace or user that does not exist: the hint may name others.
  kName,
  // The server, its disk, its files, a bug. Whatever is not known to be another class.
  kServer,
};

ErrorClass ClassOf(const Status& status);

// The error for a caller of this role. Code and SQLSTATE stay; an administrator finds
// what was left out in the server's log under the request's id.
Status Redacted(Status status, Role role, std::string_view request_id);

}  // namespace millrace
