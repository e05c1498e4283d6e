#include "query/sql/keywords.h"

#include <array>
#include <cstddef>

namespace millrace::sql {
namespace {

struct KeywordInfo {
  std::string_view spelling;
  KeywordClass word_class;
};

constexpr KeywordInfo kKeywords[] = {
    {"", KeywordClass::kUnreserved},
#define MR_SQL_KEYWORD(name, spelling, word_class) {spelling, KeywordClass::word_class},
#include "query/sql/keyword_list.inc"
#undef MR_SQL_KEYWORD
};
constexpr size_t kKeywordCount = std::size(kKeywords);

// An open-addressed table over few characters of the word: lookups of words that
// are no keywords usually end at the first, empty slot.
constexpr size_t kSlots = 2048;
static_assert(kKeywordCount * 4 < kSlots);

constexpr size_t kLongest = [] {
  size_t longest = 0;
  for (const KeywordInfo& info : kKeywords) longest = std::max(longest, info.spelling.size());
  return longest;
}();

// Folds letters to lower case; maps '_' and digits to something harmless.
constexpr uint32_t Fold(char c) { return static_cast<unsigned char>(c) | 0x20u; }

constexpr size_t Slot(std::string_view word) {
  const size_t size = word.size();
  const uint32_t hash = Fold(word[0]) * 0x9E3779B1u + Fold(word[size - 1]) * 0x85EBCA77u +
                        Fold(word[size / 2]) * 0xC2B2AE3Du + Fold(word[size / 3]) * 0x27D4EB2Fu +
                        static_cast<uint32_t>(size) * 0x165667B1u;
  return (hash >> 15) % kSlots;
}

constexpr std::array<uint16_t, kSlots> kTable = [] {
  std::array<uint16_t, kSlots> table = {};
  for (size_t i = 1; i < kKeywordCount; ++i) {
    size_t slot = Slot(kKeywords[i].spelling);
    while (table[slot] != 0) slot = (slot + 1) % kSlots;
    table[slot] = static_cast<uint16_t>(i);
  }
  return table;
}();

bool SameWord(std::string_view word, std::string_view spelling) {
  if (word.size() != spelling.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (Fold(word[i]) != Fold(spelling[i])) return false;
  }
  return true;
}

}  // namespace

Keyword FindKeyword(std::string_view word) {
  if (word.empty() || word.size() > kLongest) return Keyword::kNone;
  for (size_t slot = Slot(word); kTable[slot] != 0; slot = (slot + 1) % kSlots) {
    if (SameWord(word, kKeywords[kTable[slot]].spelling)) return Keyword{kTable[slot]};
  }
  return Keyword::kNone;
}

std::string_view KeywordSpelling(Keyword keyword) {
  return kKeywords[static_cast<size_t>(keyword)].spelling;
}

KeywordClass ClassOf(Keyword keyword) { return kKeywords[static_cast<size_t>(keyword)].word_class; }

}  // namespace millrace::sql
