// The only file that includes simdjson: its header is heavy to compile.
#include <simdjson.h>

#include "types/json_text.h"

namespace millrace {

bool IsValidUtf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace millrace
