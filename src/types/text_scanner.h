// Small steps for reading values from text, shared by the parsers of this module.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
inline char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view TrimBlanks(std::string_view text);

// The text in double quotes for an error message, cut to a length one can read.
std::string Quoted(std::string_view text);

// The number of at most 18 digits; the caller has looked at the size.
int64_t DigitsToNumber(std::string_view digits);

// The fraction ".digits" in units of 10^-places, rounded half up; at most 10^places.
int64_t RoundedFraction(std::string_view digits, int places);

// Reads a text front to back. Borrows it. Cheap to copy: a copy looks ahead.
class TextScanner {
 public:
  explicit TextScanner(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // True when there was at least one blank.
  bool TakeBlanks();
  // The run of digits or ASCII letters here, maybe empty.
  std::string_view TakeDigits();
  std::string_view TakeLetters();
  // Takes the whole run of letters when it is `lower_word` in any case.
  bool TakeWord(std::string_view lower_word);

 private:
  std::string_view rest_;
};

bool EqualsIgnoringCase(std::string_view text, std::string_view lower);

}  // namespace millrace
