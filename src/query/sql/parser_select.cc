// SELECT: its list and clauses, except FROM.
#include "query/sql/parser_state.h"

namespace millrace::sql {

bool Parser::ParseSelect(Select& select) {
  select.position = current_.position;
  Advance();
  if (Accept(Keyword::kDistinct)) {
    select.quantifier = SelectQuantifier::kDistinct;
    if (Accept(Keyword::kOn)) {
      select.quantifier = SelectQuantifier::kDistinctOn;
      if (!Expect(TokenKind::kLeftParen) ||
          !ParseCommaList(select.distinct_on, &Parser::ParseElement) ||
          !Expect(TokenKind::kRightParen)) {
        return false;
      }
    }
  } else {
    Accept(Keyword::kAll);
  }
  return ParseSelectItems(select.items) && ParseSelectClauses(select);
}

bool Parser::ParseSelectClauses(Select& select) {
  Expr condition;
  if (At(Keyword::kInto)) return Unsupported(current_, "SELECT INTO", "Use CREATE TABLE .. AS.");
  if (Accept(Keyword::kFrom) && !ParseFrom(select.from)) return false;
  if (!ParseWhere(select.where)) return false;
  if (Accept(Keyword::kGroup) && !ParseGroupBy(select)) return false;
  if (Accept(Keyword::kHaving)) {
    if (!ParseExpr(condition)) return false;
    select.having = std::move(condition);
  }
  if (Accept(Keyword::kWindow) && !ParseWindows(select)) return false;
  if (Accept(Keyword::kQualify)) {
    if (!ParseExpr(condition)) return false;
    select.qualify = std::move(condition);
  }
  return true;
}

// ---- The list ---------------------------------------------------------------

bool Parser::ParseSelectItems(std::vector<SelectItem>& items) {
  return ParseCommaList(items, &Parser::ParseSelectItem);
}

bool Parser::ParseSelectItem(SelectItem& item) {
  if (current_.kind == TokenKind::kStar) {
    item.expression = Expr(Star{}, current_.position);
    Advance();
    Missed(TokenKind::kComma);
    return true;
  }
  if (!ParseExpr(item.expression)) return false;
  if (Accept(Keyword::kAs)) return ParseAnyWord(item.alias);
  if (!AtBareAlias()) return true;
  bare_alias_ = current_;
  return ParseAnyWord(item.alias);
}

bool Parser::AtBareAlias() {
  if (!AtIdentifier()) return false;
  // SUBSCRIBE TO SELECT .. OPTIONS (..)
  return current_.keyword != Keyword::kOptions || !NextIs(TokenKind::kLeftParen);
}

// ---- GROUP BY ---------------------------------------------------------------

bool Parser::ParseGroupBy(Select& select) {
  if (!Expect(Keyword::kBy)) return false;
  if (Accept(Keyword::kAll)) {
    select.group_by_all = true;
    return true;
  }
  return ParseCommaList(select.group_by, &Parser::ParseGroupingElement);
}

bool Parser::ParseGroupingElement(GroupingElement& element) {
  const Level level(*this);
  const Chain chain(*this);
  if (!WithinLimits()) return false;
  const bool rollup = current_.keyword == Keyword::kRollup;
  if ((rollup || current_.keyword == Keyword::kCube) && NextIs(TokenKind::kLeftParen)) {
    element.kind = rollup ? GroupingKind::kRollup : GroupingKind::kCube;
    Advance();
    Advance();
    return ParseCommaList(element.expressions, &Parser::ParseElement) &&
           Expect(TokenKind::kRightParen);
  }
  if (Accept(Keyword::kGrouping, Keyword::kSets)) {
    element.kind = GroupingKind::kSets;
    return Expect(TokenKind::kLeftParen) &&
           ParseCommaList(element.sets, &Parser::ParseGroupingElement) &&
           Expect(TokenKind::kRightParen);
  }
  if (current_.kind == TokenKind::kLeftParen && NextIs(TokenKind::kRightParen)) {
    element.kind = GroupingKind::kEmpty;
    Advance();
    Advance();
    return true;
  }
  return ParseExpr(element.expressions.emplace_back());
}

// ---- WINDOW -----------------------------------------------------------------

bool Parser::ParseWindows(Select& select) {
  do {
    NamedWindow& window = select.windows.emplace_back();
    if (!ParseIdentifier(window.name) || !Expect(Keyword::kAs) || !ParseWindowSpec(window.spec)) {
      return false;
    }
  } while (Accept(TokenKind::kComma));
  return true;
}

}  // namespace millrace::sql
