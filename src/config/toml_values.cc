#include "config/toml_values.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace millrace::config {
namespace {

// Some texts that are no TOML run into the parser's assertions instead of its errors
// (found by config_fuzz): they must not end the program.
void RequireOfParser(bool holds) {
  if (!holds) throw std::logic_error("the text is no TOML");
}

}  // namespace
}  // namespace millrace::config

#define TOML_ASSERT(expression) ::millrace::config::RequireOfParser(static_cast<bool>(expression))
#include <toml++/toml.h>

#include "base/nearest_name.h"
#include "config/toml_texts.h"

namespace millrace::config {
namespace {

std::string PlaceText(std::string_view path, const toml::source_region& where) {
  return std::string(path) + ":" + std::to_string(where.begin.line) + ":" +
         std::to_string(where.begin.column);
}

class TomlReader {
 public:
  TomlReader(std::string_view path, std::span<const Setting> settings)
      : path_(path), settings_(settings) {}

  void ReadTable(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (const Setting* setting = Find(name)) {
        ReadValue(*setting, node);
      } else if (node.is_table() && IsSection(name)) {
        ReadTable(*node.as_table(), name + ".");
      } else {
        Unknown(name, node, key.source());
      }
    }
  }

  void Complain(const toml::source_region& where, std::string message, std::string hint = {}) {
    Status status = InvalidArgument(Place(where) + ": " + std::move(message));
    if (!hint.empty()) status = std::move(status).WithHint(std::move(hint));
    result_.problems.push_back(std::move(status));
  }

  void ComplainOfAll(std::string_view message) {
    result_.problems.push_back(
        InvalidArgument(std::string(path_) + ": " + std::string(message))
            .WithHint("`millrace config example` prints a file that is right."));
  }

  TomlValues Take() { return std::move(result_); }

 private:
  const Setting* Find(std::string_view name) const {
    const auto found = std::ranges::find(settings_, name, &Setting::name);
    return found == settings_.end() ? nullptr : &*found;
  }

  bool IsSection(std::string_view name) const {
    return std::ranges::any_of(settings_, [name](const Setting& setting) {
      return setting.name.starts_with(name) && setting.name.substr(name.size()).starts_with('.');
    });
  }

  std::string Place(const toml::source_region& where) const { return PlaceText(path_, where); }

  void Unknown(const std::string& name, const toml::node& node, const toml::source_region& where) {
    if (node.is_table()) {
      Complain(where, "unknown section \"" + name + "\"", NearestSection(name));
    } else {
      Complain(where, "unknown key \"" + name + "\"", HintForKey(name));
    }
  }

  std::string NearestSection(std::string_view name) const {
    std::vector<std::string_view> sections;
    for (const Setting& setting : settings_) sections.push_back(setting.section());
    const auto nearest = NearestName(name, sections);
    return nearest ? "Did you mean \"" + std::string(*nearest) + "\"?" : std::string();
  }

  std::string HintForKey(const std::string& name) const {
    std::string as_flag = name;
    std::ranges::replace(as_flag, '_', '-');
    // The key alone, and a flag's name, are what people try first.
    for (const Setting& setting : settings_) {
      if (setting.flag == as_flag || setting.key() == name) {
        return "Write it as \"" + std::string(setting.key()) + "\" in the section [" +
               std::string(setting.section()) + "].";
      }
    }
    return NearestSetting(name, settings_);
  }

  void ReadValue(const Setting& setting, const toml::node& node) {
    const std::string place = Place(node.source());
    const std::string subject = place + ": " + std::string(setting.name);
    Result<SettingValue> value = Convert(setting, node, subject);
    if (value.ok()) {
      result_.values.push_back({&setting, std::move(*value), place});
    } else {
      result_.problems.push_back(value.status());
    }
  }

  static Result<SettingValue> Convert(const Setting& setting, const toml::node& node,
                                      const std::string& subject) {
    if (const auto* text = node.as_string()) {
      // A quoted "8" is no number here: the file has numbers of its own.
      const bool quoted_number =
          setting.type == SettingType::kInteger || setting.type == SettingType::kFlag;
      if (quoted_number) return BadSetting(setting, QuotedText(text->get()), subject);
      return ParseSetting(WithoutBareUnit(setting), text->get(), subject);
    }
    if (const auto* number = node.as_integer()) return Number(setting, number->get(), subject);
    if (const auto* flag = node.as_boolean()) {
      const std::string given = flag->get() ? "true" : "false";
      if (setting.type != SettingType::kFlag) return BadSetting(setting, given, subject);
      return SettingValue(flag->get());
    }
    if (const auto* array = node.as_array(); array && setting.type == SettingType::kList) {
      return List(setting, *array, subject);
    }
    return BadSetting(setting, KindOf(node), subject);
  }

  // In the file a number's unit would be in nobody's sight.
  static Setting WithoutBareUnit(Setting setting) {
    setting.flag = {};
    return setting;
  }

  static Result<SettingValue> Number(const Setting& setting, int64_t number,
                                     const std::string& subject) {
    const std::string given = std::to_string(number);
    const bool fits = setting.type == SettingType::kInteger ||
                      setting.type == SettingType::kBytes ||
                      (setting.type == SettingType::kDuration && number == 0);
    if (!fits) {
      Status status = BadSetting(setting, given, subject);
      if (setting.type != SettingType::kDuration) return status;
      return std::move(status).WithHint("Write it with its unit, like \"500ms\" or \"30s\".");
    }
    RETURN_IF_ERROR(CheckSetting(setting, number, given, subject));
    return SettingValue(number);
  }

  static Result<SettingValue> List(const Setting& setting, const toml::array& array,
                                   const std::string& subject) {
    std::vector<std::string> parts;
    std::string given;
    for (const toml::node& element : array) {
      const auto* text = element.as_string();
      if (text == nullptr) return BadSetting(setting, "an array of other things", subject);
      parts.push_back(text->get());
      given.append(given.empty() ? "" : ", ").append(text->get());
    }
    const SettingValue value = std::move(parts);
    RETURN_IF_ERROR(CheckSetting(setting, value, given, subject));
    return value;
  }

  static std::string_view KindOf(const toml::node& node) {
    if (node.is_table()) return "a section";
    if (node.is_array()) return "an array";
    return node.is_floating_point() ? "a fraction" : "a date or time";
  }

  std::string_view path_;
  std::span<const Setting> settings_;
  TomlValues result_;
};

}  // namespace

std::string NearestSetting(std::string_view name, std::span<const Setting> settings) {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings) names.push_back(setting.name);
  const auto nearest = NearestName(name, names);
  return nearest ? "Did you mean \"" + std::string(*nearest) + "\"?" : std::string();
}

Result<std::map<std::string, std::map<std::string, std::string>>> ReadTomlTexts(
    std::string_view text, std::string_view path) {
  std::map<std::string, std::map<std::string, std::string>> sections;
  try {
    const toml::table root = toml::parse(text);
    for (const auto& [name, section] : root) {
      if (!section.is_table()) {
        return InvalidArgument(PlaceText(path, name.source()) + ": a section is expected");
      }
      auto& texts = sections[std::string(name.str())];
      for (const auto& [key, value] : *section.as_table()) {
        const auto* found = value.as_string();
        if (found == nullptr) {
          return InvalidArgument(PlaceText(path, value.source()) + ": a text is expected");
        }
        texts[std::string(key.str())] = found->get();
      }
    }
  } catch (const toml::parse_error& error) {
    return InvalidArgument(PlaceText(path, error.source()) + ": " +
                           std::string(error.description()));
  } catch (const std::logic_error& error) {
    return InvalidArgument(std::string(path) + ": " + error.what());
  }
  return sections;
}

TomlValues ReadTomlValues(std::string_view text, std::string_view path,
                          std::span<const Setting> settings) {
  TomlReader reader(path, settings);
  try {
    reader.ReadTable(toml::parse(text), "");
  } catch (const toml::parse_error& error) {
    reader.Complain(error.source(), std::string(error.description()));
  } catch (const std::logic_error& error) {
    reader.ComplainOfAll(error.what());
  }
  return reader.Take();
}

}  // namespace millrace::config
