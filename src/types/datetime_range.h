// The calendar's limits, shared by what parses, prints and adds.
#pragma once

#include <cstdint>
#include <string>

namespace millrace::datetime {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
inline constexpr int64_t kYearMin = 1;
inline constexpr int64_t kYearMax = 9999;
inline constexpr int64_t kMicrosMin = -719'162 * kMicrosPerDay;       // 0001-01-01 00:00
inline constexpr int64_t kMicrosMax = 2'932'897 * kMicrosPerDay - 1;  // 9999-12-31 23:59:59.999999

int32_t DaysInMonth(int32_t year, int32_t month);
// "03:04:05" or "100:00:00.5": any number of hours, the fraction without trailing zeros.
void AppendClock(std::string* out, uint64_t micros);

}  // namespace millrace::datetime
