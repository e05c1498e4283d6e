// Dates and times as text and as civil fields. Proleptic Gregorian calendar,
// years 0001..9999; microsecond resolution.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "types/sql_type.h"

namespace millrace::datetime {

struct Civil {
  int32_t year = 1970;
  int32_t month = 1;  // 1..12
  int32_t day = 1;    // 1..31
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  int32_t micros = 0;
};

int64_t DaysFromCivil(int32_t year, int32_t month, int32_t day);
Civil CivilFromMicros(int64_t micros);
int64_t MicrosFromCivil(const Civil& civil);

// ISO 8601 / SQL forms: '2026-01-02', '2026-01-02 03:04:05[.123456]',
// 'T' for the blank, zone 'Z' | '+01[:00]'. A zone shifts to UTC for
// kDateTime and is ignored (checked only) for kTimestamp, as PostgreSQL does.
// Errors: 22007 bad form, 22008 field out of range; the message quotes the text.
Result<int32_t> ParseDate(std::string_view text);
Result<int64_t> ParseTime(std::string_view text);
Result<int64_t> ParseTimestamp(std::string_view text, TypeId type);
// '1 day 2 hours', 'P1DT2H', '01:02:03', '3 months -4 days'.
Result<Interval> ParseInterval(std::string_view text);

void AppendDate(std::string* out, int32_t days);
void AppendTime(std::string* out, int64_t micros);
// "2026-01-02 03:04:05" or with ".123456" when micros are not zero; DateTime adds "+00".
void AppendTimestamp(std::string* out, int64_t micros, TypeId type);
void AppendInterval(std::string* out, const Interval& interval);

// Adds months first (clamping the day), then days, then micros. 22008 on overflow.
Result<int64_t> AddInterval(int64_t micros, const Interval& interval);

}  // namespace millrace::datetime
