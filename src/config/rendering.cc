#include "config/rendering.h"

#include <algorithm>

namespace millrace::config {
namespace {

std::string DefaultText(const Setting& setting) {
  return setting.default_text.empty() ? std::string("none") : std::string(setting.default_text);
}

// "0: one per core" after the description.
std::string Described(const Setting& setting) {
  std::string text(setting.description);
  if (!setting.zero.empty()) text.append("; 0: ").append(setting.zero);
  return text;
}

bool HasRange(const Setting& setting) {
  return setting.type == SettingType::kInteger || setting.type == SettingType::kBytes ||
         setting.type == SettingType::kDuration;
}

// Never fails: a test of the table parses every default.
std::string DefaultLiteral(const Setting& setting) {
  const Result<SettingValue> value = ParseSetting(setting, setting.default_text, setting.name);
  return value.ok() ? TomlLiteral(setting, *value) : QuotedText(setting.default_text);
}

// Settings of one section follow each other in the table, which a test holds.
void AppendSection(std::string* out, const Setting& setting) {
  out->append("\n[").append(setting.section()).append("]\n");
}

std::string TypeName(const Setting& setting) {
  switch (setting.type) {
    case SettingType::kFlag:
      return "true or false";
    case SettingType::kInteger:
      return "number";
    case SettingType::kBytes:
      return "size";
    case SettingType::kDuration:
      return "duration";
    case SettingType::kWord:
      return WhatItTakes(setting);
    case SettingType::kList:
      return "list";
    case SettingType::kText:
      break;
  }
  return "text";
}

std::string RangeText(const Setting& setting) {
  if (!HasRange(setting)) return {};
  const std::string takes = WhatItTakes(setting);
  return takes.substr(takes.find(" from ") + 1);
}

}  // namespace

std::string ExampleFile(std::span<const Setting> settings) {
  std::string out =
      "# Configuration of a Millrace server. Every line that begins with \"# \" and a key shows "
      "the\n"
      "# default; take the \"# \" away to change it. The environment is stronger than this file, "
      "and\n"
      "# flags of the command line are stronger than both. Sizes: B, KiB, MiB, GiB, TiB; "
      "durations:\n"
      "# ms, s, m, h, d. `millrace config check` tells what is wrong with a file.\n";
  std::string_view section;
  for (const Setting& setting : settings) {
    if (setting.section() != section) AppendSection(&out, setting);
    section = setting.section();
    out.append("## ").append(Described(setting)).append(".\n");
    out.append("## Takes ").append(WhatItTakes(setting)).append(". ");
    if (setting.is_secret()) out.append("A secret: keep this file to yourself. ");
    out.append("Also --").append(setting.flag).append(", ");
    out.append(EnvironmentName(setting)).append(".\n");
    out.append("# ").append(setting.key()).append(" = ").append(DefaultLiteral(setting));
    out.append("\n");
  }
  return out;
}

std::string MarkdownTable(std::span<const Setting> settings) {
  std::string out = "| setting | default | takes | meaning | flag |\n|---|---|---|---|---|\n";
  for (const Setting& setting : settings) {
    out.append("| `").append(setting.name).append("` | ");
    out.append(setting.default_text.empty() ? "none"
                                            : "`" + std::string(setting.default_text) + "`");
    out.append(" | ").append(TypeName(setting));
    if (HasRange(setting)) out.append(" ").append(RangeText(setting));
    out.append(" | ").append(Described(setting));
    if (setting.is_secret()) out.append(" (secret)");
    if (setting.change == ChangeWhen::kAtRuntime) out.append(" (may change at run time)");
    out.append(" | `--").append(setting.flag).append("` |\n");
  }
  return out;
}

std::string ShowText(const Configuration& configuration, ShowOrigin origin) {
  size_t name_width = 0;
  for (const SettingState& state : configuration.states()) {
    name_width = std::max(name_width, state.setting->name.size());
  }
  std::string out;
  for (const SettingState& state : configuration.states()) {
    std::string line(state.setting->name);
    line.resize(name_width, ' ');
    const std::string shown = state.ShownText();
    const bool masked = state.setting->is_secret() && !shown.empty();
    line.append(" = ").append(masked ? shown : TomlLiteral(*state.setting, state.value));
    if (origin == ShowOrigin::kYes) line.append("  # ").append(state.place);
    out.append(line).append("\n");
  }
  return out;
}

std::string FlagHelp(const Setting& setting) {
  std::string help = Described(setting);
  if (HasRange(setting)) help.append("; ").append(RangeText(setting));
  help.append(" (default: ").append(DefaultText(setting)).append(")");
  return help;
}

}  // namespace millrace::config
