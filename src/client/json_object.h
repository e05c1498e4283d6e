// One JSON object as a list of members, nested values kept as JSON text: for
// short bodies (login) and for records of JSON lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/result.h"

namespace millrace::client {

struct JsonMember {
  std::string name;
  Cell value;
};

// Members in the order written; a name may repeat. InvalidArgument when `text`
// is not one JSON object.
Result<std::vector<JsonMember>> ParseJsonObject(std::string_view text);

// The string, number or bool text of a member, or empty when there is none.
std::string_view FindMember(const std::vector<JsonMember>& members, std::string_view name);

}  // namespace millrace::client
