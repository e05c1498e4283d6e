// Arithmetic on dates, times and intervals; EXTRACT, date_part and date_trunc.
// All times are without zone or UTC. Types of results are those of PostgreSQL,
// except that EXTRACT gives BIGINT (whole seconds) and for epoch DOUBLE, as the
// analytical engine does.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "query/expr/families.h"
#include "query/expr/kernel.h"
#include "query/expr/utf8.h"
#include "types/datetime.h"
#include "types/datetime_range.h"

namespace millrace::expr {
namespace {

using datetime::kMicrosMax;
using datetime::kMicrosMin;
using datetime::kMicrosPerDay;
using datetime::kMicrosPerSecond;

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
int64_t FloorModulo(int64_t a, int64_t b) { return a - FloorDivide(a, b) * b; }

Status TimeOutOfRange(std::string_view what) {
  return InvalidArgument(std::string(what) + " out of range").WithSqlState("22008");
}

Result<int32_t> CheckedDate(int64_t days) {
  if (days < kMicrosMin / kMicrosPerDay || days > kMicrosMax / kMicrosPerDay) {
    return TimeOutOfRange("date");
  }
  return static_cast<int32_t>(days);
}

Result<Interval> NegateInterval(const Interval& interval) {
  Interval result;
  if (__builtin_sub_overflow(0, interval.months, &result.months) ||
      __builtin_sub_overflow(0, interval.days, &result.days) ||
      __builtin_sub_overflow(int64_t{0}, interval.micros, &result.micros)) {
    return TimeOutOfRange("interval");
  }
  return result;
}

// ---- Operators --------------------------------------------------------------

Status TimestampPlusInterval(KernelCall& call, Column* out) {
  return MapRows<int64_t, Interval>(call, out, datetime::AddInterval);
}
Status IntervalPlusTimestamp(KernelCall& call, Column* out) {
  return MapRows<Interval, int64_t>(call, out, [](const Interval& interval, int64_t micros) {
    return datetime::AddInterval(micros, interval);
  });
}
Status TimestampMinusInterval(KernelCall& call, Column* out) {
  return MapRows<int64_t, Interval>(
      call, out, [](int64_t micros, const Interval& interval) -> Result<int64_t> {
        ASSIGN_OR_RETURN(const Interval negated, NegateInterval(interval));
        return datetime::AddInterval(micros, negated);
      });
}

Status TimestampDifference(KernelCall& call, Column* out) {
  return MapRows<int64_t, int64_t>(call, out, [](int64_t a, int64_t b) -> Result<Interval> {
    int64_t micros;
    if (__builtin_sub_overflow(a, b, &micros)) return TimeOutOfRange("interval");
    return Interval{.months = 0,
                    .days = static_cast<int32_t>(micros / kMicrosPerDay),
                    .micros = micros % kMicrosPerDay};
  });
}

Status DatePlusDays(KernelCall& call, Column* out) {
  return MapRows<int32_t, int64_t>(call, out, [](int32_t date, int64_t days) -> Result<int32_t> {
    int64_t sum;
    if (__builtin_add_overflow(int64_t{date}, days, &sum)) return TimeOutOfRange("date");
    return CheckedDate(sum);
  });
}
Status DaysPlusDate(KernelCall& call, Column* out) {
  return MapRows<int64_t, int32_t>(call, out, [](int64_t days, int32_t date) -> Result<int32_t> {
    int64_t sum;
    if (__builtin_add_overflow(int64_t{date}, days, &sum)) return TimeOutOfRange("date");
    return CheckedDate(sum);
  });
}
Status DateMinusDays(KernelCall& call, Column* out) {
  return MapRows<int32_t, int64_t>(call, out, [](int32_t date, int64_t days) -> Result<int32_t> {
    int64_t difference;
    if (__builtin_sub_overflow(int64_t{date}, days, &difference)) return TimeOutOfRange("date");
    return CheckedDate(difference);
  });
}
Status DateDifference(KernelCall& call, Column* out) {
  return MapRows<int32_t, int32_t>(call, out, [](int32_t a, int32_t b) { return a - b; });
}
Status DatePlusTime(KernelCall& call, Column* out) {
  return MapRows<int32_t, int64_t>(call, out, [](int32_t date, int64_t time) -> Result<int64_t> {
    const int64_t micros = date * kMicrosPerDay + time;  // 24:00 is a time
    if (micros > kMicrosMax) return TimeOutOfRange("timestamp");
    return micros;
  });
}

// A time of day wraps around midnight; months and days do not matter.
Status TimePlusInterval(KernelCall& call, Column* out) {
  return MapRows<int64_t, Interval>(call, out, [](int64_t time, const Interval& interval) {
    return FloorModulo(time + interval.micros % kMicrosPerDay, kMicrosPerDay);
  });
}
Status TimeMinusInterval(KernelCall& call, Column* out) {
  return MapRows<int64_t, Interval>(call, out, [](int64_t time, const Interval& interval) {
    return FloorModulo(time - interval.micros % kMicrosPerDay, kMicrosPerDay);
  });
}
Status TimeDifference(KernelCall& call, Column* out) {
  return MapRows<int64_t, int64_t>(call, out, [](int64_t a, int64_t b) {
    return Interval{.months = 0, .days = 0, .micros = a - b};
  });
}

template <int kSign>
Status IntervalSum(KernelCall& call, Column* out) {
  return MapRows<Interval, Interval>(
      call, out, [](const Interval& a, const Interval& b) -> Result<Interval> {
        Interval addend = b;
        if (kSign < 0) {
          ASSIGN_OR_RETURN(addend, NegateInterval(b));
        }
        Interval sum;
        if (__builtin_add_overflow(a.months, addend.months, &sum.months) ||
            __builtin_add_overflow(a.days, addend.days, &sum.days) ||
            __builtin_add_overflow(a.micros, addend.micros, &sum.micros)) {
          return TimeOutOfRange("interval");
        }
        return sum;
      });
}

Status IntervalNegate(KernelCall& call, Column* out) {
  return MapRows<Interval>(call, out, NegateInterval);
}

// Fractions of a month become days (30), fractions of a day become time.
Result<Interval> ScaleInterval(const Interval& interval, double factor) {
  const double months = interval.months * factor;
  const double whole_months = std::trunc(months);
  const double days = interval.days * factor + (months - whole_months) * 30;
  const double whole_days = std::trunc(days);
  const double micros = std::round(static_cast<double>(interval.micros) * factor +
                                   (days - whole_days) * static_cast<double>(kMicrosPerDay));
  constexpr double kInt32Max = std::numeric_limits<int32_t>::max();
  const bool fits = std::fabs(whole_months) <= kInt32Max && std::fabs(whole_days) <= kInt32Max &&
                    std::fabs(micros) < 0x1p63;
  if (!fits) return TimeOutOfRange("interval");
  return Interval{.months = static_cast<int32_t>(whole_months),
                  .days = static_cast<int32_t>(whole_days),
                  .micros = static_cast<int64_t>(micros)};
}

Status IntervalTimes(KernelCall& call, Column* out) {
  return MapRows<Interval, double>(call, out, ScaleInterval);
}
Status TimesInterval(KernelCall& call, Column* out) {
  return MapRows<double, Interval>(
      call, out, [](double factor, const Interval& i) { return ScaleInterval(i, factor); });
}
Status IntervalDivide(KernelCall& call, Column* out) {
  return MapRows<Interval, double>(call, out,
                                   [](const Interval& i, double divisor) -> Result<Interval> {
                                     if (divisor == 0) return DivisionByZero();
                                     return ScaleInterval(i, 1 / divisor);
                                   });
}

// ---- Fields -----------------------------------------------------------------

enum class Part : uint8_t {
  kMillennium,
  kCentury,
  kDecade,
  kYear,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
  kDayOfWeek,     // Sunday 0
  kIsoDayOfWeek,  // Monday 1
  kDayOfYear,
  kIsoYear,
  kEpoch,
};

struct PartName {
  std::string_view name;
  Part part;
};
constexpr PartName kPartNames[] = {
    {"millennium", Part::kMillennium},
    {"century", Part::kCentury},
    {"decade", Part::kDecade},
    {"year", Part::kYear},
    {"quarter", Part::kQuarter},
    {"month", Part::kMonth},
    {"week", Part::kWeek},
    {"day", Part::kDay},
    {"hour", Part::kHour},
    {"minute", Part::kMinute},
    {"second", Part::kSecond},
    {"millisecond", Part::kMillisecond},
    {"microsecond", Part::kMicrosecond},
    {"dow", Part::kDayOfWeek},
    {"isodow", Part::kIsoDayOfWeek},
    {"doy", Part::kDayOfYear},
    {"isoyear", Part::kIsoYear},
    {"epoch", Part::kEpoch},
};

Result<Part> PartFromName(std::string_view text) {
  std::string name;
  AppendLower(&name, text);
  for (const PartName& entry : kPartNames) {
    const bool plural =
        name.size() == entry.name.size() + 1 && name.back() == 's' && name.starts_with(entry.name);
    if (name == entry.name || plural) return entry.part;
  }
  return InvalidArgument("unit \"" + std::string(text) + "\" not recognized").WithSqlState("22023");
}

int64_t DayNumber(int64_t micros) { return FloorDivide(micros, kMicrosPerDay); }
// Monday is 0; 1970-01-01 was a Thursday.
int64_t WeekdayOf(int64_t day) { return FloorModulo(day + 3, 7); }

// The ISO 8601 week of a day: weeks begin on Monday and belong to the year of
// their Thursday.
struct IsoWeek {
  int64_t year;
  int64_t week;
};
IsoWeek IsoWeekOf(int64_t day) {
  const int64_t thursday = day - WeekdayOf(day) + 3;
  const int32_t year = datetime::CivilFromMicros(thursday * kMicrosPerDay).year;
  return {year, (thursday - datetime::DaysFromCivil(year, 1, 1)) / 7 + 1};
}

int64_t CenturyOf(int64_t year, int64_t years) { return (year + years - 1) / years; }

int64_t ExtractTimestamp(Part part, int64_t micros) {
  const datetime::Civil civil = datetime::CivilFromMicros(micros);
  const int64_t day = DayNumber(micros);
  switch (part) {
    case Part::kMillennium:
      return CenturyOf(civil.year, 1000);
    case Part::kCentury:
      return CenturyOf(civil.year, 100);
    case Part::kDecade:
      return civil.year / 10;
    case Part::kYear:
      return civil.year;
    case Part::kQuarter:
      return (civil.month + 2) / 3;
    case Part::kMonth:
      return civil.month;
    case Part::kWeek:
      return IsoWeekOf(day).week;
    case Part::kDay:
      return civil.day;
    case Part::kHour:
      return civil.hour;
    case Part::kMinute:
      return civil.minute;
    case Part::kSecond:
      return civil.second;
    case Part::kMillisecond:
      return civil.second * 1000 + civil.micros / 1000;
    case Part::kMicrosecond:
      return civil.second * kMicrosPerSecond + civil.micros;
    case Part::kDayOfWeek:
      return (WeekdayOf(day) + 1) % 7;
    case Part::kIsoDayOfWeek:
      return WeekdayOf(day) + 1;
    case Part::kDayOfYear:
      return day - datetime::DaysFromCivil(civil.year, 1, 1) + 1;
    case Part::kIsoYear:
      return IsoWeekOf(day).year;
    case Part::kEpoch:
      return FloorDivide(micros, kMicrosPerSecond);
  }
  return 0;
}

Status NotSupported(std::string_view unit, const SqlType& type) {
  return InvalidArgument("unit \"" + std::string(unit) + "\" not supported for type " +
                         SqlName(type))
      .WithSqlState("0A000");
}

// Fields of an interval or a time of day, as PostgreSQL splits them.
Result<int64_t> ExtractInterval(Part part, std::string_view name, const Interval& interval) {
  const int64_t seconds = interval.micros / kMicrosPerSecond;
  switch (part) {
    case Part::kMillennium:
      return interval.months / 12000;
    case Part::kCentury:
      return interval.months / 1200;
    case Part::kDecade:
      return interval.months / 120;
    case Part::kYear:
      return interval.months / 12;
    case Part::kQuarter:
      return interval.months % 12 / 3 + 1;
    case Part::kMonth:
      return interval.months % 12;
    case Part::kDay:
      return interval.days;
    case Part::kHour:
      return seconds / 3600;
    case Part::kMinute:
      return seconds / 60 % 60;
    case Part::kSecond:
      return seconds % 60;
    case Part::kMillisecond:
      return interval.micros % (60 * kMicrosPerSecond) / 1000;
    case Part::kMicrosecond:
      return interval.micros % (60 * kMicrosPerSecond);
    default:
      return NotSupported(name, TypeId::kInterval);
  }
}

Result<int64_t> ExtractTime(Part part, std::string_view name, int64_t micros) {
  if (part < Part::kHour || part > Part::kMicrosecond) return NotSupported(name, TypeId::kTime);
  return ExtractInterval(part, name, Interval{.months = 0, .days = 0, .micros = micros});
}

double EpochOf(const Interval& interval) {
  constexpr double kSecondsPerDay = 86'400;
  constexpr double kSecondsPerYear = 365.25 * kSecondsPerDay;
  return (interval.months / 12) * kSecondsPerYear + (interval.months % 12) * 30 * kSecondsPerDay +
         interval.days * kSecondsPerDay +
         static_cast<double>(interval.micros) / static_cast<double>(kMicrosPerSecond);
}

// Of the parts that have a fraction: DECIMAL(8,6) seconds, DECIMAL(8,3)
// milliseconds, DOUBLE epoch. Only for a literal name; else whole BIGINTs.
enum class PartFunction : uint8_t { kExtract, kDatePart };

// date_part() gives DOUBLE for all of these.
template <PartFunction kFunction>
SqlType ExtractType(std::span<const NodePtr> arguments) {
  if (arguments[0]->kind() != NodeKind::kConstant) return TypeId::kBigInt;
  const Value& name = static_cast<const ConstantNode&>(*arguments[0]).value();
  if (name.is_null()) return TypeId::kBigInt;
  const Result<Part> part = PartFromName(name.string());
  if (!part.ok()) return TypeId::kBigInt;
  if (*part == Part::kEpoch) return TypeId::kDouble;
  if (*part != Part::kSecond && *part != Part::kMillisecond) return TypeId::kBigInt;
  if (kFunction == PartFunction::kDatePart) return TypeId::kDouble;
  return SqlType::Decimal(8, *part == Part::kSecond ? 6 : 3);
}

// The payload as a Timestamp's or an Interval's.
template <typename T>
Result<int64_t> ExtractField(Part part, std::string_view name, TypeId type, const T& payload) {
  if constexpr (std::is_same_v<T, Interval>) {
    return ExtractInterval(part, name, payload);
  } else if constexpr (std::is_same_v<T, int32_t>) {
    return ExtractTimestamp(part, payload * kMicrosPerDay);
  } else {
    return type == TypeId::kTime ? ExtractTime(part, name, payload)
                                 : Result<int64_t>(ExtractTimestamp(part, payload));
  }
}

template <typename T>
double EpochOfPayload(const T& payload) {
  if constexpr (std::is_same_v<T, Interval>) {
    return EpochOf(payload);
  } else if constexpr (std::is_same_v<T, int32_t>) {
    return payload * 86'400.0;
  } else {
    return static_cast<double>(payload) / static_cast<double>(kMicrosPerSecond);
  }
}

template <typename T>
Status Extract(KernelCall& call, Column* out) {
  const TypeId type = call.arguments[1].column().type().id;
  if (call.type.id == TypeId::kDecimal) {
    // Microseconds are seconds at scale 6 and milliseconds at scale 3.
    return MapRows<std::string_view, T>(
        call, out, [&](std::string_view name, const T& payload) -> Result<Int128> {
          ASSIGN_OR_RETURN(const int64_t micros,
                           ExtractField(Part::kMicrosecond, name, type, payload));
          return Int128(micros);
        });
  }
  if (call.type.id == TypeId::kDouble) {
    return MapRows<std::string_view, T>(
        call, out, [&](std::string_view name, const T& payload) -> Result<double> {
          ASSIGN_OR_RETURN(const Part part, PartFromName(name));
          if (part == Part::kEpoch) return EpochOfPayload(payload);
          ASSIGN_OR_RETURN(const int64_t micros,
                           ExtractField(Part::kMicrosecond, name, type, payload));
          return static_cast<double>(micros) / (part == Part::kSecond ? 1e6 : 1e3);
        });
  }
  return MapRows<std::string_view, T>(
      call, out, [&](std::string_view name, const T& payload) -> Result<int64_t> {
        ASSIGN_OR_RETURN(const Part part, PartFromName(name));
        if (part == Part::kEpoch) {
          return static_cast<int64_t>(std::floor(EpochOfPayload(payload)));
        }
        return ExtractField(part, name, type, payload);
      });
}

// ---- Truncation -------------------------------------------------------------

Result<int64_t> TruncateTimestamp(std::string_view name, int64_t micros) {
  ASSIGN_OR_RETURN(const Part part, PartFromName(name));
  const datetime::Civil civil = datetime::CivilFromMicros(micros);
  const int64_t day = DayNumber(micros);
  const auto first_of = [](int64_t year, int32_t month) {
    return datetime::DaysFromCivil(static_cast<int32_t>(year), month, 1) * kMicrosPerDay;
  };
  switch (part) {
    case Part::kMillennium:
      return first_of((CenturyOf(civil.year, 1000) - 1) * 1000 + 1, 1);
    case Part::kCentury:
      return first_of((CenturyOf(civil.year, 100) - 1) * 100 + 1, 1);
    case Part::kDecade:
      return first_of(std::max(civil.year / 10 * 10, 1), 1);
    case Part::kYear:
      return first_of(civil.year, 1);
    case Part::kQuarter:
      return first_of(civil.year, (civil.month - 1) / 3 * 3 + 1);
    case Part::kMonth:
      return first_of(civil.year, civil.month);
    case Part::kWeek:
      return (day - WeekdayOf(day)) * kMicrosPerDay;
    case Part::kDay:
      return day * kMicrosPerDay;
    case Part::kHour:
      return FloorDivide(micros, 3600 * kMicrosPerSecond) * 3600 * kMicrosPerSecond;
    case Part::kMinute:
      return FloorDivide(micros, 60 * kMicrosPerSecond) * 60 * kMicrosPerSecond;
    case Part::kSecond:
      return FloorDivide(micros, kMicrosPerSecond) * kMicrosPerSecond;
    case Part::kMillisecond:
      return FloorDivide(micros, 1000) * 1000;
    case Part::kMicrosecond:
      return micros;
    default:
      return NotSupported(name, TypeId::kTimestamp);
  }
}

Status DateTrunc(KernelCall& call, Column* out) {
  return MapRows<std::string_view, int64_t>(call, out, TruncateTimestamp);
}

// ---- Conversions ------------------------------------------------------------

// Seconds since the epoch as a time.
Status ToTimestamp(KernelCall& call, Column* out) {
  return MapRows<double>(call, out, [](double seconds) -> Result<int64_t> {
    const double micros = std::round(seconds * static_cast<double>(kMicrosPerSecond));
    const bool in_range =
        micros >= static_cast<double>(kMicrosMin) && micros <= static_cast<double>(kMicrosMax);
    if (!in_range) return TimeOutOfRange("timestamp");
    return static_cast<int64_t>(micros);
  });
}

Status MakeDate(KernelCall& call, Column* out) {
  return MapRows<int64_t, int64_t, int64_t>(
      call, out, [](int64_t year, int64_t month, int64_t day) -> Result<int32_t> {
        const bool plausible =
            year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
        if (!plausible) return TimeOutOfRange("date field value");
        const int64_t days = datetime::DaysFromCivil(
            static_cast<int32_t>(year), static_cast<int32_t>(month), static_cast<int32_t>(day));
        const datetime::Civil back = datetime::CivilFromMicros(days * kMicrosPerDay);
        if (back.day != day) return TimeOutOfRange("date field value");
        return static_cast<int32_t>(days);
      });
}

void AddTemporalOperators(std::vector<Function>* functions) {
  const Function all[] = {
      Define("+(timestamp, interval) timestamp", TimestampPlusInterval, kOperator),
      Define("+(datetime, interval) datetime", TimestampPlusInterval, kOperator),
      Define("+(interval, timestamp) timestamp", IntervalPlusTimestamp, kOperator),
      Define("+(interval, datetime) datetime", IntervalPlusTimestamp, kOperator),
      Define("+(date, bigint) date", DatePlusDays, kOperator),
      Define("+(bigint, date) date", DaysPlusDate, kOperator),
      Define("+(date, time) timestamp", DatePlusTime, kOperator),
      Define("+(time, interval) time", TimePlusInterval, kTotalOperator),
      Define("+(interval, interval) interval", IntervalSum<1>, kOperator),
      Define("-(timestamp, timestamp) interval", TimestampDifference, kOperator),
      Define("-(datetime, datetime) interval", TimestampDifference, kOperator),
      Define("-(timestamp, interval) timestamp", TimestampMinusInterval, kOperator),
      Define("-(datetime, interval) datetime", TimestampMinusInterval, kOperator),
      Define("-(date, date) int", DateDifference, kTotalOperator),
      Define("-(date, bigint) date", DateMinusDays, kOperator),
      Define("-(time, interval) time", TimeMinusInterval, kTotalOperator),
      Define("-(time, time) interval", TimeDifference, kTotalOperator),
      Define("-(interval, interval) interval", IntervalSum<-1>, kOperator),
      Define("-(interval) interval", IntervalNegate, kOperator),
      Define("*(interval, double) interval", IntervalTimes, kOperator),
      Define("*(double, interval) interval", TimesInterval, kOperator),
      Define("/(interval, double) interval", IntervalDivide, kOperator),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace

void AddTemporal(std::vector<Function>* functions) {
  AddTemporalOperators(functions);
  for (const bool as_extract : {true, false}) {
    const FunctionTraits field = {.result_rule = as_extract ? ExtractType<PartFunction::kExtract>
                                                            : ExtractType<PartFunction::kDatePart>};
    functions->push_back(
        Define(as_extract ? "extract(text, timestamp) bigint" : "date_part(text, timestamp) bigint",
               Extract<int64_t>, field));
    functions->push_back(
        Define(as_extract ? "extract(text, datetime) bigint" : "date_part(text, datetime) bigint",
               Extract<int64_t>, field));
    functions->push_back(
        Define(as_extract ? "extract(text, date) bigint" : "date_part(text, date) bigint",
               Extract<int32_t>, field));
    functions->push_back(
        Define(as_extract ? "extract(text, time) bigint" : "date_part(text, time) bigint",
               Extract<int64_t>, field));
    functions->push_back(
        Define(as_extract ? "extract(text, interval) bigint" : "date_part(text, interval) bigint",
               Extract<Interval>, field));
  }
  const Function all[] = {
      Define("date_trunc(text, timestamp) timestamp", DateTrunc),
      Define("date_trunc(text, datetime) datetime", DateTrunc),
      Define("to_timestamp(double) datetime", ToTimestamp),
      Define("make_date(bigint, bigint, bigint) date", MakeDate),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
