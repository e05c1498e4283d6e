// Guesses which word a misspelled one was meant to be.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace millrace::sql {

// The candidate nearest to `word`, empty when none is near: one edit for words up
// to four letters, two for longer ones, in any letter case. The first of equally near ones.
std::string_view NearestWord(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace millrace::sql
