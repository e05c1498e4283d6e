#include "server/config_file.h"

#include <toml++/toml.h>
#include <algorithm>
#include <sstream>
#include <utility>

#include "base/nearest_name.h"

namespace millrace {
namespace {

Result<std::string> ValueText(const toml::node& node, std::string_view key) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return std::string(flag->get() ? "true" : "false");
  return InvalidArgument("key \"" + std::string(key) + "\" must be a string, a number or a flag");
}

Status UnknownKey(std::string_view key, const std::vector<std::string>& known) {
  Status status = InvalidArgument("unknown key \"" + std::string(key) + "\"");
  const std::vector<std::string_view> names(known.begin(), known.end());
  const auto nearest = NearestName(key, names);
  if (!nearest.has_value()) return status;
  return std::move(status).WithHint("Did you mean \"" + std::string(*nearest) + "\"?");
}

}  // namespace

Result<std::map<std::string, std::string>> ReadConfigFile(const std::string& path,
                                                          const std::vector<std::string>& known) {
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    std::ostringstream place;
    place << error.source().begin;
    return InvalidArgument("cannot read config file \"" + path +
                           "\": " + std::string(error.description()) + " at " + place.str());
  }
  std::map<std::string, std::string> values;
  for (const auto& [key, node] : table) {
    std::string name(key.str());
    std::replace(name.begin(), name.end(), '_', '-');
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return UnknownKey(name, known);
    }
    ASSIGN_OR_RETURN(values[name], ValueText(node, name));
  }
  return values;
}

}  // namespace millrace
