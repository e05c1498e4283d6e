// Operators: precedence climbing over the levels of operators.h.
#include <array>

#include "query/sql/operators.h"
#include "query/sql/parser_state.h"

namespace millrace::sql {
namespace {

struct TokenOperator {
  bool is_binary = false;
  BinaryOperator op = BinaryOperator::kAdd;
};

// Binary operators that are one token.
constexpr std::array<TokenOperator, 256> kTokenOperators = [] {
  std::array<TokenOperator, 256> table = {};
  const auto set = [&](TokenKind kind, BinaryOperator op) {
    table[static_cast<size_t>(kind)] = {true, op};
  };
  set(TokenKind::kPlus, BinaryOperator::kAdd);
  set(TokenKind::kMinus, BinaryOperator::kSubtract);
  set(TokenKind::kStar, BinaryOperator::kMultiply);
  set(TokenKind::kSlash, BinaryOperator::kDivide);
  set(TokenKind::kPercent, BinaryOperator::kModulo);
  set(TokenKind::kCaret, BinaryOperator::kPower);
  set(TokenKind::kConcat, BinaryOperator::kConcat);
  set(TokenKind::kEqual, BinaryOperator::kEqual);
  set(TokenKind::kNotEqual, BinaryOperator::kNotEqual);
  set(TokenKind::kLess, BinaryOperator::kLess);
  set(TokenKind::kLessOrEqual, BinaryOperator::kLessOrEqual);
  set(TokenKind::kGreater, BinaryOperator::kGreater);
  set(TokenKind::kGreaterOrEqual, BinaryOperator::kGreaterOrEqual);
  set(TokenKind::kTilde, BinaryOperator::kRegexMatch);
  set(TokenKind::kTildeStar, BinaryOperator::kRegexMatchInsensitive);
  set(TokenKind::kNotTilde, BinaryOperator::kNotRegexMatch);
  set(TokenKind::kNotTildeStar, BinaryOperator::kNotRegexMatchInsensitive);
  set(TokenKind::kLikeOperator, BinaryOperator::kLike);
  set(TokenKind::kILikeOperator, BinaryOperator::kILike);
  set(TokenKind::kNotLikeOperator, BinaryOperator::kNotLike);
  set(TokenKind::kNotILikeOperator, BinaryOperator::kNotILike);
  set(TokenKind::kJsonGet, BinaryOperator::kJsonGet);
  set(TokenKind::kJsonGetText, BinaryOperator::kJsonGetText);
  set(TokenKind::kJsonPath, BinaryOperator::kJsonPath);
  set(TokenKind::kJsonPathText, BinaryOperator::kJsonPathText);
  set(TokenKind::kJsonDeletePath, BinaryOperator::kJsonDeletePath);
  set(TokenKind::kContains, BinaryOperator::kContains);
  set(TokenKind::kContainedBy, BinaryOperator::kContainedBy);
  set(TokenKind::kQuestion, BinaryOperator::kHasKey);
  set(TokenKind::kQuestionPipe, BinaryOperator::kHasAnyKey);
  set(TokenKind::kQuestionAmpersand, BinaryOperator::kHasAllKeys);
  set(TokenKind::kAtQuestion, BinaryOperator::kJsonPathExists);
  set(TokenKind::kAtAt, BinaryOperator::kJsonPathMatch);
  set(TokenKind::kDoubleAmpersand, BinaryOperator::kArrayOverlap);
  set(TokenKind::kCaretAt, BinaryOperator::kStartsWith);
  set(TokenKind::kAmpersand, BinaryOperator::kBitAnd);
  set(TokenKind::kPipe, BinaryOperator::kBitOr);
  set(TokenKind::kHash, BinaryOperator::kBitXor);
  set(TokenKind::kShiftLeft, BinaryOperator::kShiftLeft);
  set(TokenKind::kShiftRight, BinaryOperator::kShiftRight);
  return table;
}();

bool IsLike(BinaryOperator op) {
  return op == BinaryOperator::kLike || op == BinaryOperator::kNotLike ||
         op == BinaryOperator::kILike || op == BinaryOperator::kNotILike;
}

BinaryOperator LikeOperatorOf(PatternKind kind, bool negated) {
  if (kind == PatternKind::kILike) {
    return negated ? BinaryOperator::kNotILike : BinaryOperator::kILike;
  }
  return negated ? BinaryOperator::kNotLike : BinaryOperator::kLike;
}

}  // namespace

bool Parser::ParseExpr(int minimum, Expr& out) {
  const Level level(*this);
  const Chain chain(*this);
  return WithinLimits() && ParseOperand(out) && ContinueExpr(minimum, out);
}

bool Parser::ContinueExpr(int minimum, Expr& left) {
  bool after_comparison = false;
  while (true) {
    if (current_.kind == TokenKind::kWord) {
      bool taken = false;
      if (!ParseWordOperator(minimum, left, taken)) return false;
      if (!taken) return true;
      after_comparison = false;
      if (!Grow()) return false;
      continue;
    }
    const TokenOperator found = kTokenOperators[static_cast<size_t>(current_.kind)];
    if (!found.is_binary) return true;
    // ~~ is LIKE under another name, but binds like the other operators.
    const int precedence = IsLike(found.op) ? kPrecedenceOther : PrecedenceOf(found.op);
    if (precedence < minimum) return true;
    const bool comparison = precedence == kPrecedenceComparison;
    if (comparison && after_comparison) {
      return SyntaxError("Comparisons do not chain: combine two of them with AND.");
    }
    after_comparison = comparison;
    if (!ParseBinary(found.op, precedence, left) || !Grow()) return false;
  }
}

bool Parser::ParseWordOperator(int minimum, Expr& left, bool& taken) {
  taken = true;
  switch (current_.keyword) {
    case Keyword::kOr:
      if (minimum > kPrecedenceOr) break;
      return ParseLogical(LogicalOperator::kOr, left);
    case Keyword::kAnd:
      if (minimum > kPrecedenceAnd) break;
      return ParseLogical(LogicalOperator::kAnd, left);
    case Keyword::kIs:
    case Keyword::kIsnull:
    case Keyword::kNotnull:
      if (minimum > kPrecedenceIs) break;
      return ParseIs(left);
    case Keyword::kNot: {
      const Keyword next = Next().keyword;
      const bool negates = next == Keyword::kBetween || next == Keyword::kIn ||
                           next == Keyword::kLike || next == Keyword::kIlike ||
                           next == Keyword::kSimilar;
      if (!negates || minimum > kPrecedencePattern) break;
      return ParseNegatable(left);
    }
    case Keyword::kBetween:
    case Keyword::kIn:
    case Keyword::kLike:
    case Keyword::kIlike:
    case Keyword::kSimilar:
      if (minimum > kPrecedencePattern) break;
      return ParseNegatable(left);
    case Keyword::kOverlaps:
      if (minimum > kPrecedencePattern) break;
      return ParseBinary(BinaryOperator::kOverlaps, kPrecedencePattern, left);
    case Keyword::kAt:
      if (minimum > kPrecedenceAtTimeZone || !NextIs(Keyword::kTime)) break;
      return ParseAtTimeZone(left);
    case Keyword::kCollate:
      if (minimum > kPrecedenceCollate) break;
      return ParseCollate(left);
    default:
      for (const Keyword word : {Keyword::kAnd, Keyword::kBetween, Keyword::kLike}) Missed(word);
  }
  taken = false;
  return true;
}

// ---- Infix operators --------------------------------------------------------

bool Parser::ParseLogical(LogicalOperator op, Expr& left) {
  const bool is_or = op == LogicalOperator::kOr;
  const SourcePosition position = left.position;
  Logical logical;
  logical.op = op;
  logical.operands.push_back(std::move(left));
  while (Accept(is_or ? Keyword::kOr : Keyword::kAnd)) {
    const int minimum = 1 + (is_or ? kPrecedenceOr : kPrecedenceAnd);
    if (!ParseExpr(minimum, logical.operands.emplace_back())) return false;
  }
  left = Expr(std::move(logical), position);
  return true;
}

bool Parser::ParseBinary(BinaryOperator op, int precedence, Expr& left) {
  Advance();
  const bool quantified = current_.keyword == Keyword::kAny || current_.keyword == Keyword::kAll ||
                          current_.keyword == Keyword::kSome;
  if (quantified && NextIs(TokenKind::kLeftParen)) return ParseQuantified(op, left);
  const SourcePosition position = left.position;
  Expr right;
  if (!ParseExpr(precedence + 1, right)) return false;
  if (IsLike(op)) {
    PatternMatch match;
    match.pattern_kind = op == BinaryOperator::kLike || op == BinaryOperator::kNotLike
                             ? PatternKind::kLike
                             : PatternKind::kILike;
    match.negated = op == BinaryOperator::kNotLike || op == BinaryOperator::kNotILike;
    match.value = std::move(left);
    match.pattern = std::move(right);
    left = Expr(std::move(match), position);
  } else {
    left = Expr(Binary{op, std::move(left), std::move(right)}, position);
  }
  return true;
}

bool Parser::ParseQuantified(BinaryOperator op, Expr& left) {
  Quantified quantified;
  quantified.op = op;
  quantified.quantifier = current_.keyword == Keyword::kAll ? Quantifier::kAll : Quantifier::kAny;
  Advance();
  QueryOrList inner;
  if (!Expect(TokenKind::kLeftParen)) return false;
  const Token first = current_;
  if (!ParseQueryOrList(inner)) return false;
  if (inner.query) {
    quantified.query = std::move(inner.query);
  } else if (inner.list.size() == 1) {
    quantified.array = std::move(inner.list[0]);
  } else {
    return Fail(first, "a quantifier takes one array or subquery",
                "Write x = ANY (ARRAY[..]) or x IN (..).");
  }
  const SourcePosition position = left.position;
  quantified.left = std::move(left);
  left = Expr(std::move(quantified), position);
  return true;
}

bool Parser::ParseIs(Expr& left) {
  const SourcePosition position = left.position;
  IsTest test;
  if (current_.keyword != Keyword::kIs) {
    test.negated = current_.keyword == Keyword::kNotnull;
    Advance();
  } else {
    Advance();
    test.negated = Accept(Keyword::kNot);
    if (Accept(Keyword::kDistinct)) {
      Expr right;
      if (!Expect(Keyword::kFrom) || !ParseExpr(kPrecedenceIs + 1, right)) return false;
      const BinaryOperator op =
          test.negated ? BinaryOperator::kIsNotDistinctFrom : BinaryOperator::kIsDistinctFrom;
      left = Expr(Binary{op, std::move(left), std::move(right)}, position);
      return true;
    }
    if (Accept(Keyword::kTrue)) {
      test.test = IsTestKind::kTrue;
    } else if (Accept(Keyword::kFalse)) {
      test.test = IsTestKind::kFalse;
    } else if (Accept(Keyword::kUnknown)) {
      test.test = IsTestKind::kUnknown;
    } else if (!Expect(Keyword::kNull)) {
      return false;
    }
  }
  test.operand = std::move(left);
  left = Expr(std::move(test), position);
  return true;
}

bool Parser::ParseNegatable(Expr& left) {
  const bool negated = Accept(Keyword::kNot);
  if (Accept(Keyword::kBetween)) return ParseBetween(negated, left);
  if (Accept(Keyword::kIn)) return ParseIn(negated, left);
  if (Accept(Keyword::kLike)) return ParsePattern(PatternKind::kLike, negated, left);
  if (Accept(Keyword::kIlike)) return ParsePattern(PatternKind::kILike, negated, left);
  return Expect({Keyword::kSimilar, Keyword::kTo}) &&
         ParsePattern(PatternKind::kSimilarTo, negated, left);
}

bool Parser::ParsePattern(PatternKind kind, bool negated, Expr& left) {
  const bool quantified = current_.keyword == Keyword::kAny || current_.keyword == Keyword::kAll ||
                          current_.keyword == Keyword::kSome;
  if (quantified && kind != PatternKind::kSimilarTo) {
    return ParseQuantified(LikeOperatorOf(kind, negated), left);
  }
  PatternMatch match;
  match.pattern_kind = kind;
  match.negated = negated;
  if (!ParseExpr(kPrecedencePattern + 1, match.pattern)) return false;
  if (Accept(Keyword::kEscape)) {
    Expr escape;
    if (!ParseExpr(kPrecedencePattern + 1, escape)) return false;
    match.escape = std::move(escape);
  }
  const SourcePosition position = left.position;
  match.value = std::move(left);
  left = Expr(std::move(match), position);
  return true;
}

bool Parser::ParseBetween(bool negated, Expr& left) {
  Between between;
  between.negated = negated;
  between.symmetric = Accept(Keyword::kSymmetric);
  if (!between.symmetric) Accept(Keyword::kAsymmetric);
  if (!ParseExpr(kPrecedencePattern + 1, between.low) || !Expect(Keyword::kAnd) ||
      !ParseExpr(kPrecedencePattern + 1, between.high)) {
    return false;
  }
  const SourcePosition position = left.position;
  between.value = std::move(left);
  left = Expr(std::move(between), position);
  return true;
}

bool Parser::ParseIn(bool negated, Expr& left) {
  QueryOrList inner;
  if (!Expect(TokenKind::kLeftParen)) return false;
  if (At(TokenKind::kRightParen)) return SyntaxError("IN needs at least one value.");
  if (!ParseQueryOrList(inner)) return false;
  const SourcePosition position = left.position;
  if (inner.query) {
    left = Expr(InQuery{negated, std::move(left), std::move(inner.query)}, position);
  } else {
    left = Expr(InList{negated, std::move(left), std::move(inner.list)}, position);
  }
  return true;
}

bool Parser::ParseCollate(Expr& left) {
  Advance();
  const SourcePosition position = left.position;
  std::string collation;
  if (!ParseAnyWord(collation)) return false;
  left = Expr(Collate{std::move(left), std::move(collation)}, position);
  return true;
}

bool Parser::ParseAtTimeZone(Expr& left) {
  const SourcePosition position = left.position;
  Expr zone;
  if (!Expect({Keyword::kAt, Keyword::kTime, Keyword::kZone})) return false;
  if (!ParseExpr(kPrecedenceAtTimeZone + 1, zone)) return false;
  left = Expr(AtTimeZone{std::move(left), std::move(zone)}, position);
  return true;
}

// ---- Prefix operators -------------------------------------------------------

bool Parser::ParseOperand(Expr& out) {
  switch (current_.kind) {
    case TokenKind::kMinus:
    case TokenKind::kPlus:
      return ParseSign(out);
    case TokenKind::kTilde:
      return ParsePrefixOperator(UnaryOperator::kBitNot, kPrecedenceOther + 1, out);
    case TokenKind::kWord:
      if (current_.keyword == Keyword::kNot) {
        return ParsePrefixOperator(UnaryOperator::kNot, kPrecedenceNot, out);
      }
      break;
    default:
      break;
  }
  return ParsePrimary(out) && ParsePostfix(out);
}

bool Parser::ParsePrefixOperator(UnaryOperator op, int operand_minimum, Expr& out) {
  const SourcePosition position = current_.position;
  Advance();
  Unary unary;
  unary.op = op;
  if (!ParseExpr(operand_minimum, unary.operand)) return false;
  out = Expr(std::move(unary), position);
  return true;
}

// A minus before a number is part of the literal, unless a postfix operator
// follows: -1::int is -(1::int), as in PostgreSQL.
bool Parser::ParseSign(Expr& out) {
  const TokenKind number = Next().kind;
  const bool numeric =
      number == TokenKind::kInteger || number == TokenKind::kDecimal || number == TokenKind::kFloat;
  if (current_.kind == TokenKind::kPlus || !numeric) {
    const UnaryOperator op =
        current_.kind == TokenKind::kPlus ? UnaryOperator::kPlus : UnaryOperator::kNegate;
    return ParsePrefixOperator(op, kPrecedenceSign, out);
  }
  const SourcePosition position = current_.position;
  Advance();
  if (NextIs(TokenKind::kCast) || NextIs(TokenKind::kLeftBracket)) {
    Unary unary;
    unary.op = UnaryOperator::kNegate;
    if (!ParseExpr(kPrecedenceSign, unary.operand)) return false;
    out = Expr(std::move(unary), position);
    return true;
  }
  return ParseNumber(out, position, /*negative=*/true);
}

// ---- Postfix operators ------------------------------------------------------

bool Parser::ParsePostfix(Expr& left) {
  while (true) {
    if (current_.kind == TokenKind::kCast) {
      if (!ParseCastOperator(left)) return false;
    } else if (current_.kind == TokenKind::kLeftBracket) {
      if (!ParseSubscript(left)) return false;
    } else if (current_.kind == TokenKind::kDot) {
      Advance();
      const SourcePosition position = left.position;
      std::string field;
      if (!ParseAnyWord(field)) return false;
      left = Expr(FieldAccess{std::move(left), std::move(field)}, position);
    } else {
      return true;
    }
    if (!Grow()) return false;
  }
}

bool Parser::ParseCastOperator(Expr& left) {
  Advance();
  const SourcePosition position = left.position;
  Cast cast;
  if (!ParseType(cast.type)) return false;
  cast.operand = std::move(left);
  left = Expr(std::move(cast), position);
  return true;
}

bool Parser::ParseSubscript(Expr& left) {
  Advance();
  Subscript subscript;
  Expr end;
  if (!At(TokenKind::kColon)) {
    if (!ParseExpr(end)) return false;
    subscript.index = std::move(end);
  }
  if (Accept(TokenKind::kColon)) {
    subscript.slice = true;
    if (!At(TokenKind::kRightBracket)) {
      if (!ParseExpr(end)) return false;
      subscript.upper = std::move(end);
    }
  }
  if (!Expect(TokenKind::kRightBracket)) return false;
  const SourcePosition position = left.position;
  subscript.base = std::move(left);
  left = Expr(std::move(subscript), position);
  return true;
}

}  // namespace millrace::sql
