// "Did you mean": the nearest of some names by edit distance.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace millrace {

// The number of insertions, deletions, substitutions and swaps of neighbours that
// turn one word into the other (optimal string alignment). Costs the product of the
// lengths: for short words.
size_t EditDistance(std::string_view a, std::string_view b);

// The candidate that needs the fewest edits, at most a third of the name's length;
// nullopt when none is near.
std::optional<std::string_view> NearestName(std::string_view name,
                                            std::span<const std::string_view> candidates);

}  // namespace millrace
