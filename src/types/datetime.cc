// Calendar arithmetic and printing. The conversions between days and civil dates
// are Howard Hinnant's (https://howardhinnant.github.io/date_algorithms.html).
#include "types/datetime.h"

#include <algorithm>

#include "types/datetime_range.h"
#include "types/number_text.h"

namespace millrace::datetime {
namespace {

struct DayTime {
  int64_t days;
  int64_t micros;  // 0..kMicrosPerDay - 1
};

DayTime SplitDays(int64_t micros) {
  DayTime split{micros / kMicrosPerDay, micros % kMicrosPerDay};
  if (split.micros < 0) {
    split.micros += kMicrosPerDay;
    --split.days;
  }
  return split;
}

Civil CivilFromDays(int64_t days) {
  const int64_t shifted = days + 719'468;  // days since 0000-03-01
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;  // March is 0
  Civil civil;
  civil.day = static_cast<int32_t>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  civil.month = static_cast<int32_t>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  civil.year = static_cast<int32_t>(year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0));
  return civil;
}

void AppendPadded(std::string* out, uint64_t value, int width) {
  char digits[20];
  int count = 0;
  while (value > 0 || count < width) {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  while (count > 0) out->push_back(digits[--count]);
}

}  // namespace

int64_t DaysFromCivil(int32_t year, int32_t month, int32_t day) {
  const int64_t shifted_year = int64_t{year} - (month <= 2 ? 1 : 0);  // years begin in March
  const int64_t era = (shifted_year >= 0 ? shifted_year : shifted_year - 399) / 400;
  const int64_t year_of_era = shifted_year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

int32_t DaysInMonth(int32_t year, int32_t month) {
  constexpr int32_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

Civil CivilFromMicros(int64_t micros) {
  const DayTime split = SplitDays(micros);
  Civil civil = CivilFromDays(split.days);
  civil.micros = static_cast<int32_t>(split.micros % kMicrosPerSecond);
  const auto seconds = static_cast<int32_t>(split.micros / kMicrosPerSecond);
  civil.second = seconds % 60;
  civil.minute = seconds / 60 % 60;
  civil.hour = seconds / 3600;
  return civil;
}

int64_t MicrosFromCivil(const Civil& civil) {
  const int64_t seconds = int64_t{civil.hour} * 3600 + civil.minute * 60 + civil.second;
  return DaysFromCivil(civil.year, civil.month, civil.day) * kMicrosPerDay +
         seconds * kMicrosPerSecond + civil.micros;
}

void AppendDate(std::string* out, int32_t days) {
  const Civil civil = CivilFromDays(days);
  if (civil.year < 0) out->push_back('-');
  AppendPadded(out, static_cast<uint64_t>(std::abs(int64_t{civil.year})), 4);
  out->push_back('-');
  AppendPadded(out, static_cast<uint64_t>(civil.month), 2);
  out->push_back('-');
  AppendPadded(out, static_cast<uint64_t>(civil.day), 2);
}

void AppendClock(std::string* out, uint64_t micros) {
  const uint64_t seconds = micros / kMicrosPerSecond;
  AppendPadded(out, seconds / 3600, 2);
  out->push_back(':');
  AppendPadded(out, seconds / 60 % 60, 2);
  out->push_back(':');
  AppendPadded(out, seconds % 60, 2);
  const uint64_t fraction = micros % kMicrosPerSecond;
  if (fraction == 0) return;
  out->push_back('.');
  AppendPadded(out, fraction, 6);
  while (out->back() == '0') out->pop_back();
}

void AppendTime(std::string* out, int64_t micros) {
  if (micros < 0) out->push_back('-');
  AppendClock(out, micros < 0 ? uint64_t{0} - static_cast<uint64_t>(micros)
                              : static_cast<uint64_t>(micros));
}

void AppendTimestamp(std::string* out, int64_t micros, TypeId type) {
  const DayTime split = SplitDays(micros);
  AppendDate(out, static_cast<int32_t>(split.days));
  out->push_back(' ');
  AppendTime(out, split.micros);
  if (type == TypeId::kDateTime) out->append("+00");
}

Result<int64_t> AddInterval(int64_t micros, const Interval& interval) {
  const Status out_of_range = OutOfRange("timestamp out of range").WithSqlState("22008");
  Int128 sum = micros;
  if (interval.months != 0) {
    Civil civil = CivilFromMicros(micros);
    const int64_t months = int64_t{civil.year} * 12 + civil.month - 1 + interval.months;
    if (months < kYearMin * 12 || months >= (kYearMax + 1) * 12) return out_of_range;
    civil.year = static_cast<int32_t>(months / 12);
    civil.month = static_cast<int32_t>(months % 12) + 1;
    civil.day = std::min(civil.day, DaysInMonth(civil.year, civil.month));
    sum = MicrosFromCivil(civil);
  }
  sum += Int128{interval.days} * kMicrosPerDay + interval.micros;
  if (sum < kMicrosMin || sum > kMicrosMax) return out_of_range;
  return static_cast<int64_t>(sum);
}

}  // namespace millrace::datetime
