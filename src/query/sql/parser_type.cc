// Type names and the literals that begin with one: DATE '..', INTERVAL '1' DAY.
#include <algorithm>
#include <limits>

#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {
namespace {

// Words that make a typed literal of the string after them.
constexpr std::string_view kLiteralTypes[] = {
    "bigint",    "binary",      "blob",     "bool", "boolean",   "bytea",   "bytes",     "char",
    "cidr",      "date",        "datetime", "dec",  "decimal",   "double",  "embedding", "float",
    "float4",    "float8",      "inet",     "int",  "int2",      "int4",    "int8",      "integer",
    "json",      "jsonb",       "numeric",  "real", "smallint",  "string",  "text",      "time",
    "timestamp", "timestamptz", "timetz",   "uuid", "varbinary", "varchar",
};

constexpr Keyword kIntervalUnits[] = {Keyword::kYear, Keyword::kMonth,  Keyword::kDay,
                                      Keyword::kHour, Keyword::kMinute, Keyword::kSecond};

// Units of INTERVAL 5 WEEKS, where nothing else can follow the number.
constexpr std::string_view kCountedUnits[] = {
    "microsecond", "millisecond", "second",  "minute", "hour",   "day",
    "week",        "month",       "quarter", "year",   "decade", "century",
};

bool IsCountedUnit(std::string_view word) {
  if (EqualIgnoringCase(word, "centuries")) return true;
  if (word.ends_with('s') || word.ends_with('S')) word.remove_suffix(1);
  return std::ranges::any_of(kCountedUnits,
                             [&](std::string_view unit) { return EqualIgnoringCase(unit, word); });
}

bool IsStringToken(const Token& token) {
  return token.kind == TokenKind::kString || token.kind == TokenKind::kEscapeString ||
         token.kind == TokenKind::kDollarString;
}

}  // namespace

// ---- Type names -------------------------------------------------------------

bool Parser::ParseType(TypeName& type) {
  type.position = current_.position;
  if (!ParseTypeWords(type)) return false;
  if (Accept(Keyword::kArray)) {
    type.array_depth = 1;
    uint64_t ignored = 0;
    if (Accept(TokenKind::kLeftBracket)) {
      return ParseUnsigned(ignored) && Expect(TokenKind::kRightBracket);
    }
    return true;
  }
  while (Accept(TokenKind::kLeftBracket)) {
    uint64_t ignored = 0;  // as in PostgreSQL, a declared bound has no effect
    if (current_.kind == TokenKind::kInteger && !ParseUnsigned(ignored)) return false;
    if (!Expect(TokenKind::kRightBracket)) return false;
    if (++type.array_depth > kDepthMax) return Fail(current_, "too many array dimensions");
  }
  return true;
}

bool Parser::ParseTypeWords(TypeName& type) {
  if (current_.kind == TokenKind::kQuotedIdentifier) {
    type.name = ToUpper(IdentifierText(CurrentText(), current_));
    Advance();
    return ParseTypeModifiers(type);
  }
  if (!AtFunctionName()) return ReservedWordError();
  const Keyword first = current_.keyword;
  type.name = ToUpper(CurrentText());
  Advance();
  switch (first) {
    case Keyword::kDouble:
      Accept(Keyword::kPrecision);
      return true;
    case Keyword::kNational:
      if (!Accept(Keyword::kCharacter) && !Expect(Keyword::kChar)) return false;
      [[fallthrough]];
    case Keyword::kCharacter:
    case Keyword::kChar:
    case Keyword::kNchar:
      type.name = Accept(Keyword::kVarying) ? "VARCHAR" : "CHAR";
      return ParseTypeModifiers(type);
    case Keyword::kBit:
      if (Accept(Keyword::kVarying)) type.name = "VARBIT";
      return ParseTypeModifiers(type);
    case Keyword::kTime:
    case Keyword::kTimestamp:
      return ParseTypeModifiers(type) && AcceptTimeZone(type);
    case Keyword::kInterval: {
      std::string ignored;
      return ParseIntervalUnit(ignored) && ParseTypeModifiers(type);
    }
    default:
      break;
  }
  if (type.name == "PG_CATALOG" && Accept(TokenKind::kDot)) return ParseTypeWords(type);
  return ParseTypeModifiers(type);
}

bool Parser::ParseTypeModifiers(TypeName& type) {
  if (!Accept(TokenKind::kLeftParen)) return true;
  do {
    const bool negative = Accept(TokenKind::kMinus);
    const Token number = current_;
    uint64_t magnitude = 0;
    if (!ParseUnsigned(magnitude)) return false;
    if (magnitude > static_cast<uint64_t>(std::numeric_limits<int32_t>::max())) {
      return Fail(number, "type modifier is too large", {}, "22003");
    }
    const int32_t value = static_cast<int32_t>(magnitude);
    type.modifiers.push_back(negative ? -value : value);
  } while (Accept(TokenKind::kComma));
  return Expect(TokenKind::kRightParen);
}

bool Parser::AcceptTimeZone(TypeName& type) {
  if (At(Keyword::kWithout) && NextIs(Keyword::kTime)) {
    return Expect({Keyword::kWithout, Keyword::kTime, Keyword::kZone});
  }
  if (At(Keyword::kWith) && NextIs(Keyword::kTime)) {
    type.name.append("TZ");
    return Expect({Keyword::kWith, Keyword::kTime, Keyword::kZone});
  }
  return true;
}

// ---- Typed literals ---------------------------------------------------------

bool Parser::AtTypedLiteral() {
  if (current_.kind != TokenKind::kWord) return false;
  const Keyword keyword = current_.keyword;
  const Token& next = Next();
  if (keyword == Keyword::kTime || keyword == Keyword::kTimestamp) {
    if (next.keyword == Keyword::kWith || next.keyword == Keyword::kWithout) return true;
    if (next.kind == TokenKind::kLeftParen) {
      Lexer ahead = lexer_;
      if (ahead.Next().kind != TokenKind::kInteger) return false;
      if (ahead.Next().kind != TokenKind::kRightParen) return false;
      const Token after = ahead.Next();
      return IsStringToken(after) || after.keyword == Keyword::kWith ||
             after.keyword == Keyword::kWithout;
    }
  }
  if (keyword == Keyword::kDouble && next.keyword == Keyword::kPrecision) return true;
  if (!IsStringToken(next)) return false;
  const std::string_view word = CurrentText();
  return std::ranges::any_of(kLiteralTypes,
                             [&](std::string_view type) { return EqualIgnoringCase(type, word); });
}

bool Parser::ParseTypedLiteral(Expr& out) {
  const SourcePosition position = current_.position;
  TypedLiteral literal;
  if (!ParseType(literal.type) || !ParseString(literal.text)) return false;
  out = Expr(std::move(literal), position);
  return true;
}

bool Parser::ParseInterval(Expr& out) {
  const SourcePosition position = current_.position;
  TypedLiteral literal;
  literal.type.position = position;
  literal.type.name = "INTERVAL";
  Advance();
  if (current_.kind == TokenKind::kInteger || current_.kind == TokenKind::kDecimal) {
    literal.text = std::string(CurrentText());
    Advance();
    if (current_.kind != TokenKind::kWord || !IsCountedUnit(CurrentText())) {
      return SyntaxError("A unit such as MINUTE or DAYS was expected here.");
    }
    literal.text.append(" ").append(ToUpper(CurrentText()));
    Advance();
  } else {
    if (!ParseTypeModifiers(literal.type) || !ParseString(literal.text)) return false;
    if (!ParseIntervalUnit(literal.unit)) return false;
  }
  out = Expr(std::move(literal), position);
  return true;
}

// [unit [TO unit]]; leaves the string empty when there is none.
bool Parser::ParseIntervalUnit(std::string& unit) {
  const auto accept_unit = [&] {
    for (const Keyword keyword : kIntervalUnits) {
      if (current_.keyword != keyword) continue;
      unit.append(ToUpper(KeywordSpelling(keyword)));
      Advance();
      return true;
    }
    return false;
  };
  if (!accept_unit()) return true;
  if (At(Keyword::kTo) && std::ranges::count(kIntervalUnits, Next().keyword) > 0) {
    Advance();
    unit.append(" TO ");
    accept_unit();
  }
  return true;
}

}  // namespace millrace::sql
