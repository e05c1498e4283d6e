// LIKE patterns: '%' is any text, '_' one character, the escape character takes
// away the meaning of the next. Compiled once, matched many times.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace millrace::expr {

class LikePattern {
 public:
  // `escape` is one character or empty (none). Errors: 22019 a longer escape,
  // 22025 a pattern that ends with the escape character.
  static Result<LikePattern> Compile(std::string_view pattern, std::string_view escape);

  // At worst |text| * steps_per_byte() steps.
  bool Matches(std::string_view text) const;
  size_t steps_per_byte() const { return shape_ == Shape::kGeneral ? elements_.size() : 1; }

  // The text every match begins with: an index can be bounded by it.
  std::string_view literal_prefix() const { return prefix_; }

 private:
  enum class Shape : uint8_t { kExact, kPrefix, kSuffix, kContains, kGeneral };
  enum class Step : uint8_t { kByte, kAnyChar, kAnyText };
  struct Element {
    Step step;
    char byte;
  };
  bool MatchesGeneral(std::string_view text) const;
  void ChooseShape();

  Shape shape_ = Shape::kGeneral;
  std::vector<Element> elements_;
  std::string literal_;  // of the simple shapes
  std::string prefix_;
};

}  // namespace millrace::expr
