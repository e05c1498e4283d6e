#include "cli/text_width.h"

#include <algorithm>
#include <iterator>

namespace millrace::cli {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// The blocks that matter, from Unicode 15: general categories Mn, Me, Cf (width
// 0) and East_Asian_Width W and F (width 2). Sorted.
constexpr Range kZeroWidth[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489},   {0x0591, 0x05BD},   {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x06D6, 0x06DC}, {0x0900, 0x0902},   {0x093C, 0x093C},   {0x0941, 0x0948}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
    {0x202A, 0x202E}, {0x2060, 0x2064},   {0x20D0, 0x20F0},   {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF},
};
constexpr Range kDoubleWidth[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x2614, 0x2615},   {0x26A1, 0x26A1},   {0x2705, 0x2705},   {0x2728, 0x2728},
    {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x17000, 0x18CFF}, {0x1B000, 0x1B2FF}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
    {0x1F7E0, 0x1F7EB}, {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

template <size_t n>
bool Contains(const Range (&ranges)[n], uint32_t character) {
  const Range* range =
      std::lower_bound(std::begin(ranges), std::end(ranges), character,
                       [](const Range& r, uint32_t value) { return r.last < value; });
  return range != std::end(ranges) && character >= range->first;
}

bool IsContinuation(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

}  // namespace

uint32_t DecodeCharacter(std::string_view text, size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t start = at++;
  if (lead < 0x80) return lead;
  size_t more = 0;
  uint32_t smallest = 0;
  if ((lead & 0xE0) == 0xC0) {
    more = 1;
    smallest = 0x80;
  } else if ((lead & 0xF0) == 0xE0) {
    more = 2;
    smallest = 0x800;
  } else if ((lead & 0xF8) == 0xF0) {
    more = 3;
    smallest = 0x10000;
  } else {
    return kBadCharacter;
  }
  uint32_t character = lead & (0x3F >> more);
  for (size_t i = 1; i <= more; ++i) {
    if (!IsContinuation(text, start + i)) return kBadCharacter;
    character = (character << 6) | (static_cast<unsigned char>(text[start + i]) & 0x3F);
  }
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  if (character < smallest || character > 0x10FFFF || surrogate) return kBadCharacter;
  at = start + more + 1;
  return character;
}

int CharacterWidth(uint32_t character) {
  if (character < 0x300) return 1;
  if (Contains(kZeroWidth, character)) return 0;
  return Contains(kDoubleWidth, character) ? 2 : 1;
}

size_t TextWidth(std::string_view text) {
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    width += static_cast<size_t>(CharacterWidth(DecodeCharacter(text, at)));
  }
  return width;
}

std::string CutToWidth(std::string_view text, size_t width) {
  if (TextWidth(text) <= width) return std::string(text);
  if (width == 0) return {};
  size_t used = 0;
  size_t at = 0;
  while (at < text.size()) {
    size_t next = at;
    used += static_cast<size_t>(CharacterWidth(DecodeCharacter(text, next)));
    if (used > width - 1) break;
    at = next;
  }
  return std::string(text.substr(0, at)) + "…";
}

std::string EscapeControls(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const uint32_t character = DecodeCharacter(text, at);
    // C1 controls too: some terminals obey them.
    const bool control =
        (character < 0x20 && character != '\n') || (character >= 0x7F && character < 0xA0);
    if (character == '\t') {
      out.append("\\t");
    } else if (character == '\r') {
      out.append("\\r");
    } else if (control || character == kBadCharacter) {
      for (const char c : text.substr(start, at - start)) {
        const auto byte = static_cast<unsigned char>(c);
        out.append("\\x");
        out.push_back(kHex[byte >> 4]);
        out.push_back(kHex[byte & 15]);
      }
    } else {
      out.append(text, start, at - start);
    }
  }
  return out;
}

}  // namespace millrace::cli
