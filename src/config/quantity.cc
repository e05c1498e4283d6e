#include "config/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace millrace::config {
namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

// Largest first, which is the order Format tries them in.
constexpr std::array<Unit, 5> kByteUnits = {{{"TiB", int64_t{1} << 40},
                                             {"GiB", int64_t{1} << 30},
                                             {"MiB", int64_t{1} << 20},
                                             {"KiB", int64_t{1} << 10},
                                             {"B", 1}}};
constexpr std::array<Unit, 5> kTimeUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view TrimSpace(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Takes a number with an optional sign from the front.
std::optional<int64_t> TakeNumber(std::string_view* text) {
  int64_t number = 0;
  const char* const begin = text->data();
  const auto parsed = std::from_chars(begin, begin + text->size(), number);
  if (parsed.ec != std::errc() || parsed.ptr == begin) return std::nullopt;
  text->remove_prefix(static_cast<size_t>(parsed.ptr - begin));
  return number;
}

// Takes the word from the front that is all before the next digit.
std::string_view TakeUnit(std::string_view* text) {
  const size_t end = std::min(text->find_first_of("0123456789-"), text->size());
  const std::string_view unit = TrimSpace(text->substr(0, end));
  text->remove_prefix(end);
  return unit;
}

std::optional<int64_t> FactorOf(std::string_view name, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (std::ranges::equal(unit.name, name, {}, &ToLower, &ToLower)) return unit.factor;
  }
  return std::nullopt;
}

std::string Format(int64_t value, std::span<const Unit> units) {
  if (value == 0) return "0";
  for (const Unit& unit : units) {
    if (value % unit.factor == 0) {
      return std::to_string(value / unit.factor) + std::string(unit.name);
    }
  }
  return std::to_string(value);
}

}  // namespace

std::optional<int64_t> ParseInteger(std::string_view text) {
  text = TrimSpace(text);
  const auto number = TakeNumber(&text);
  return text.empty() ? number : std::nullopt;
}

std::optional<int64_t> ParseBytes(std::string_view text) {
  text = TrimSpace(text);
  const auto number = TakeNumber(&text);
  if (!number) return std::nullopt;
  const std::string_view unit = TrimSpace(text);
  const std::optional<int64_t> factor =
      unit.empty() ? std::optional<int64_t>(1) : FactorOf(unit, kByteUnits);
  int64_t bytes = 0;
  if (!factor || __builtin_mul_overflow(*number, *factor, &bytes)) return std::nullopt;
  return bytes;
}

std::string FormatBytes(int64_t bytes) { return Format(bytes, kByteUnits); }

std::optional<int64_t> ParseDuration(std::string_view text, BareUnit bare) {
  text = TrimSpace(text);
  if (const auto number = ParseInteger(text)) {
    if (bare == BareUnit::kNone && *number != 0) return std::nullopt;
    int64_t milliseconds = 0;
    const int64_t factor = bare == BareUnit::kSeconds ? 1'000 : 1;
    if (__builtin_mul_overflow(*number, factor, &milliseconds)) return std::nullopt;
    return milliseconds;
  }
  int64_t total = 0;
  bool first = true;
  while (!text.empty()) {
    const auto number = TakeNumber(&text);
    // Parts only add up: "1h-30m" and "-1h30m" are nobody's duration.
    if (!number || (!first && (*number < 0 || total < 0))) return std::nullopt;
    const auto factor = FactorOf(TakeUnit(&text), kTimeUnits);
    int64_t part = 0;
    if (!factor || __builtin_mul_overflow(*number, *factor, &part)) return std::nullopt;
    if (__builtin_add_overflow(total, part, &total)) return std::nullopt;
    first = false;
  }
  return first ? std::nullopt : std::optional(total);
}

std::string FormatDuration(int64_t milliseconds) { return Format(milliseconds, kTimeUnits); }

}  // namespace millrace::config
