#include "query/sql/suggest.h"

#include <string>

#include "base/nearest_name.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

// No keyword is longer.
static constexpr size_t kWordMax = 32;

std::string_view NearestWord(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() > kWordMax) return {};
  const size_t limit = word.size() <= 4 ? 1 : 2;
  const std::string lower = ToLower(word);
  size_t best_distance = limit + 1;
  std::string_view best;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > lower.size() + limit || lower.size() > candidate.size() + limit)
      continue;
    const size_t distance = EditDistance(lower, ToLower(candidate));
    // A word of two letters is one edit away from too many others.
    if (distance > 0 && distance < best_distance && 2 * distance < candidate.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace millrace::sql
