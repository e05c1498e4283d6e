#include "query/sql/suggest.h"

#include <algorithm>
#include <array>

#include "query/sql/token_text.h"

namespace millrace::sql {
namespace {

constexpr size_t kWordMax = 32;

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b, size_t limit) {
  if (a.size() > kWordMax || b.size() > kWordMax) return limit + 1;
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) return limit + 1;
  const std::string left = ToLower(a);
  const std::string right = ToLower(b);
  using Row = std::array<size_t, kWordMax + 1>;
  Row before_last = {};
  Row last = {};
  Row row = {};
  for (size_t j = 0; j <= right.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      const size_t substitution = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({substitution, last[j] + 1, row[j - 1] + 1});
      const bool swapped =
          i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return std::min(last[right.size()], limit + 1);
}

std::string_view NearestWord(std::string_view word, std::span<const std::string_view> candidates) {
  const size_t limit = word.size() <= 4 ? 1 : 2;
  size_t best_distance = limit + 1;
  std::string_view best;
  for (const std::string_view candidate : candidates) {
    const size_t distance = EditDistance(word, candidate, limit);
    // A word of two letters is one edit away from too many others.
    if (distance > 0 && distance < best_distance && 2 * distance < candidate.size()) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace millrace::sql
