// Sizes and durations as people write them: "64MiB", "30s", "1h30m".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::config {

// Bytes: a number alone or with B, KiB, MiB, GiB, TiB, in any case, a space between
// allowed. Nothing for other texts, fractions, and what does not fit 63 bits. "MB" is
// refused, because some mean 10^6 by it and some 2^20.
std::optional<int64_t> ParseBytes(std::string_view text);
// The shortest exact form: 65536 is "64KiB", 1500 is "1500B", 0 is "0".
std::string FormatBytes(int64_t bytes);

// What a number without a unit counts in.
enum class BareUnit : uint8_t { kNone, kMilliseconds, kSeconds };

// Milliseconds: numbers with ms, s, m, h or d, one after the other ("1h30m"). A bare
// number is taken in `bare`; with kNone only 0 may stand alone. Nothing for other
// texts and for what does not fit 63 bits.
std::optional<int64_t> ParseDuration(std::string_view text, BareUnit bare);
// The largest unit that is exact: 90000 is "90s", 86400000 is "1d", 0 is "0".
std::string FormatDuration(int64_t milliseconds);

// A whole number with a sign, and nothing else.
std::optional<int64_t> ParseInteger(std::string_view text);

}  // namespace millrace::config
