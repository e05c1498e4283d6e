// Dates, times and timestamps from text.
#include <optional>

#include "types/datetime.h"
#include "types/datetime_range.h"
#include "types/text_scanner.h"

namespace millrace::datetime {
namespace {

// What a text says, each part optional.
struct Parts {
  std::optional<int64_t> days;
  std::optional<int64_t> micros;  // of the day, 0..kMicrosPerDay
  int64_t zone_seconds = 0;       // east of Greenwich
};

enum class Fault : uint8_t { kNone, kForm, kRange };

bool Within(int64_t value, int64_t low, int64_t high) { return value >= low && value <= high; }

// Reads parts off a text. The first fault stays.
class PartsScanner {
 public:
  explicit PartsScanner(std::string_view text) : in_(TrimBlanks(text)) {}

  Fault Scan(Parts* parts) {
    if (!StartsWithTime()) {
      ScanDate(parts);
      if (in_.empty() || fault_ != Fault::kNone) return fault_;
      if (!in_.Take('T') && !in_.Take('t') && !in_.TakeBlanks()) return Fault::kForm;
    }
    ScanTime(parts);
    in_.TakeBlanks();
    if (fault_ == Fault::kNone && !in_.empty()) ScanZone(parts);
    if (fault_ == Fault::kNone && !in_.empty()) fault_ = Fault::kForm;
    return fault_;
  }

 private:
  bool StartsWithTime() const {
    TextScanner ahead = in_;
    return Within(static_cast<int64_t>(ahead.TakeDigits().size()), 1, 2) && ahead.Take(':');
  }

  void Fail(Fault fault) {
    if (fault_ == Fault::kNone) fault_ = fault;
  }

  // One or two digits up to `most`.
  int32_t Field(int32_t low, int32_t most) { return Number(in_.TakeDigits(), low, most); }
  int32_t Number(std::string_view digits, int32_t low, int32_t most) {
    if (!Within(static_cast<int64_t>(digits.size()), 1, 2)) Fail(Fault::kForm);
    if (fault_ != Fault::kNone) return 0;
    const auto value = static_cast<int32_t>(DigitsToNumber(digits));
    if (!Within(value, low, most)) Fail(Fault::kRange);
    return value;
  }

  void ScanDate(Parts* parts) {
    std::string_view year = in_.TakeDigits();
    int32_t month = 0;
    int32_t day = 0;
    if (in_.Take('-')) {
      month = Field(1, 12);
      if (!in_.Take('-')) return Fail(Fault::kForm);
      day = Field(1, 31);
    } else if (year.size() == 8) {
      month = Number(year.substr(4, 2), 1, 12);
      day = Number(year.substr(6, 2), 1, 31);
      year = year.substr(0, 4);
    } else {
      return Fail(Fault::kForm);
    }
    if (Within(static_cast<int64_t>(year.size()), 5, 6)) Fail(Fault::kRange);
    if (year.size() != 4) Fail(Fault::kForm);
    if (fault_ != Fault::kNone) return;
    const auto number = static_cast<int32_t>(DigitsToNumber(year));
    if (number < kYearMin || day > DaysInMonth(number, month)) return Fail(Fault::kRange);
    parts->days = DaysFromCivil(number, month, day);
  }

  void ScanTime(Parts* parts) {
    const std::string_view first = in_.TakeDigits();
    int64_t seconds = 0;
    bool has_seconds = false;
    if (in_.Take(':')) {
      seconds = Number(first, 0, 24) * 3600 + Field(0, 59) * 60;
      has_seconds = in_.Take(':');
      // A leap second is written :60 and counts as the next minute.
      if (has_seconds) seconds += Field(0, 60);
    } else if (first.size() == 4 || first.size() == 6) {  // ISO 8601 basic: 0304, 030405
      seconds = Number(first.substr(0, 2), 0, 24) * 3600 + Number(first.substr(2, 2), 0, 59) * 60;
      has_seconds = first.size() == 6;
      if (has_seconds) seconds += Number(first.substr(4, 2), 0, 60);
    } else {
      Fail(Fault::kForm);
    }
    if (fault_ != Fault::kNone) return;
    int64_t micros = seconds * kMicrosPerSecond;
    if (has_seconds && in_.Take('.')) micros += RoundedFraction(in_.TakeDigits(), 6);
    if (micros > kMicrosPerDay) return Fail(Fault::kRange);
    parts->micros = micros;
  }

  void ScanZone(Parts* parts) {
    if (in_.TakeWord("z") || in_.TakeWord("utc") || in_.TakeWord("gmt")) return;
    const bool west = in_.Take('-');
    if (!west && !in_.Take('+')) return Fail(Fault::kForm);
    const std::string_view first = in_.TakeDigits();
    int32_t seconds = Number(first.size() == 4 ? first.substr(0, 2) : first, 0, 15) * 3600;
    if (first.size() == 4) {
      seconds += Number(first.substr(2, 2), 0, 59) * 60;
    } else if (in_.Take(':')) {
      seconds += Field(0, 59) * 60;
      if (in_.Take(':')) seconds += Field(0, 59);
    }
    parts->zone_seconds = west ? -seconds : seconds;
  }

  TextScanner in_;
  Fault fault_ = Fault::kNone;
};

Status Refused(Fault fault, std::string_view type, std::string_view text) {
  if (fault == Fault::kRange) {
    return OutOfRange("date/time field value out of range: " + Quoted(text)).WithSqlState("22008");
  }
  return InvalidArgument("invalid input syntax for type " + std::string(type) + ": " + Quoted(text))
      .WithSqlState("22007");
}

}  // namespace

Result<int32_t> ParseDate(std::string_view text) {
  Parts parts;
  Fault fault = PartsScanner(text).Scan(&parts);
  if (fault == Fault::kNone && !parts.days.has_value()) fault = Fault::kForm;
  if (fault != Fault::kNone) return Refused(fault, "DATE", text);
  return static_cast<int32_t>(*parts.days);
}

Result<int64_t> ParseTime(std::string_view text) {
  Parts parts;
  Fault fault = PartsScanner(text).Scan(&parts);
  if (fault == Fault::kNone && !parts.micros.has_value()) fault = Fault::kForm;
  if (fault != Fault::kNone) return Refused(fault, "TIME", text);
  return *parts.micros;
}

Result<int64_t> ParseTimestamp(std::string_view text, TypeId type) {
  Parts parts;
  Fault fault = PartsScanner(text).Scan(&parts);
  if (fault == Fault::kNone && !parts.days.has_value()) fault = Fault::kForm;
  if (fault != Fault::kNone) return Refused(fault, SqlName(type), text);
  int64_t micros = *parts.days * kMicrosPerDay + parts.micros.value_or(0);
  if (type == TypeId::kDateTime) micros -= parts.zone_seconds * kMicrosPerSecond;
  if (!Within(micros, kMicrosMin, kMicrosMax)) return Refused(Fault::kRange, SqlName(type), text);
  return micros;
}

}  // namespace millrace::datetime
