#include "types/text_scanner.h"

namespace millrace {
namespace {

constexpr size_t kQuotedMax = 128;

bool IsLetter(char c) {
  const char lower = ToLower(c);
  return lower >= 'a' && lower <= 'z';
}

template <typename Predicate>
std::string_view TakeWhile(std::string_view* rest, Predicate predicate) {
  size_t count = 0;
  while (count < rest->size() && predicate((*rest)[count])) ++count;
  const std::string_view taken = rest->substr(0, count);
  rest->remove_prefix(count);
  return taken;
}

}  // namespace

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::string Quoted(std::string_view text) {
  const bool cut = text.size() > kQuotedMax;
  if (cut) {
    size_t end = kQuotedMax;
    // Not within a character: a continuation byte of UTF-8 is 10xxxxxx.
    while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end);
  }
  std::string quoted = "\"";
  quoted.append(text).append(cut ? "...\"" : "\"");
  return quoted;
}

int64_t DigitsToNumber(std::string_view digits) {
  int64_t number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

int64_t RoundedFraction(std::string_view digits, int places) {
  int64_t fraction = 0;
  for (int i = 0; i < places; ++i) {
    const auto at = static_cast<size_t>(i);
    fraction = fraction * 10 + (at < digits.size() ? digits[at] - '0' : 0);
  }
  const auto next = static_cast<size_t>(places);
  return next < digits.size() && digits[next] >= '5' ? fraction + 1 : fraction;
}

bool TextScanner::TakeBlanks() { return !TakeWhile(&rest_, IsBlank).empty(); }
std::string_view TextScanner::TakeDigits() { return TakeWhile(&rest_, IsDigit); }
std::string_view TextScanner::TakeLetters() { return TakeWhile(&rest_, IsLetter); }

bool TextScanner::TakeWord(std::string_view lower_word) {
  TextScanner ahead = *this;
  if (!EqualsIgnoringCase(ahead.TakeLetters(), lower_word)) return false;
  *this = ahead;
  return true;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (ToLower(text[i]) != lower[i]) return false;
  }
  return true;
}

}  // namespace millrace
