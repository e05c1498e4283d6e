#include "query/expr/utf8.h"

#include <algorithm>
#include <span>

namespace millrace::expr {
namespace {

// Every `stride`-th character of first..last maps to itself plus `distance`.
struct CaseRange {
  uint32_t first;
  uint32_t last;
  uint32_t stride;
  int32_t distance;
};

#include "query/expr/case_map_list.inc"

uint32_t Map(std::span<const CaseRange> table, uint32_t code) {
  const auto after = std::ranges::upper_bound(table, code, {}, &CaseRange::first);
  if (after == table.begin()) return code;
  const CaseRange& range = *std::prev(after);
  if (code > range.last || (code - range.first) % range.stride != 0) return code;
  return static_cast<uint32_t>(static_cast<int32_t>(code) + range.distance);
}

template <typename F>
void AppendMapped(std::string* out, std::string_view text, F map) {
  if (IsAscii(text)) {
    const size_t begin = out->size();
    out->resize(begin + text.size());
    for (size_t i = 0; i < text.size(); ++i) {
      (*out)[begin + i] = static_cast<char>(map(static_cast<unsigned char>(text[i])));
    }
    return;
  }
  out->reserve(out->size() + text.size());
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      *out += static_cast<char>(map(static_cast<unsigned char>(text.front())));
      text.remove_prefix(1);
      continue;
    }
    const DecodedChar decoded = DecodeChar(text);
    AppendChar(out, map(decoded.code));
    text.remove_prefix(decoded.bytes);
  }
}

}  // namespace

size_t CountChars(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

size_t ByteOfChar(std::string_view text, size_t index) {
  size_t byte = 0;
  while (index > 0 && byte < text.size()) {
    byte += CharBytes(text[byte]);
    --index;
  }
  return std::min(byte, text.size());
}

DecodedChar DecodeChar(std::string_view text) {
  const size_t bytes = std::min(CharBytes(text.front()), text.size());
  const auto at = [&](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(text[i]));
  };
  if (bytes == 1) return {at(0), 1};
  uint32_t code = at(0) & (0xffU >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) code = (code << 6) | (at(i) & 0x3f);
  return {code, bytes};
}

void AppendChar(std::string* out, uint32_t code) {
  const auto put = [&](uint32_t byte) { *out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

uint32_t LowerChar(uint32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + 32 : code;
  return Map(kToLower, code);
}

uint32_t UpperChar(uint32_t code) {
  if (code < 0x80) return code >= 'a' && code <= 'z' ? code - 32 : code;
  return Map(kToUpper, code);
}

// Lambdas, so that the ASCII half is inlined.
void AppendLower(std::string* out, std::string_view text) {
  AppendMapped(out, text, [](uint32_t code) {
    if (code < 0x80) return code + (code - 'A' < 26 ? 32 : 0);
    return LowerChar(code);
  });
}

void AppendUpper(std::string* out, std::string_view text) {
  AppendMapped(out, text, [](uint32_t code) {
    if (code < 0x80) return code - (code - 'a' < 26 ? 32 : 0);
    return UpperChar(code);
  });
}

}  // namespace millrace::expr
