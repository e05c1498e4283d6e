// LIKE against the obvious recursive definition, on characters. Input: the
// pattern and the text, with a newline between.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "query/expr/like.h"
#include "query/expr/utf8.h"
#include "types/json_text.h"

namespace {

using millrace::expr::DecodeChar;
using millrace::expr::DecodedChar;
using millrace::expr::LikePattern;

std::vector<uint32_t> Characters(std::string_view text) {
  std::vector<uint32_t> characters;
  while (!text.empty()) {
    const DecodedChar decoded = DecodeChar(text);
    characters.push_back(decoded.code);
    text.remove_prefix(decoded.bytes);
  }
  return characters;
}

// Whether pattern[p..] matches text[t..], from the end of both.
bool Naive(const std::vector<uint32_t>& pattern, const std::vector<uint32_t>& text) {
  const size_t width = text.size() + 1;
  std::vector<bool> after(width, false);
  after[text.size()] = true;
  for (size_t p = pattern.size(); p-- > 0;) {
    std::vector<bool> now(width, false);
    const bool escaped = p > 0 && pattern[p - 1] == '\\';
    size_t escapes = 0;
    for (size_t i = p; i > 0 && pattern[i - 1] == '\\'; --i) ++escapes;
    const bool literal = escaped && escapes % 2 == 1;
    if (!literal && pattern[p] == '\\') continue;  // belongs to the next
    for (size_t t = width; t-- > 0;) {
      if (!literal && pattern[p] == '%') {
        now[t] = after[t] || (t + 1 < width && now[t + 1]);
      } else if (t + 1 < width) {
        const bool any = !literal && pattern[p] == '_';
        now[t] = after[t + 1] && (any || text[t] == pattern[p]);
      }
    }
    after = now;
  }
  return after[0];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t newline = input.find('\n');
  if (newline == std::string_view::npos || size > 200 || !millrace::IsValidUtf8(input)) return 0;
  const std::string_view pattern = input.substr(0, newline);
  const std::string_view text = input.substr(newline + 1);
  const auto compiled = LikePattern::Compile(pattern, "\\");
  if (!compiled.ok()) return 0;
  if (compiled->Matches(text) != Naive(Characters(pattern), Characters(text))) std::abort();
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t i) {
  static const char* const kSeeds[] = {
      "a%b_c\nabbxc", "%_%\nx", "\\%a\\\\\n%a\\",  "%ab%ab\naabab", "_ä%\nääb",
      "a%%_\nabcd",   "\n",     "%a%b%c%\nxaxbxcx"};
  return i < std::size(kSeeds) ? kSeeds[i] : nullptr;
}
