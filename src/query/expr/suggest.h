// "Did you mean": the nearest of some names by edit distance.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace millrace::expr {

// The candidate that needs the fewest edits (insert, delete, replace, swap of
// neighbours), at most a third of the name's length; nullopt when none is near.
std::optional<std::string_view> NearestName(std::string_view name,
                                            std::span<const std::string_view> candidates);

}  // namespace millrace::expr
