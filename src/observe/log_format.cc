// How a log line looks. Text: `2026-01-02T03:04:05.678901Z WARN event key=value`,
// values quoted when they hold a blank, a quote, '=' or a control character.
// JSON: one object with time, level, event and the fields.
#include <charconv>
#include <chrono>
#include <cmath>

#include "observe/log.h"

namespace millrace {
namespace {

template <typename Number>
void AppendNumber(std::string* out, Number value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  out->append(text, end);
}

void AppendDigits(std::string* out, uint64_t value, int width) {
  char text[20];
  for (int i = width; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
  out->append(text, static_cast<size_t>(width));
}

void AppendTime(std::string* out, int64_t wall_micros) {
  using std::chrono::days;
  using std::chrono::microseconds;
  const std::chrono::sys_time<microseconds> time{microseconds(wall_micros)};
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  AppendDigits(out, static_cast<uint64_t>(static_cast<int>(date.year())), 4);
  out->push_back('-');
  AppendDigits(out, static_cast<unsigned>(date.month()), 2);
  out->push_back('-');
  AppendDigits(out, static_cast<unsigned>(date.day()), 2);
  out->push_back('T');
  AppendDigits(out, static_cast<uint64_t>(clock.hours().count()), 2);
  out->push_back(':');
  AppendDigits(out, static_cast<uint64_t>(clock.minutes().count()), 2);
  out->push_back(':');
  AppendDigits(out, static_cast<uint64_t>(clock.seconds().count()), 2);
  out->push_back('.');
  AppendDigits(out, static_cast<uint64_t>(clock.subseconds().count()), 6);
  out->push_back('Z');
}

// A quoted string with JSON's escapes. Bytes that are not UTF-8 are passed on.
void AppendQuoted(std::string* out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (c == '\n') {
      *out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      *out += "\\u00";
      out->push_back(kHex[byte >> 4]);
      out->push_back(kHex[byte & 15]);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || c == '"' || c == '=' || c == '\\') return true;
  }
  return false;
}

void AppendValue(LogFormat format, const LogField::Value& value, std::string* out) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (format == LogFormat::kJson || NeedsQuotes(*text)) {
      AppendQuoted(out, *text);
    } else {
      *out += *text;
    }
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    *out += *flag ? "true" : "false";
  } else if (const auto* number = std::get_if<double>(&value)) {
    if (std::isfinite(*number) || format == LogFormat::kText) {
      AppendNumber(out, *number);
    } else {
      *out += "null";
    }
  } else if (const auto* whole = std::get_if<int64_t>(&value)) {
    AppendNumber(out, *whole);
  } else {
    AppendNumber(out, std::get<uint64_t>(value));
  }
}

}  // namespace

std::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarn:
      return "WARN";
    case LogLevel::kError:
      return "ERROR";
  }
  return "ERROR";
}

Result<LogLevel> ParseLogLevel(std::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warn") return LogLevel::kWarn;
  if (name == "error") return LogLevel::kError;
  return InvalidArgument("\"" + std::string(name) + "\" is not a log level")
      .WithHint("The levels are debug, info, warn and error.");
}

void FormatLogLine(LogFormat format, int64_t wall_micros, LogLevel level, std::string_view event,
                   std::span<const LogField> fields, std::string* out) {
  if (format == LogFormat::kJson) {
    *out += "{\"time\":\"";
    AppendTime(out, wall_micros);
    out->append("\",\"level\":\"").append(LogLevelName(level)).append("\",\"event\":");
    AppendQuoted(out, event);
    for (const LogField& field : fields) {
      out->push_back(',');
      AppendQuoted(out, field.key);
      out->push_back(':');
      AppendValue(format, field.value, out);
    }
    out->push_back('}');
    return;
  }
  AppendTime(out, wall_micros);
  out->append(" ").append(LogLevelName(level)).append(" ").append(event);
  for (const LogField& field : fields) {
    out->append(" ").append(field.key).push_back('=');
    AppendValue(format, field.value, out);
  }
}

}  // namespace millrace
