// Guesses which word a misspelled one was meant to be.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace millrace::sql {

// The number of insertions, deletions, substitutions and swaps of neighbours that
// turn one word into the other (optimal string alignment), ignoring letter case;
// `limit` + 1 when it is more than `limit`. Words beyond 32 bytes are far apart.
size_t EditDistance(std::string_view a, std::string_view b, size_t limit);

// The candidate nearest to `word`, empty when none is near: one edit for words up
// to four letters, two for longer ones. The first of equally near ones.
std::string_view NearestWord(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace millrace::sql
