#include "cli/value_text.h"

#include <charconv>
#include <cstdio>
#include <optional>

namespace millrace::cli {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
// The days that a timestamp in 64-bit microseconds can reach; outside, dates stay numbers.
constexpr int64_t kDaysMax = INT64_MAX / kMicrosPerDay;

std::optional<int64_t> Integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "[1,255]" as "\x01ff"; nothing when it is not an array of bytes.
std::optional<std::string> BytesText(std::string_view json) {
  if (json.size() < 2 || json.front() != '[') return std::nullopt;
  std::string out = "\\x";
  json = json.substr(1, json.size() - 2);
  while (!json.empty()) {
    const size_t comma = json.find(',');
    const auto byte = Integer(json.substr(0, comma));
    if (!byte || *byte < 0 || *byte > 255) return std::nullopt;
    char hex[3];
    std::snprintf(hex, sizeof(hex), "%02x", static_cast<unsigned>(*byte));
    out.append(hex, 2);
    if (comma == std::string_view::npos) break;
    json.remove_prefix(comma + 1);
  }
  return out;
}

}  // namespace

std::string DateText(int64_t days) {
  if (days > kDaysMax || days < -kDaysMax) return std::to_string(days);
  // std::chrono::year holds 16 bits, which is less than our range: civil date by hand
  // (Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days).
  const int64_t z = days + 719'468;
  const int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const int64_t day_of_era = z - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  char text[48];
  std::snprintf(text, sizeof(text), "%04lld-%02d-%02d", static_cast<long long>(year),
                static_cast<int>(month), static_cast<int>(day));
  return text;
}

std::string TimeText(int64_t micros) {
  if (micros < 0 || micros > kMicrosPerDay) return std::to_string(micros);
  const int64_t seconds = micros / kMicrosPerSecond;
  const int64_t fraction = micros % kMicrosPerSecond;
  char text[48];
  std::snprintf(text, sizeof(text), "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  std::string out = text;
  if (fraction != 0) {
    std::snprintf(text, sizeof(text), ".%06d", static_cast<int>(fraction));
    out.append(text);
    while (out.back() == '0') out.pop_back();
  }
  return out;
}

std::string TimestampText(int64_t micros) {
  int64_t days = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --days;
  }
  return DateText(days) + " " + TimeText(rest);
}

bool IsNumericType(std::string_view data_type) {
  return data_type == "SmallInt" || data_type == "Int" || data_type == "BigInt" ||
         data_type == "Float" || data_type == "Double" || data_type.starts_with("Decimal");
}

std::string ReadableText(const client::Cell& cell, std::string_view data_type) {
  if (data_type == "Bytes" && cell.kind == client::CellKind::kJson) {
    return BytesText(cell.text).value_or(cell.text);
  }
  const bool temporal = data_type == "Timestamp" || data_type == "DateTime" ||
                        data_type == "Date" || data_type == "Time";
  if (!temporal) return cell.text;
  const auto value = Integer(cell.text);
  if (!value) return cell.text;
  if (data_type == "Date") return DateText(*value);
  if (data_type == "Time") return TimeText(*value);
  // A DateTime is a point in time, shown in UTC; a Timestamp has no zone.
  return TimestampText(*value) + (data_type == "DateTime" ? "+00" : "");
}

}  // namespace millrace::cli
