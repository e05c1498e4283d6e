// One thing that a program can be told, and everything there is to say about it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"
#include "config/quantity.h"

namespace millrace::config {

enum class SettingType : uint8_t {
  kFlag,      // bool; on the command line --x, or --x=false
  kInteger,   // int64_t
  kBytes,     // int64_t
  kDuration,  // int64_t milliseconds
  kText,      // string
  kWord,      // string, one of `words`
  kList,      // vector<string>; a TOML array, elsewhere separated by commas
};

using SettingValue = std::variant<bool, int64_t, std::string, std::vector<std::string>>;

enum class Secrecy : uint8_t { kPublic, kSecret };
enum class ChangeWhen : uint8_t { kAtStart, kAtRuntime };

// All texts must outlive it: they are literals.
struct Setting {
  // "section.key" in the file.
  std::string_view name;
  // "body-max-bytes" is --body-max-bytes, and MILLRACE_BODY_MAX_BYTES in the environment.
  // A duration whose flag ends in -ms or -seconds takes bare numbers in that unit there.
  std::string_view flag;
  SettingType type = SettingType::kText;
  // Parsed like any other text; empty: no value (a text or list only).
  std::string_view default_text;
  // One sentence without its full stop.
  std::string_view description;
  // For the three kinds of numbers, both included.
  int64_t least = 0;
  int64_t most = INT64_MAX;
  // What 0 means, when it is no ordinary number: "one per core".
  std::string_view zero;
  // For kWord, "|" between them: "strict|relaxed".
  std::string_view words;
  Secrecy secrecy = Secrecy::kPublic;
  ChangeWhen change = ChangeWhen::kAtStart;
  // For what a type cannot say: returns what the setting takes ("HOST:PORT") when the
  // value is wrong, else nothing. May be null.
  std::string (*refuse)(const SettingValue& value) = nullptr;

  bool is_secret() const { return secrecy == Secrecy::kSecret; }
  // "http" of "http.body_max".
  std::string_view section() const { return name.substr(0, name.rfind('.')); }
  std::string_view key() const { return name.substr(name.rfind('.') + 1); }
};

// "MILLRACE_BODY_MAX_BYTES".
std::string EnvironmentName(const Setting& setting);
// "a size from 1KiB to 1GiB", "strict or relaxed".
std::string WhatItTakes(const Setting& setting);
// "NUMBER", "SIZE", "strict|relaxed": for a line of help; empty for a flag.
std::string Placeholder(const Setting& setting);

// From a flag or the environment. `place` begins the message: "--threads takes a number
// from 0 to 256, not \"many\"". kInvalidArgument.
Result<SettingValue> ParseSetting(const Setting& setting, std::string_view text,
                                  std::string_view place);
// A value that already has the type's form, checked against range, words and `refuse`.
// `given` stands in the message as it is.
Status CheckSetting(const Setting& setting, const SettingValue& value, std::string_view given,
                    std::string_view place);
// "PLACE takes …, not GIVEN", with the meaning of 0 as a hint; no value of a secret.
Status BadSetting(const Setting& setting, std::string_view given, std::string_view place);

// In quotes, with what would end the line or steer a terminal escaped; also a literal of TOML.
std::string QuotedText(std::string_view text);

// The canonical text, which ParseSetting reads back. Secrets are not masked here.
std::string FormatSetting(const Setting& setting, const SettingValue& value);
// As a literal of TOML: "\"64MiB\"", "[\"a\", \"b\"]", "true", "8".
std::string TomlLiteral(const Setting& setting, const SettingValue& value);

}  // namespace millrace::config
