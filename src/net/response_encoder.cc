#include "net/response_encoder.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace millrace {
namespace {

void AppendNumber(std::string* out, uint64_t value, int base) {
  char text[24];
  out->append(text, std::to_chars(text, text + sizeof(text), value, base).ptr);
}

// A value that came from data cannot start a header of its own.
void AppendValue(std::string* out, std::string_view value) {
  for (const char c : value) out->push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
}

void AppendField(std::string* out, std::string_view name, std::string_view value) {
  out->append(name).append(": ");
  AppendValue(out, value);
  out->append("\r\n");
}

// The server writes these itself.
bool IsServersOwn(std::string_view name) {
  static constexpr std::string_view kOwn[] = {"connection", "content-length", "date",
                                              "transfer-encoding", "x-request-id"};
  return std::any_of(std::begin(kOwn), std::end(kOwn),
                     [&](std::string_view own) { return EqualsIgnoreCase(own, name); });
}

void AppendTwoDigits(std::string* out, uint64_t value) {
  out->push_back(static_cast<char>('0' + value / 10));
  out->push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

void AppendResponseHead(const HttpResponse& response, const ResponseHead& head, std::string* out) {
  out->append("HTTP/1.1 ");
  AppendNumber(out, static_cast<uint64_t>(response.status), 10);
  out->append(" ").append(ReasonPhrase(response.status)).append("\r\n");
  AppendField(out, "Date", head.date);
  if (!response.content_type.empty()) AppendField(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) {
    if (!IsServersOwn(name)) AppendField(out, name, value);
  }
  if (head.coding == ContentCoding::kGzip) {
    out->append("Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n");
  }
  if (head.framing == BodyFraming::kLength) {
    out->append("Content-Length: ");
    AppendNumber(out, head.length, 10);
    out->append("\r\n");
  } else if (head.framing == BodyFraming::kChunked) {
    out->append("Transfer-Encoding: chunked\r\n");
  }
  AppendField(out, "X-Request-ID", head.request_id);
  if (!head.keep_alive) {
    out->append("Connection: close\r\n");
  } else if (head.minor_version == 0) {
    out->append("Connection: keep-alive\r\n");
  }
  out->append("\r\n");
}

void AppendChunkSize(size_t bytes, std::string* out) {
  AppendNumber(out, bytes, 16);
  out->append("\r\n");
}

bool StatusHasNoBody(int status) { return status < 200 || status == 204 || status == 304; }

bool IsCompressible(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  static constexpr std::string_view kTypes[] = {"application/json", "application/javascript",
                                                "application/xml", "application/x-ndjson",
                                                "image/svg+xml"};
  return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
         std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

std::string HttpDate(int64_t seconds_since_1970) {
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds_since_1970)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string out(kDays[std::chrono::weekday(day).c_encoding()]);
  out.append(", ");
  AppendTwoDigits(&out, static_cast<unsigned>(date.day()));
  out.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
  AppendNumber(&out, static_cast<uint64_t>(static_cast<int>(date.year())), 10);
  out.append(" ");
  AppendTwoDigits(&out, static_cast<uint64_t>(clock.hours().count()));
  out.append(":");
  AppendTwoDigits(&out, static_cast<uint64_t>(clock.minutes().count()));
  out.append(":");
  AppendTwoDigits(&out, static_cast<uint64_t>(clock.seconds().count()));
  out.append(" GMT");
  return out;
}

}  // namespace millrace
