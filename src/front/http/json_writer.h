// Small JSON documents of the front door: objects and strings, appended to a text.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "types/json_text.h"

namespace millrace::front {

// Adds `"name":` and, before it, a comma unless the object has just begun.
inline void AddName(std::string* json, std::string_view name) {
  if (!json->empty() && json->back() != '{' && json->back() != '[') json->push_back(',');
  AppendJsonString(json, name);
  json->push_back(':');
}
inline void AddText(std::string* json, std::string_view name, std::string_view text) {
  AddName(json, name);
  AppendJsonString(json, text);
}
inline void AddRaw(std::string* json, std::string_view name, std::string_view value) {
  AddName(json, name);
  json->append(value);
}

}  // namespace millrace::front
