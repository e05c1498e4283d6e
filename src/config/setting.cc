#include "config/setting.h"

#include <algorithm>

namespace millrace::config {
namespace {

BareUnit BareUnitOf(const Setting& setting) {
  if (setting.flag.ends_with("-ms")) return BareUnit::kMilliseconds;
  return setting.flag.ends_with("-seconds") ? BareUnit::kSeconds : BareUnit::kNone;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

std::string Join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    joined.append(joined.empty() ? "" : separator).append(part);
  }
  return joined;
}

// "strict or relaxed", "debug, info, warn or error".
std::string Alternatives(std::string_view words) {
  const std::vector<std::string> parts = Split(words, '|');
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text.append(i + 1 == parts.size() ? " or " : ", ");
    text.append(parts[i]);
  }
  return text;
}

std::string FormatNumber(SettingType type, int64_t value) {
  if (type == SettingType::kBytes) return FormatBytes(value);
  if (type == SettingType::kDuration) return FormatDuration(value);
  return std::to_string(value);
}

std::string Range(const Setting& setting) {
  return " from " + FormatNumber(setting.type, setting.least) + " to " +
         FormatNumber(setting.type, setting.most);
}

std::optional<SettingValue> ParseFlag(std::string_view text) {
  if (text == "true" || text == "on" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "off" || text == "no" || text == "0") return false;
  return std::nullopt;
}

std::optional<SettingValue> ParseText(const Setting& setting, std::string_view text) {
  switch (setting.type) {
    case SettingType::kFlag:
      return ParseFlag(text);
    case SettingType::kInteger:
      return ParseInteger(text);
    case SettingType::kBytes:
      return ParseBytes(text);
    case SettingType::kDuration:
      return ParseDuration(text, BareUnitOf(setting));
    case SettingType::kList:
      return Split(text, ',');
    case SettingType::kText:
    case SettingType::kWord:
      break;
  }
  return std::string(text);
}

bool IsNumber(SettingType type) {
  return type == SettingType::kInteger || type == SettingType::kBytes ||
         type == SettingType::kDuration;
}

}  // namespace

std::string QuotedText(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted.append("\\").push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted.append("\\u00").push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
      quoted.push_back(kDigits[c & 15]);
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

std::string EnvironmentName(const Setting& setting) {
  std::string name = "MILLRACE_";
  for (const char c : setting.flag) {
    name.push_back(c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  }
  return name;
}

std::string WhatItTakes(const Setting& setting) {
  switch (setting.type) {
    case SettingType::kFlag:
      return "true or false";
    case SettingType::kInteger:
      return "a number" + Range(setting);
    case SettingType::kBytes:
      return "a size" + Range(setting);
    case SettingType::kDuration:
      return "a duration" + Range(setting);
    case SettingType::kWord:
      return Alternatives(setting.words);
    case SettingType::kList:
      return "a list of texts";
    case SettingType::kText:
      break;
  }
  return "a text";
}

std::string Placeholder(const Setting& setting) {
  switch (setting.type) {
    case SettingType::kFlag:
      return "";
    case SettingType::kInteger:
      return "NUMBER";
    case SettingType::kBytes:
      return "SIZE";
    case SettingType::kDuration:
      return "DURATION";
    case SettingType::kWord:
      return std::string(setting.words);
    case SettingType::kList:
      return "A,B,…";
    case SettingType::kText:
      break;
  }
  return "TEXT";
}

Status BadSetting(const Setting& setting, std::string_view given, std::string_view place) {
  std::string message = std::string(place) + " takes " + WhatItTakes(setting);
  if (!setting.is_secret()) message.append(", not ").append(given);
  Status status = InvalidArgument(std::move(message));
  if (!setting.zero.empty()) {
    return std::move(status).WithHint("0 means " + std::string(setting.zero) + ".");
  }
  if (setting.type == SettingType::kBytes) {
    return std::move(status).WithHint("Write it like \"64MiB\", \"1GiB\" or a number of bytes.");
  }
  if (setting.type == SettingType::kDuration) {
    return std::move(status).WithHint(
        "Write it with its unit, like \"500ms\", \"30s\", \"1h30m\".");
  }
  return status;
}

Status CheckSetting(const Setting& setting, const SettingValue& value, std::string_view given,
                    std::string_view place) {
  if (IsNumber(setting.type)) {
    const int64_t number = std::get<int64_t>(value);
    if (number < setting.least || number > setting.most) return BadSetting(setting, given, place);
  }
  if (setting.type == SettingType::kWord) {
    const std::vector<std::string> words = Split(setting.words, '|');
    const bool known = std::ranges::find(words, std::get<std::string>(value)) != words.end();
    if (!known) return BadSetting(setting, given, place);
  }
  if (setting.refuse == nullptr) return Status::Ok();
  const std::string wanted = setting.refuse(value);
  if (wanted.empty()) return Status::Ok();
  std::string message = std::string(place) + " takes " + wanted;
  if (!setting.is_secret()) message.append(", not ").append(given);
  return InvalidArgument(std::move(message));
}

Result<SettingValue> ParseSetting(const Setting& setting, std::string_view text,
                                  std::string_view place) {
  const std::optional<SettingValue> value = ParseText(setting, text);
  if (!value.has_value()) return BadSetting(setting, QuotedText(text), place);
  RETURN_IF_ERROR(CheckSetting(setting, *value, QuotedText(text), place));
  return *value;
}

std::string FormatSetting(const Setting& setting, const SettingValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const int64_t* number = std::get_if<int64_t>(&value)) {
    return FormatNumber(setting.type, *number);
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return Join(*list, ", ");
  return std::get<std::string>(value);
}

std::string TomlLiteral(const Setting& setting, const SettingValue& value) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    std::vector<std::string> quoted;
    for (const std::string& part : *list) quoted.push_back(QuotedText(part));
    return "[" + Join(quoted, ", ") + "]";
  }
  const std::string text = FormatSetting(setting, value);
  const bool bare = setting.type == SettingType::kFlag || setting.type == SettingType::kInteger;
  return bare ? text : QuotedText(text);
}

}  // namespace millrace::config
