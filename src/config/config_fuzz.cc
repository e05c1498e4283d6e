// Any bytes as a millrace.toml and as values: no crash, and what is taken as a quantity
// has a canonical text that means the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/configuration.h"
#include "config/quantity.h"

namespace {

constexpr millrace::config::Setting kSettings[] = {
    {.name = "a.number",
     .flag = "n",
     .type = millrace::config::SettingType::kInteger,
     .default_text = "1"},
    {.name = "a.size",
     .flag = "s",
     .type = millrace::config::SettingType::kBytes,
     .default_text = "1"},
    {.name = "a.b.time",
     .flag = "t",
     .type = millrace::config::SettingType::kDuration,
     .default_text = "1s"},
    {.name = "a.b.list", .flag = "l", .type = millrace::config::SettingType::kList},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using millrace::config::BareUnit;
  using millrace::config::ConfigSources;
  using millrace::config::ConfigText;
  using millrace::config::Configuration;
  using millrace::config::FormatBytes;
  using millrace::config::FormatDuration;
  using millrace::config::ParseBytes;
  using millrace::config::ParseDuration;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto bytes = ParseBytes(text)) {
    if (ParseBytes(FormatBytes(*bytes)) != bytes) std::abort();
  }
  if (const auto time = ParseDuration(text, BareUnit::kMilliseconds)) {
    if (ParseDuration(FormatDuration(*time), BareUnit::kNone) != time) std::abort();
  }
  ConfigSources sources;
  sources.file = ConfigText{.path = "fuzz", .text = std::string(text)};
  const Configuration configuration = Configuration::Load(kSettings, sources);
  if (configuration.states().size() != std::size(kSettings)) std::abort();
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static constexpr const char* kSeeds[] = {
      "[a]\nnumber = 5\nsize = \"64MiB\"\n[a.b]\ntime = \"1h30m\"\nlist = [\"x\", 'y']\n",
      "a.number = 0x10\na.b = { time = \"5ms\", list = [] }\n", "64MiB", "1h30m500ms"};
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
