#include "query/expr/like.h"

#include <algorithm>
#include <cstring>

#include "query/expr/families.h"
#include "query/expr/kernel.h"
#include "query/expr/utf8.h"

namespace millrace::expr {

Result<LikePattern> LikePattern::Compile(std::string_view pattern, std::string_view escape) {
  if (CountChars(escape) > 1) {
    return InvalidArgument("invalid escape string")
        .WithSqlState("22019")
        .WithHint("The escape string must be empty or one character.");
  }
  LikePattern compiled;
  while (!pattern.empty()) {
    if (!escape.empty() && pattern.starts_with(escape)) {
      pattern.remove_prefix(escape.size());
      if (pattern.empty()) {
        return InvalidArgument("LIKE pattern must not end with the escape character")
            .WithSqlState("22025");
      }
    } else if (pattern.front() == '%' || pattern.front() == '_') {
      const Step step = pattern.front() == '%' ? Step::kAnyText : Step::kAnyChar;
      const bool repeated = step == Step::kAnyText && !compiled.elements_.empty() &&
                            compiled.elements_.back().step == Step::kAnyText;
      if (!repeated) compiled.elements_.push_back({step, 0});
      pattern.remove_prefix(1);
      continue;
    }
    const size_t bytes = std::min(CharBytes(pattern.front()), pattern.size());
    for (const char c : pattern.substr(0, bytes)) {
      compiled.elements_.push_back({Step::kByte, c});
    }
    pattern.remove_prefix(bytes);
  }
  compiled.ChooseShape();
  return compiled;
}

void LikePattern::ChooseShape() {
  const auto is_byte = [](const Element& e) { return e.step == Step::kByte; };
  for (const Element& element : elements_) {
    if (!is_byte(element)) break;
    prefix_ += element.byte;
  }
  for (const Element& element : elements_) {
    if (element.step == Step::kAnyChar) return;
    if (is_byte(element)) literal_ += element.byte;
  }
  const auto wildcards = elements_.size() - literal_.size();
  const bool begins = !elements_.empty() && !is_byte(elements_.front());
  const bool ends = !elements_.empty() && !is_byte(elements_.back());
  if (wildcards == 0) {
    shape_ = Shape::kExact;
  } else if (wildcards == 1 && ends) {
    shape_ = Shape::kPrefix;
  } else if (wildcards == 1 && begins) {
    shape_ = Shape::kSuffix;
  } else if (wildcards == 2 && begins && ends) {
    shape_ = Shape::kContains;
  }
}

bool LikePattern::Matches(std::string_view text) const {
  switch (shape_) {
    case Shape::kExact:
      return text == literal_;
    case Shape::kPrefix:
      return text.starts_with(literal_);
    case Shape::kSuffix:
      return text.ends_with(literal_);
    case Shape::kContains:
      return memmem(text.data(), text.size(), literal_.data(), literal_.size()) != nullptr;
    case Shape::kGeneral:
      return MatchesGeneral(text);
  }
  return false;
}

// Greedy from the left; on a mismatch only the last '%' need take one character
// more, because whatever an earlier one could take, the last can too.
bool LikePattern::MatchesGeneral(std::string_view text) const {
  size_t at = 0;
  size_t element = 0;
  size_t last_any = elements_.size();
  size_t last_any_at = 0;
  while (true) {
    if (element < elements_.size() && elements_[element].step == Step::kAnyText) {
      last_any = element++;
      last_any_at = at;
      continue;
    }
    if (at == text.size()) return element == elements_.size();
    if (element < elements_.size()) {
      const Element& next = elements_[element];
      if (next.step == Step::kAnyChar) {
        at += std::min(CharBytes(text[at]), text.size() - at);
        ++element;
        continue;
      }
      if (next.byte == text[at]) {
        ++at;
        ++element;
        continue;
      }
    }
    if (last_any == elements_.size()) return false;
    last_any_at += std::min(CharBytes(text[last_any_at]), text.size() - last_any_at);
    at = last_any_at;
    element = last_any + 1;
  }
}

namespace {

enum class Case : uint8_t { kSensitive, kInsensitive };

// Compiles the pattern when it is not the one compiled last.
class PatternCache {
 public:
  explicit PatternCache(Case sensitivity) : case_(sensitivity) {}
  Result<const LikePattern*> Get(std::string_view pattern, std::string_view escape) {
    if (!compiled_.has_value() || pattern != pattern_ || escape != escape_) {
      pattern_ = pattern;
      escape_ = escape;
      std::string folded;
      if (case_ == Case::kInsensitive) {
        AppendLower(&folded, pattern);
        pattern = folded;
      }
      ASSIGN_OR_RETURN(compiled_, LikePattern::Compile(pattern, escape));
    }
    return &*compiled_;
  }

 private:
  const Case case_;
  std::string pattern_;
  std::string escape_;
  std::optional<LikePattern> compiled_;
};

template <Case kCase>
Status Like(KernelCall& call, Column* out) {
  PatternCache cache(kCase);
  const bool has_escape = call.arguments.size() == 3;
  const std::span<uint8_t> payloads = out->Resize<uint8_t>(call.rows);
  std::string folded;
  for (size_t row = 0; row < call.rows; ++row) {
    if (!call.IsValid(row)) continue;
    const std::string_view escape = has_escape ? call.Get<std::string_view>(2, row) : "\\";
    ASSIGN_OR_RETURN(const LikePattern* pattern,
                     cache.Get(call.Get<std::string_view>(1, row), escape));
    std::string_view text = call.Get<std::string_view>(0, row);
    if (kCase == Case::kInsensitive) {
      folded.clear();
      AppendLower(&folded, text);
      text = folded;
    }
    RETURN_IF_ERROR(CheckSteps(call, text.size(), pattern->steps_per_byte()));
    payloads[row] = pattern->Matches(text) ? 1 : 0;
  }
  FinishNulls(call, out, payloads);
  return Status::Ok();
}

}  // namespace

void AddPattern(std::vector<Function>* functions) {
  const Function all[] = {
      Define("LIKE(text, text [, text]) boolean", Like<Case::kSensitive>, kQuadraticOperator),
      Define("ILIKE(text, text [, text]) boolean", Like<Case::kInsensitive>, kQuadraticOperator),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
