// Function calls, the forms that are calls in disguise, and window definitions.
#include "query/sql/operators.h"
#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

// CURRENT_TIMESTAMP and its like: a call that may leave out its parentheses.
bool Parser::ParseSpecialValue(Expr& out) {
  const SourcePosition position = current_.position;
  FunctionCall call;
  call.name = current_.keyword == Keyword::kUser
                  ? std::string(KeywordSpelling(Keyword::kCurrentUser))
                  : std::string(KeywordSpelling(current_.keyword));
  Advance();
  if (Accept(TokenKind::kLeftParen)) {
    if (!At(TokenKind::kRightParen) && !ParseExpr(call.arguments.emplace_back())) return false;
    if (!Expect(TokenKind::kRightParen)) return false;
  }
  out = Expr(std::move(call), position);
  return true;
}

bool Parser::ParseFunction(std::string namespace_name, std::string name, FunctionCall& call) {
  const Keyword special = namespace_name.empty() ? FindKeyword(name) : Keyword::kNone;
  call.namespace_name = std::move(namespace_name);
  call.name = std::move(name);
  if (!Expect(TokenKind::kLeftParen)) return false;
  switch (special) {
    case Keyword::kPosition:
      return ParsePosition(call);
    case Keyword::kSubstring:
      return ParseSubstring(call);
    case Keyword::kTrim:
      return ParseTrim(call);
    case Keyword::kOverlay:
      return ParseOverlay(call);
    default:
      return ParseArguments(call) && ParseFunctionTail(call);
  }
}

bool Parser::ParseArguments(FunctionCall& call) {
  if (Accept(TokenKind::kRightParen)) return true;
  if (current_.kind == TokenKind::kStar) {
    call.arguments.emplace_back(Star{}, current_.position);
    Advance();
    return Expect(TokenKind::kRightParen);
  }
  if (At(Keyword::kVariadic)) return Unsupported(current_, "VARIADIC");
  call.distinct = Accept(Keyword::kDistinct);
  if (!call.distinct) Accept(Keyword::kAll);
  if (!ParseCommaList(call.arguments, &Parser::ParseArgument)) return false;
  if (Accept(Keyword::kOrder) && (!Expect(Keyword::kBy) || !ParseOrderBy(call.order_by))) {
    return false;
  }
  AcceptNullTreatment(call);
  return Expect(TokenKind::kRightParen);
}

bool Parser::ParseArgument(Expr& out) {
  if (!NextIs(TokenKind::kArrow)) return ParseExpr(out);
  const SourcePosition position = current_.position;
  NamedArgument argument;
  if (!ParseAnyWord(argument.name) || !Expect(TokenKind::kArrow) || !ParseExpr(argument.value)) {
    return false;
  }
  out = Expr(std::move(argument), position);
  return true;
}

void Parser::AcceptNullTreatment(FunctionCall& call) {
  if (At(Keyword::kIgnore) && NextIs(Keyword::kNulls)) {
    call.null_treatment = NullTreatment::kIgnoreNulls;
  } else if (At(Keyword::kRespect) && NextIs(Keyword::kNulls)) {
    call.null_treatment = NullTreatment::kRespectNulls;
  } else {
    return;
  }
  Advance();
  Advance();
}

bool Parser::ParseFunctionTail(FunctionCall& call) {
  if (Accept(Keyword::kWithin, Keyword::kGroup)) {
    if (!Expect(TokenKind::kLeftParen) || !Expect({Keyword::kOrder, Keyword::kBy}) ||
        !ParseOrderBy(call.within_group) || !Expect(TokenKind::kRightParen)) {
      return false;
    }
  }
  if (current_.keyword == Keyword::kFilter && NextIs(TokenKind::kLeftParen)) {
    Expr condition;
    Advance();
    Advance();
    if (!Expect(Keyword::kWhere) || !ParseExpr(condition) || !Expect(TokenKind::kRightParen)) {
      return false;
    }
    call.filter = std::move(condition);
  }
  // In f(g(x) IGNORE NULLS) they belong to f, before OVER to the call just read.
  if (NextIs(Keyword::kNulls) && SecondNext().keyword == Keyword::kOver) AcceptNullTreatment(call);
  if (current_.keyword != Keyword::kOver) return true;
  const Token& next = Next();
  const bool names_window =
      next.kind == TokenKind::kQuotedIdentifier ||
      (next.kind == TokenKind::kWord && ClassOf(next.keyword) == KeywordClass::kUnreserved);
  if (!names_window && next.kind != TokenKind::kLeftParen) return true;
  Over over;
  Advance();
  if (!ParseOver(over)) return false;
  call.over = std::move(over);
  return true;
}

// ---- Calls in disguise ------------------------------------------------------
// Each is also accepted as a plain call.

bool Parser::ParsePosition(FunctionCall& call) {
  // The needle may hold no IN of its own.
  if (!ParseExpr(kPrecedenceOther, call.arguments.emplace_back())) return false;
  if (!Accept(Keyword::kIn) && !Expect(TokenKind::kComma)) return false;
  return ParseExpr(call.arguments.emplace_back()) && Expect(TokenKind::kRightParen);
}

bool Parser::ParseSubstring(FunctionCall& call) {
  if (!ParseExpr(call.arguments.emplace_back())) return false;
  const bool has_from = Accept(Keyword::kFrom);
  if (has_from && !ParseExpr(call.arguments.emplace_back())) return false;
  if (Accept(Keyword::kFor)) {
    if (!has_from) call.arguments.emplace_back(Literal::Integer(1), current_.position);
    if (!ParseExpr(call.arguments.emplace_back())) return false;
  } else if (!has_from) {
    while (Accept(TokenKind::kComma)) {
      if (!ParseExpr(call.arguments.emplace_back())) return false;
    }
  }
  return Expect(TokenKind::kRightParen);
}

bool Parser::ParseTrim(FunctionCall& call) {
  if (Accept(Keyword::kLeading)) {
    call.name = "ltrim";
  } else if (Accept(Keyword::kTrailing)) {
    call.name = "rtrim";
  } else {
    Accept(Keyword::kBoth);
  }
  if (Accept(Keyword::kFrom)) {
    return ParseExpr(call.arguments.emplace_back()) && Expect(TokenKind::kRightParen);
  }
  Expr first;
  if (!ParseExpr(first)) return false;
  if (Accept(Keyword::kFrom)) {
    if (!ParseExpr(call.arguments.emplace_back())) return false;
    call.arguments.push_back(std::move(first));
    return Expect(TokenKind::kRightParen);
  }
  call.arguments.push_back(std::move(first));
  while (Accept(TokenKind::kComma)) {
    if (!ParseExpr(call.arguments.emplace_back())) return false;
  }
  return Expect(TokenKind::kRightParen);
}

bool Parser::ParseOverlay(FunctionCall& call) {
  if (!ParseExpr(call.arguments.emplace_back())) return false;
  if (!Accept(Keyword::kPlacing)) {
    while (Accept(TokenKind::kComma)) {
      if (!ParseExpr(call.arguments.emplace_back())) return false;
    }
    return Expect(TokenKind::kRightParen);
  }
  if (!ParseExpr(call.arguments.emplace_back()) || !Expect(Keyword::kFrom) ||
      !ParseExpr(call.arguments.emplace_back())) {
    return false;
  }
  if (Accept(Keyword::kFor) && !ParseExpr(call.arguments.emplace_back())) return false;
  return Expect(TokenKind::kRightParen);
}

// ---- Windows ----------------------------------------------------------------

bool Parser::ParseOver(Over& over) {
  if (!At(TokenKind::kLeftParen)) return ParseIdentifier(over.window);
  return ParseWindowSpec(over.spec);
}

bool Parser::ParseWindowSpec(WindowSpec& spec) {
  if (!Expect(TokenKind::kLeftParen)) return false;
  const bool at_clause = At(Keyword::kPartition) || At(Keyword::kOrder) || At(Keyword::kRows) ||
                         At(Keyword::kRange) || At(Keyword::kGroups) || At(TokenKind::kRightParen);
  if (!at_clause && !ParseIdentifier(spec.base)) return false;
  if (Accept(Keyword::kPartition)) {
    if (!Expect(Keyword::kBy) || !ParseCommaList(spec.partition_by, &Parser::ParseElement)) {
      return false;
    }
  }
  if (Accept(Keyword::kOrder) && (!Expect(Keyword::kBy) || !ParseOrderBy(spec.order_by))) {
    return false;
  }
  if (At(Keyword::kRows) || At(Keyword::kRange) || At(Keyword::kGroups)) {
    if (!ParseFrame(spec.frame.emplace())) return false;
  }
  return Expect(TokenKind::kRightParen);
}

bool Parser::ParseFrame(WindowFrame& frame) {
  frame.unit = current_.keyword == Keyword::kRows    ? FrameUnit::kRows
               : current_.keyword == Keyword::kRange ? FrameUnit::kRange
                                                     : FrameUnit::kGroups;
  Advance();
  if (Accept(Keyword::kBetween)) {
    if (!ParseFrameBound(frame.start) || !Expect(Keyword::kAnd) ||
        !ParseFrameBound(frame.end.emplace())) {
      return false;
    }
  } else if (!ParseFrameBound(frame.start)) {
    return false;
  }
  if (!Accept(Keyword::kExclude)) return true;
  if (Accept(Keyword::kCurrent)) {
    frame.exclusion = FrameExclusion::kCurrentRow;
    return Expect(Keyword::kRow);
  }
  if (Accept(Keyword::kGroup)) {
    frame.exclusion = FrameExclusion::kGroup;
    return true;
  }
  if (Accept(Keyword::kTies)) {
    frame.exclusion = FrameExclusion::kTies;
    return true;
  }
  frame.exclusion = FrameExclusion::kNoOthers;
  return Expect({Keyword::kNo, Keyword::kOthers});
}

bool Parser::ParseFrameBound(FrameBound& bound) {
  // unbounded.a is a column, unbounded(a) a call.
  const bool is_name = NextIs(TokenKind::kDot) || NextIs(TokenKind::kLeftParen);
  if (!is_name && Accept(Keyword::kUnbounded)) {
    if (Accept(Keyword::kPreceding)) {
      bound.kind = FrameBoundKind::kUnboundedPreceding;
      return true;
    }
    bound.kind = FrameBoundKind::kUnboundedFollowing;
    return Expect(Keyword::kFollowing);
  }
  if (Accept(Keyword::kCurrent, Keyword::kRow)) {
    bound.kind = FrameBoundKind::kCurrentRow;
    return true;
  }
  Expr offset;
  // An AND here belongs to BETWEEN.
  if (!ParseExpr(kPrecedenceNot, offset)) return false;
  bound.offset = std::move(offset);
  if (Accept(Keyword::kPreceding)) {
    bound.kind = FrameBoundKind::kPreceding;
    return true;
  }
  bound.kind = FrameBoundKind::kFollowing;
  return Expect(Keyword::kFollowing);
}

// ---- ORDER BY ---------------------------------------------------------------

bool Parser::ParseOrderBy(std::vector<OrderItem>& items) {
  return ParseCommaList(items, &Parser::ParseOrderItem);
}

bool Parser::ParseOrderItem(OrderItem& item) {
  if (!ParseExpr(item.expression)) return false;
  if (At(Keyword::kUsing)) return Unsupported(current_, "ORDER BY USING", "Write ASC or DESC.");
  return ParseOrderSuffix(item);
}

// [ASC|DESC] [NULLS FIRST|LAST]
bool Parser::ParseOrderSuffix(OrderItem& item) {
  if (Accept(Keyword::kAsc)) {
    item.direction = SortDirection::kAscending;
  } else if (Accept(Keyword::kDesc)) {
    item.direction = SortDirection::kDescending;
  }
  if (!Accept(Keyword::kNulls)) return true;
  if (Accept(Keyword::kFirst)) {
    item.nulls = NullsOrder::kFirst;
    return true;
  }
  item.nulls = NullsOrder::kLast;
  return Expect(Keyword::kLast);
}

}  // namespace millrace::sql
