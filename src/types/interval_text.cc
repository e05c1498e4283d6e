// INTERVAL from text ('1 day 2 hours', 'P1DT2H', '3 months -4 days 01:02:03') and
// to text in PostgreSQL's default style.
#include <limits>
#include <optional>

#include "types/datetime.h"
#include "types/datetime_range.h"
#include "types/number_text.h"
#include "types/text_scanner.h"

namespace millrace::datetime {
namespace {

constexpr int64_t kDaysPerMonth = 30;  // where a fraction of a month becomes days
constexpr int kFractionPlaces = 12;
constexpr int64_t kFractionUnit = 1'000'000'000'000;

enum class Field : uint8_t { kMonths, kDays, kMicros };

struct Unit {
  std::string_view name;  // singular; a plural "s" is accepted
  Field field;
  int64_t factor;
};

constexpr Unit kUnits[] = {
    {"microsecond", Field::kMicros, 1},
    {"usec", Field::kMicros, 1},
    {"us", Field::kMicros, 1},
    {"millisecond", Field::kMicros, 1000},
    {"msec", Field::kMicros, 1000},
    {"ms", Field::kMicros, 1000},
    {"second", Field::kMicros, kMicrosPerSecond},
    {"sec", Field::kMicros, kMicrosPerSecond},
    {"s", Field::kMicros, kMicrosPerSecond},
    {"minute", Field::kMicros, 60 * kMicrosPerSecond},
    {"min", Field::kMicros, 60 * kMicrosPerSecond},
    {"m", Field::kMicros, 60 * kMicrosPerSecond},
    {"hour", Field::kMicros, 3600 * kMicrosPerSecond},
    {"hr", Field::kMicros, 3600 * kMicrosPerSecond},
    {"h", Field::kMicros, 3600 * kMicrosPerSecond},
    {"day", Field::kDays, 1},
    {"d", Field::kDays, 1},
    {"week", Field::kDays, 7},
    {"w", Field::kDays, 7},
    {"month", Field::kMonths, 1},
    {"mon", Field::kMonths, 1},
    {"year", Field::kMonths, 12},
    {"yr", Field::kMonths, 12},
    {"y", Field::kMonths, 12},
    {"decade", Field::kMonths, 120},
    {"century", Field::kMonths, 1200},
    {"centurie", Field::kMonths, 1200},  // centuries
    {"millennium", Field::kMonths, 12'000},
    {"millennia", Field::kMonths, 12'000},
};

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (EqualsIgnoringCase(name, unit.name)) return &unit;
    if (name.size() == unit.name.size() + 1 && ToLower(name.back()) == 's' &&
        EqualsIgnoringCase(name.substr(0, unit.name.size()), unit.name)) {
      return &unit;
    }
  }
  return nullptr;
}

// A number as written; the fraction in units of 10^-12.
struct Number {
  bool negative = false;
  int64_t whole = 0;
  int64_t fraction = 0;
};

// Sums in 128 bits: every term has at most 18 digits times a factor below 2^36.
struct Sum {
  Int128 months = 0;
  Int128 days = 0;
  Int128 micros = 0;

  // `numerator` / 10^12 of a day, in whole days and rounded microseconds.
  void AddDayFraction(Int128 numerator, int sign) {
    days += sign * (numerator / kFractionUnit);
    const Int128 rest = numerator % kFractionUnit * kMicrosPerDay;
    micros += sign * ((rest + kFractionUnit / 2) / kFractionUnit);
  }

  void Add(const Number& number, const Unit& unit) {
    const int sign = number.negative ? -1 : 1;
    const Int128 whole = Int128{number.whole} * unit.factor * sign;
    const Int128 fraction = Int128{number.fraction} * unit.factor;
    switch (unit.field) {
      case Field::kMicros:
        micros += whole + sign * ((fraction + kFractionUnit / 2) / kFractionUnit);
        return;
      case Field::kDays:
        days += whole;
        return AddDayFraction(fraction, sign);
      case Field::kMonths:
        months += whole;
        if (unit.factor == 1) return AddDayFraction(fraction * kDaysPerMonth, sign);
        // A fraction of a year is whole months.
        months += sign * ((fraction + kFractionUnit / 2) / kFractionUnit);
        return;
    }
  }
};

enum class Fault : uint8_t { kNone, kForm, kRange };

class IntervalScanner {
 public:
  explicit IntervalScanner(std::string_view text) : in_(TrimBlanks(text)) {}

  Fault Scan(Sum* sum) {
    if (in_.Take('P') || in_.Take('p')) {
      ScanIso(sum);
    } else {
      ScanWords(sum);
    }
    return fault_;
  }

 private:
  void Fail(Fault fault) {
    if (fault_ == Fault::kNone) fault_ = fault;
  }

  std::optional<int64_t> Whole(std::string_view digits) {
    while (digits.starts_with('0')) digits.remove_prefix(1);
    if (digits.size() > 18) {
      Fail(Fault::kRange);
      return std::nullopt;
    }
    return DigitsToNumber(digits);
  }

  Number ScanNumber() {
    Number number;
    number.negative = in_.Take('-');
    if (!number.negative) in_.Take('+');
    const std::string_view whole = in_.TakeDigits();
    std::string_view fraction;
    if (in_.Take('.')) fraction = in_.TakeDigits();
    if (whole.empty() && fraction.empty()) Fail(Fault::kForm);
    number.whole = Whole(whole).value_or(0);
    // Cut, so that it stays below one.
    number.fraction = RoundedFraction(fraction.substr(0, kFractionPlaces), kFractionPlaces);
    return number;
  }

  // Behind "HH": ":MM[:SS[.fraction]]".
  void ScanClock(const Number& hours, Sum* sum) {
    if (hours.fraction != 0) return Fail(Fault::kForm);
    Int128 micros = Int128{hours.whole} * 3600 * kMicrosPerSecond;
    const std::string_view minutes = in_.TakeDigits();
    std::string_view seconds = "0";
    std::string_view fraction;
    if (in_.Take(':')) {
      seconds = in_.TakeDigits();
      if (in_.Take('.')) fraction = in_.TakeDigits();
    }
    if (minutes.empty() || seconds.empty()) return Fail(Fault::kForm);
    if (minutes.size() > 2 || seconds.size() > 2) return Fail(Fault::kForm);
    if (DigitsToNumber(minutes) > 59 || DigitsToNumber(seconds) > 59) return Fail(Fault::kRange);
    micros += Int128{DigitsToNumber(minutes) * 60 + DigitsToNumber(seconds)} * kMicrosPerSecond;
    micros += RoundedFraction(fraction, 6);
    sum->micros += hours.negative ? -micros : micros;
  }

  void ScanWords(Sum* sum) {
    if (in_.empty()) Fail(Fault::kForm);
    while (fault_ == Fault::kNone && !in_.empty()) {
      const Number number = ScanNumber();
      if (in_.Take(':')) {
        ScanClock(number, sum);
      } else {
        in_.TakeBlanks();
        const std::string_view name = in_.TakeLetters();
        // A bare number at the end counts seconds.
        const Unit* unit = FindUnit(name.empty() && in_.empty() ? "second" : name);
        if (unit == nullptr) return Fail(Fault::kForm);
        sum->Add(number, *unit);
      }
      in_.TakeBlanks();
      if (!in_.TakeWord("ago")) continue;
      *sum = {-sum->months, -sum->days, -sum->micros};
      if (!in_.empty()) Fail(Fault::kForm);
    }
  }

  // Behind "P": numbers with the letters Y M W D, then T and H M S.
  void ScanIso(Sum* sum) {
    constexpr std::string_view kDateLetters = "YMWD";
    constexpr std::string_view kTimeLetters = "HMS";
    constexpr std::string_view kDateUnits[] = {"year", "month", "week", "day"};
    constexpr std::string_view kTimeUnits[] = {"hour", "minute", "second"};
    if (in_.empty()) Fail(Fault::kForm);
    bool time = false;
    while (fault_ == Fault::kNone && !in_.empty()) {
      if (!time && in_.Take('T')) {
        time = true;
        if (in_.empty()) Fail(Fault::kForm);
        continue;
      }
      const Number number = ScanNumber();
      const char letter = in_.Peek();
      const size_t at = (time ? kTimeLetters : kDateLetters).find(letter);
      if (!in_.Take(letter) || at == std::string_view::npos) return Fail(Fault::kForm);
      sum->Add(number, *FindUnit(time ? kTimeUnits[at] : kDateUnits[at]));
    }
  }

  TextScanner in_;
  Fault fault_ = Fault::kNone;
};

template <typename T>
bool FitsIn(Int128 value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

// Writes the parts of an interval; a positive one behind a negative one gets a "+".
class IntervalWriter {
 public:
  explicit IntervalWriter(std::string* out) : out_(out) {}
  bool empty() const { return first_; }

  void Part(int64_t value, std::string_view unit) {
    if (value == 0) return;
    Separate(value < 0);
    AppendInteger(out_, value);
    out_->append(" ").append(unit);
    if (value != 1) out_->push_back('s');
    negative_ = value < 0;
  }

  void Clock(int64_t micros) {
    Separate(micros < 0);
    if (micros < 0) out_->push_back('-');
    const auto magnitude = static_cast<uint64_t>(micros);
    AppendClock(out_, micros < 0 ? uint64_t{0} - magnitude : magnitude);
  }

 private:
  void Separate(bool next_negative) {
    if (!first_) out_->push_back(' ');
    if (negative_ && !next_negative) out_->push_back('+');
    first_ = false;
  }
  std::string* out_;
  bool first_ = true;
  bool negative_ = false;
};

}  // namespace

Result<Interval> ParseInterval(std::string_view text) {
  Sum sum;
  const Fault fault = IntervalScanner(text).Scan(&sum);
  if (fault == Fault::kForm) {
    return InvalidArgument("invalid input syntax for type INTERVAL: " + Quoted(text))
        .WithSqlState("22007");
  }
  if (fault == Fault::kRange || !FitsIn<int32_t>(sum.months) || !FitsIn<int32_t>(sum.days) ||
      !FitsIn<int64_t>(sum.micros)) {
    return OutOfRange("interval field value out of range: " + Quoted(text)).WithSqlState("22008");
  }
  return Interval{static_cast<int32_t>(sum.months), static_cast<int32_t>(sum.days),
                  static_cast<int64_t>(sum.micros)};
}

void AppendInterval(std::string* out, const Interval& interval) {
  IntervalWriter writer(out);
  writer.Part(interval.months / 12, "year");
  writer.Part(interval.months % 12, "mon");
  writer.Part(interval.days, "day");
  if (interval.micros != 0 || writer.empty()) writer.Clock(interval.micros);
}

}  // namespace millrace::datetime
