// The body of POST /v1/api/sql.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "types/value.h"

namespace millrace::front {

struct SqlRequest {
  std::string sql;
  std::vector<Value> params;
  std::string namespace_id = "default";
};

struct SqlRequestLimits {
  size_t sql_bytes_max = size_t{1} << 20;
  size_t params_max = 65'535;
  size_t param_bytes_max = 512 << 10;
};

// Errors: 22023 not the JSON wanted; 08P01 a parameter that is an array, an object
// or too large; 54000 text too long. The message says what and where. Unknown
// members are ignored: clients of newer versions may send them.
Result<SqlRequest> ParseSqlRequest(std::string_view body, const SqlRequestLimits& limits);

// A JSON object of strings (and nulls, which are left out), for the auth endpoints.
// An unknown or missing member, or one of another type, is an error.
struct TextMember {
  std::string_view name;
  std::string_view alias;  // may be empty
  bool required = true;
  std::string* value = nullptr;
};
Status ParseTextObject(std::string_view body, const std::vector<TextMember>& members);

}  // namespace millrace::front
