// How many terminal cells a UTF-8 text takes, and cutting it to fit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::cli {

// Decodes the character at `at` and moves past it. A byte that is no UTF-8 gives
// kBadCharacter and is passed alone.
inline constexpr uint32_t kBadCharacter = 0xFFFFFFFF;
uint32_t DecodeCharacter(std::string_view text, size_t& at);

// 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
int CharacterWidth(uint32_t character);
size_t TextWidth(std::string_view text);

// Cuts to `width` cells, the last one an ellipsis, when the text is wider.
std::string CutToWidth(std::string_view text, size_t width);

// Makes a text harmless for a terminal: control characters (but '\n') and bytes
// that are no UTF-8 become \xNN, tabs become \t.
std::string EscapeControls(std::string_view text);

}  // namespace millrace::cli
