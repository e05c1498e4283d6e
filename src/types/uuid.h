// UUIDs as text. A UUID is held as the big-endian number of its 16 bytes; its
// order is the unsigned order (types/sql_type.h).
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "types/sql_type.h"

namespace millrace::uuid {

// 32 hexadecimal digits of either case, optionally with a dash after any group of
// four and in braces, as PostgreSQL reads them. Errors: 22P02.
Result<Int128> Parse(std::string_view text);

// Canonical: lower case, 8-4-4-4-12.
void AppendTo(std::string* out, Int128 uuid);

}  // namespace millrace::uuid
