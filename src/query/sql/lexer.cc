#include "query/sql/lexer.h"

#include <array>
#include <cstring>

namespace millrace::sql {
namespace {

enum CharacterClass : uint8_t {
  kSpace = 1,
  kWordStart = 2,
  kWordPart = 4,
  kDigit = 8,
  kHexDigit = 16,
  // Bytes inside strings and comments that need a second look.
  kTracked = 32,
};

constexpr std::array<uint8_t, 256> kClasses = [] {
  std::array<uint8_t, 256> classes = {};
  for (const char c : {' ', '\t', '\n', '\r', '\f', '\v'}) {
    classes[static_cast<unsigned char>(c)] |= kSpace;
  }
  for (int c = 'a'; c <= 'z'; ++c) classes[c] |= kWordStart | kWordPart;
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] |= kWordStart | kWordPart;
  for (int c = 128; c < 256; ++c) classes[c] |= kWordStart | kWordPart | kTracked;
  classes['_'] |= kWordStart | kWordPart;
  classes['$'] |= kWordPart;
  for (int c = '0'; c <= '9'; ++c) classes[c] |= kWordPart | kDigit | kHexDigit;
  for (int c = 'a'; c <= 'f'; ++c) classes[c] |= kHexDigit;
  for (int c = 'A'; c <= 'F'; ++c) classes[c] |= kHexDigit;
  classes['\n'] |= kTracked;
  return classes;
}();

// Longer hexadecimal numbers are refused: turning them to decimal is quadratic.
constexpr size_t kHexDigitsMax = 32;

bool Is(char c, uint8_t character_class) {
  return (kClasses[static_cast<unsigned char>(c)] & character_class) != 0;
}

struct OperatorSpelling {
  std::string_view text;
  TokenKind kind;
};

// Longest first among those that begin with the same character.
constexpr OperatorSpelling kOperators[] = {
    {"!~~*", TokenKind::kNotILikeOperator},
    {"!~~", TokenKind::kNotLikeOperator},
    {"!~*", TokenKind::kNotTildeStar},
    {"!~", TokenKind::kNotTilde},
    {"!=", TokenKind::kNotEqual},
    {"~~*", TokenKind::kILikeOperator},
    {"~~", TokenKind::kLikeOperator},
    {"~*", TokenKind::kTildeStar},
    {"~", TokenKind::kTilde},
    {"->>", TokenKind::kJsonGetText},
    {"->", TokenKind::kJsonGet},
    {"-", TokenKind::kMinus},
    {"#>>", TokenKind::kJsonPathText},
    {"#>", TokenKind::kJsonPath},
    {"#-", TokenKind::kJsonDeletePath},
    {"#", TokenKind::kHash},
    {"@>", TokenKind::kContains},
    {"@?", TokenKind::kAtQuestion},
    {"@@", TokenKind::kAtAt},
    {"<@", TokenKind::kContainedBy},
    {"<=", TokenKind::kLessOrEqual},
    {"<>", TokenKind::kNotEqual},
    {"<<", TokenKind::kShiftLeft},
    {"<", TokenKind::kLess},
    {">=", TokenKind::kGreaterOrEqual},
    {">>", TokenKind::kShiftRight},
    {">", TokenKind::kGreater},
    {"==", TokenKind::kDoubleEqual},
    {"=>", TokenKind::kArrow},
    {"=", TokenKind::kEqual},
    {"::", TokenKind::kCast},
    {":=", TokenKind::kArrow},
    {":", TokenKind::kColon},
    {"||", TokenKind::kConcat},
    {"|", TokenKind::kPipe},
    {"&&", TokenKind::kDoubleAmpersand},
    {"&", TokenKind::kAmpersand},
    {"^@", TokenKind::kCaretAt},
    {"^", TokenKind::kCaret},
    {"?|", TokenKind::kQuestionPipe},
    {"?&", TokenKind::kQuestionAmpersand},
    {"?", TokenKind::kQuestion},
    {"+", TokenKind::kPlus},
    {"*", TokenKind::kStar},
    {"/", TokenKind::kSlash},
    {"%", TokenKind::kPercent},
    {"(", TokenKind::kLeftParen},
    {")", TokenKind::kRightParen},
    {"[", TokenKind::kLeftBracket},
    {"]", TokenKind::kRightBracket},
    {",", TokenKind::kComma},
    {";", TokenKind::kSemicolon},
    {".", TokenKind::kDot},
};

// First entry of kOperators for each character; 255 when there is none.
constexpr std::array<uint8_t, 256> kFirstOperator = [] {
  std::array<uint8_t, 256> first = {};
  first.fill(255);
  for (size_t i = std::size(kOperators); i-- > 0;) {
    first[static_cast<unsigned char>(kOperators[i].text[0])] = static_cast<uint8_t>(i);
  }
  return first;
}();

}  // namespace

void Lexer::Track(char c) {
  if (c == '\n') {
    ++line_;
    line_origin_ = at_ + 1;
  } else if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) {
    ++line_origin_;
  }
}

void Lexer::Fail(Token& token, TokenProblem problem) {
  token.kind = TokenKind::kError;
  token.problem = problem;
}

bool Lexer::SkipBlockComment() {
  at_ += 2;
  for (int depth = 1; depth > 0;) {
    if (AtEnd()) return false;
    const char c = sql_[at_];
    if (c == '/' && At(1) == '*') {
      ++depth;
      ++at_;
    } else if (c == '*' && At(1) == '/') {
      --depth;
      ++at_;
    } else {
      Track(c);
    }
    ++at_;
  }
  return true;
}

bool Lexer::SkipSpace(Token& token) {
  const uint32_t line_before = line_;
  for (; !AtEnd(); ++at_) {
    const char c = sql_[at_];
    if (Is(c, kSpace)) {
      if (c == '\n') Track(c);
    } else if (c == '-' && At(1) == '-') {
      while (!AtEnd() && sql_[at_] != '\n') Track(sql_[at_++]);
      --at_;
    } else if (c == '/' && At(1) == '*') {
      const size_t start = at_;
      const uint32_t start_line = line_;
      const size_t start_origin = line_origin_;
      if (!SkipBlockComment()) {
        // The error points at where the comment began.
        token.position = {start_line, static_cast<uint32_t>(start - start_origin + 1),
                          static_cast<uint32_t>(start)};
        return false;
      }
      --at_;
    } else {
      break;
    }
  }
  token.after_newline = line_ != line_before;
  return true;
}

Token Lexer::Next() {
  Token token;
  if (!SkipSpace(token)) {
    Fail(token, TokenProblem::kUnterminatedComment);
    token.length = static_cast<uint32_t>(sql_.size() - token.position.offset);
    return token;
  }
  token.position = {line_, static_cast<uint32_t>(at_ - line_origin_ + 1),
                    static_cast<uint32_t>(at_)};
  if (AtEnd()) return token;
  const char c = sql_[at_];
  if (Is(c, kWordStart)) {
    const bool quote_follows = At(1) == '\'';
    if (quote_follows && (c == 'e' || c == 'E')) {
      ScanEscapeString(token);
    } else if (quote_follows && (c == 'x' || c == 'X')) {
      ++at_;
      ScanQuoted(token, '\'', TokenKind::kBytes, TokenProblem::kUnterminatedString);
    } else {
      ScanWord(token);
    }
  } else if (Is(c, kDigit) || (c == '.' && Is(At(1), kDigit))) {
    ScanNumber(token);
  } else if (c == '\'') {
    ScanQuoted(token, c, TokenKind::kString, TokenProblem::kUnterminatedString);
  } else if (c == '"') {
    ScanQuoted(token, c, TokenKind::kQuotedIdentifier, TokenProblem::kUnterminatedIdentifier);
  } else if (c == '$') {
    ScanDollar(token);
  } else {
    ScanOperator(token);
  }
  token.length = static_cast<uint32_t>(at_ - token.position.offset);
  if (token.kind == TokenKind::kQuotedIdentifier && token.length == 2) {
    Fail(token, TokenProblem::kEmptyIdentifier);
  }
  if (token.kind == TokenKind::kBytes) {
    const std::string_view digits = TextOf(token).substr(2, token.length - 3);
    bool valid = digits.size() % 2 == 0;
    for (const char digit : digits) valid = valid && Is(digit, kHexDigit);
    if (!valid) Fail(token, TokenProblem::kMalformedBytes);
  }
  return token;
}

void Lexer::ResumeAfter(const Token& token, size_t bytes) {
  at_ = token.end() + bytes;
  line_ = token.position.line;
  line_origin_ = token.position.offset + 1 - token.position.column;
}

// The marks that word processors put in place of ' and ": U+2018, 2019, 201C, 201D.
// As part of a name they would only hide the mistake.
bool Lexer::AtTypographicQuote() const {
  if (At(0) != '\xE2' || At(1) != '\x80') return false;
  return At(2) == '\x98' || At(2) == '\x99' || At(2) == '\x9C' || At(2) == '\x9D';
}

void Lexer::ScanWord(Token& token) {
  const size_t start = at_;
  if (AtTypographicQuote()) {
    for (int i = 0; i < 3; ++i) Track(sql_[at_++]);
    return Fail(token, TokenProblem::kUnexpectedCharacter);
  }
  uint8_t seen = 0;
  for (; at_ < sql_.size(); ++at_) {
    const uint8_t character_class = kClasses[static_cast<unsigned char>(sql_[at_])];
    if ((character_class & kWordPart) == 0) break;
    seen |= character_class;
    if ((character_class & kTracked) != 0) Track(sql_[at_]);
  }
  token.kind = TokenKind::kWord;
  if ((seen & kTracked) == 0) token.keyword = FindKeyword(sql_.substr(start, at_ - start));
}

void Lexer::ScanHexNumber(Token& token) {
  at_ += 2;
  const size_t first = at_;
  while (Is(At(0), kHexDigit)) ++at_;
  token.kind = TokenKind::kInteger;
  token.has_escapes = true;
  if (at_ == first || at_ - first > kHexDigitsMax || Is(At(0), kWordPart)) {
    while (Is(At(0), kWordPart)) Track(sql_[at_++]);
    Fail(token, TokenProblem::kMalformedNumber);
  }
}

void Lexer::ScanNumber(Token& token) {
  if (At(0) == '0' && (At(1) == 'x' || At(1) == 'X')) {
    ScanHexNumber(token);
    return;
  }
  const auto skip_digits = [&] {
    while (Is(At(0), kDigit) || (At(0) == '_' && Is(At(1), kDigit))) {
      if (At(0) == '_') token.has_escapes = true;
      ++at_;
    }
  };
  skip_digits();
  token.kind = TokenKind::kInteger;
  if (At(0) == '.') {
    ++at_;
    skip_digits();
    token.kind = TokenKind::kDecimal;
  }
  if (At(0) == 'e' || At(0) == 'E') {
    const size_t sign = At(1) == '+' || At(1) == '-' ? 1 : 0;
    if (Is(At(1 + sign), kDigit)) {
      at_ += 1 + sign;
      skip_digits();
      token.kind = TokenKind::kFloat;
    }
  }
  if (Is(At(0), kWordPart)) {
    // 12abc: take the junk along, it is what the error should show.
    while (!AtEnd() && Is(sql_[at_], kWordPart)) Track(sql_[at_++]);
    Fail(token, TokenProblem::kMalformedNumber);
  }
}

void Lexer::ScanQuoted(Token& token, char quote, TokenKind kind, TokenProblem problem) {
  token.kind = kind;
  for (++at_; !AtEnd(); ++at_) {
    const char c = sql_[at_];
    if (c == quote) {
      if (At(1) != quote) {
        ++at_;
        return;
      }
      token.has_escapes = true;
      ++at_;
    } else if (Is(c, kTracked)) {
      Track(c);
    }
  }
  Fail(token, problem);
}

void Lexer::ScanEscapeString(Token& token) {
  token.kind = TokenKind::kEscapeString;
  token.has_escapes = true;
  for (at_ += 2; !AtEnd(); ++at_) {
    const char c = sql_[at_];
    if (c == '\\' && at_ + 1 < sql_.size()) {
      ++at_;
      Track(sql_[at_]);
    } else if (c == '\'') {
      if (At(1) != '\'') {
        ++at_;
        return;
      }
      ++at_;
    } else {
      Track(c);
    }
  }
  Fail(token, TokenProblem::kUnterminatedString);
}

void Lexer::ScanDollar(Token& token) {
  if (Is(At(1), kDigit)) {
    for (++at_; Is(At(0), kDigit);) ++at_;
    token.kind = TokenKind::kParameter;
    return;
  }
  size_t tag_end = at_ + 1;
  while (tag_end < sql_.size() && sql_[tag_end] != '$' && Is(sql_[tag_end], kWordPart)) ++tag_end;
  if (tag_end >= sql_.size() || sql_[tag_end] != '$') {
    ++at_;
    Fail(token, TokenProblem::kUnexpectedCharacter);
    return;
  }
  const std::string_view tag = sql_.substr(at_, tag_end + 1 - at_);
  const size_t close = sql_.find(tag, tag_end + 1);
  const size_t end = close == std::string_view::npos ? sql_.size() : close + tag.size();
  for (; at_ < end; ++at_) {
    if (Is(sql_[at_], kTracked)) Track(sql_[at_]);
  }
  token.kind = TokenKind::kDollarString;
  token.has_escapes = true;
  if (close == std::string_view::npos) Fail(token, TokenProblem::kUnterminatedDollarString);
}

void Lexer::ScanOperator(Token& token) {
  const std::string_view rest = sql_.substr(at_, 4);
  for (size_t i = kFirstOperator[static_cast<unsigned char>(rest[0])];
       i < std::size(kOperators) && kOperators[i].text[0] == rest[0]; ++i) {
    if (!rest.starts_with(kOperators[i].text)) continue;
    at_ += kOperators[i].text.size();
    token.kind = kOperators[i].kind;
    return;
  }
  ++at_;
  Fail(token, TokenProblem::kUnexpectedCharacter);
}

}  // namespace millrace::sql
