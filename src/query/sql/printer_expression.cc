// Expressions, with the parentheses that the levels of operators.h ask for.
#include "query/sql/printer_state.h"

namespace millrace::sql {
namespace {

bool IsNumber(const Literal& literal) {
  return literal.kind == LiteralKind::kInteger || literal.kind == LiteralKind::kHugeInteger ||
         literal.kind == LiteralKind::kDecimal || literal.kind == LiteralKind::kFloat;
}

bool IsNegative(const Literal& literal) {
  if (literal.kind == LiteralKind::kInteger) return literal.integer < 0;
  return IsNumber(literal) && literal.text.starts_with('-');
}

int PrecedenceOf(const Expr& expression) {
  switch (expression.kind()) {
    case ExprKind::kLiteral:
      return IsNegative(expression.As<Literal>()) ? kPrecedenceSign : kPrecedencePrimary;
    case ExprKind::kUnary:
      switch (expression.As<Unary>().op) {
        case UnaryOperator::kNot:
          return kPrecedenceNot;
        case UnaryOperator::kBitNot:
          return kPrecedenceOther;
        default:
          return kPrecedenceSign;
      }
    case ExprKind::kBinary:
      return PrecedenceOf(expression.As<Binary>().op);
    case ExprKind::kLogical:
      return expression.As<Logical>().op == LogicalOperator::kOr ? kPrecedenceOr : kPrecedenceAnd;
    case ExprKind::kIsTest:
      return kPrecedenceIs;
    case ExprKind::kPatternMatch:
    case ExprKind::kBetween:
    case ExprKind::kInList:
    case ExprKind::kInQuery:
      return kPrecedencePattern;
    case ExprKind::kQuantified:
      return PrecedenceOf(expression.As<Quantified>().op);
    case ExprKind::kCollate:
      return kPrecedenceCollate;
    case ExprKind::kAtTimeZone:
      return kPrecedenceAtTimeZone;
    case ExprKind::kSubscript:
    case ExprKind::kFieldAccess:
      return kPrecedencePostfix;
    default:
      return kPrecedencePrimary;
  }
}

// The analytical engine reads a -> b = c as a -> (b = c), we as (a -> b) = c: an
// arrow inside another operator always gets parentheses.
bool IsArrow(const Expr& expression) {
  const Binary* binary = expression.If<Binary>();
  return binary != nullptr &&
         (binary->op == BinaryOperator::kJsonGet || binary->op == BinaryOperator::kJsonGetText);
}

}  // namespace

void Printer::Print(const Expr& expression, int minimum) {
  if (options_.expression) {
    if (const std::optional<std::string> text = options_.expression(expression)) {
      Add(*text);
      return;
    }
  }
  const bool parentheses =
      PrecedenceOf(expression) < minimum || (minimum > 0 && IsArrow(expression));
  AddIf(parentheses, "(");
  PrintNode(expression);
  AddIf(parentheses, ")");
}

void Printer::PrintNode(const Expr& expression) {
  switch (expression.kind()) {
    case ExprKind::kLiteral:
      return PrintLiteral(expression.As<Literal>());
    case ExprKind::kParameter:
      Add("$").AddNumber(expression.As<Parameter>().index);
      return;
    case ExprKind::kDefaultValue:
      Add("DEFAULT");
      return;
    case ExprKind::kColumnRef:
      return PrintColumn(expression.As<ColumnRef>());
    case ExprKind::kStar:
      return PrintStar(expression.As<Star>());
    case ExprKind::kTypedLiteral:
      return PrintTypedLiteral(expression.As<TypedLiteral>());
    case ExprKind::kFilePlaceholder:
      Add("FILE(").AddString(expression.As<FilePlaceholder>().name).Add(")");
      return;
    case ExprKind::kUnary:
    case ExprKind::kBinary:
    case ExprKind::kLogical:
    case ExprKind::kIsTest:
    case ExprKind::kPatternMatch:
    case ExprKind::kBetween:
    case ExprKind::kInList:
    case ExprKind::kInQuery:
    case ExprKind::kQuantified:
    case ExprKind::kCollate:
    case ExprKind::kAtTimeZone:
      return PrintOperator(expression);
    default:
      return PrintForm(expression);
  }
}

// ---- Operators --------------------------------------------------------------

void Printer::PrintOperator(const Expr& expression) {
  switch (expression.kind()) {
    case ExprKind::kUnary:
      return PrintUnary(expression.As<Unary>());
    case ExprKind::kBinary:
      return PrintBinary(expression.As<Binary>());
    case ExprKind::kLogical: {
      const Logical& logical = expression.As<Logical>();
      const bool is_or = logical.op == LogicalOperator::kOr;
      for (size_t i = 0; i < logical.operands.size(); ++i) {
        if (i > 0) Add(is_or ? " OR " : " AND ");
        Print(logical.operands[i], 1 + (is_or ? kPrecedenceOr : kPrecedenceAnd));
      }
      return;
    }
    case ExprKind::kIsTest: {
      static constexpr std::string_view kTests[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
      const IsTest& test = expression.As<IsTest>();
      Print(test.operand, kPrecedenceIs + 1);
      Add(test.negated ? " IS NOT " : " IS ").Add(kTests[static_cast<size_t>(test.test)]);
      return;
    }
    case ExprKind::kPatternMatch:
      return PrintPatternMatch(expression.As<PatternMatch>());
    case ExprKind::kBetween:
      return PrintBetween(expression.As<Between>());
    case ExprKind::kInList: {
      const InList& in = expression.As<InList>();
      Print(in.value, kPrecedencePattern + 1);
      Add(in.negated ? " NOT IN (" : " IN (");
      Expressions(in.list);
      Add(")");
      return;
    }
    case ExprKind::kInQuery: {
      const InQuery& in = expression.As<InQuery>();
      Print(in.value, kPrecedencePattern + 1);
      Add(in.negated ? " NOT IN " : " IN ");
      return PrintSubquery(*in.query);
    }
    case ExprKind::kQuantified:
      return PrintQuantified(expression.As<Quantified>());
    case ExprKind::kCollate:
      Print(expression.As<Collate>().operand, kPrecedenceCollate);
      Add(" COLLATE ").AddName(expression.As<Collate>().collation);
      return;
    default:
      Print(expression.As<AtTimeZone>().operand, kPrecedenceAtTimeZone);
      Add(" AT TIME ZONE ");
      Print(expression.As<AtTimeZone>().zone, kPrecedenceAtTimeZone + 1);
      return;
  }
}

void Printer::PrintUnary(const Unary& unary) {
  switch (unary.op) {
    case UnaryOperator::kNot:
      Add("NOT ");
      return Print(unary.operand, kPrecedenceNot);
    case UnaryOperator::kBitNot:
      Add("~");
      return Print(unary.operand, kPrecedenceOther + 1);
    case UnaryOperator::kPlus:
      Add("+");
      return Print(unary.operand, kPrecedenceSign);
    case UnaryOperator::kNegate:
      break;
  }
  // -(1) must not become the literal -1, nor -(-1) a comment.
  const Literal* literal = unary.operand.If<Literal>();
  const Unary* inner = unary.operand.If<Unary>();
  const bool separate =
      literal != nullptr || (inner != nullptr && inner->op == UnaryOperator::kNegate);
  Add(separate ? "-(" : "-");
  Print(unary.operand, kPrecedenceSign);
  AddIf(separate, ")");
}

void Printer::PrintBinary(const Binary& binary) {
  const int precedence = PrecedenceOf(binary.op);
  const bool chains = precedence != kPrecedenceComparison && precedence != kPrecedenceIs &&
                      precedence != kPrecedencePattern;
  Print(binary.left, chains ? precedence : precedence + 1);
  Add(" ").Add(OperatorText(binary.op)).Add(" ");
  Print(binary.right, precedence + 1);
}

void Printer::PrintPatternMatch(const PatternMatch& match) {
  static constexpr std::string_view kPatterns[] = {"LIKE ", "ILIKE ", "SIMILAR TO "};
  Print(match.value, kPrecedencePattern + 1);
  Add(match.negated ? " NOT " : " ").Add(kPatterns[static_cast<size_t>(match.pattern_kind)]);
  Print(match.pattern, kPrecedencePattern + 1);
  if (!match.escape) return;
  Add(" ESCAPE ");
  Print(*match.escape, kPrecedencePattern + 1);
}

void Printer::PrintBetween(const Between& between) {
  Print(between.value, kPrecedencePattern + 1);
  Add(between.negated ? " NOT BETWEEN " : " BETWEEN ").AddIf(between.symmetric, "SYMMETRIC ");
  Print(between.low, kPrecedencePattern + 1);
  Add(" AND ");
  Print(between.high, kPrecedencePattern + 1);
}

void Printer::PrintQuantified(const Quantified& quantified) {
  Print(quantified.left, PrecedenceOf(quantified.op) + 1);
  Add(" ").Add(OperatorText(quantified.op));
  Add(quantified.quantifier == Quantifier::kAny ? " ANY " : " ALL ");
  if (quantified.query) return PrintSubquery(*quantified.query);
  Add("(");
  Print(*quantified.array);
  Add(")");
}

// ---- Names and literals -----------------------------------------------------

void Printer::PrintColumn(const ColumnRef& column) {
  if (!column.namespace_name.empty()) AddName(column.namespace_name).Add(".");
  if (!column.table.empty()) AddName(column.table).Add(".");
  AddName(column.column);
}

void Printer::PrintStar(const Star& star) {
  if (!star.namespace_name.empty()) AddName(star.namespace_name).Add(".");
  if (!star.table.empty()) AddName(star.table).Add(".");
  Add("*");
}

void Printer::PrintTypedLiteral(const TypedLiteral& literal) {
  Print(literal.type);
  Add(" ").AddString(literal.text);
  if (!literal.unit.empty()) Add(" ").Add(literal.unit);
}

// ---- Forms that need no parentheses around them -----------------------------

void Printer::PrintForm(const Expr& expression) {
  switch (expression.kind()) {
    case ExprKind::kExists:
      Add("EXISTS ");
      return PrintSubquery(*expression.As<Exists>().query);
    case ExprKind::kScalarSubquery:
      return PrintSubquery(*expression.As<ScalarSubquery>().query);
    case ExprKind::kCase:
      return PrintCase(expression.As<Case>());
    case ExprKind::kCast: {
      const Cast& cast = expression.As<Cast>();
      Add(cast.try_cast ? "TRY_CAST(" : "CAST(");
      Print(cast.operand);
      Add(" AS ");
      Print(cast.type);
      Add(")");
      return;
    }
    case ExprKind::kExtract: {
      const Extract& extract = expression.As<Extract>();
      Add("EXTRACT(");
      PrintWord(extract.field);
      Add(" FROM ");
      Print(extract.source);
      Add(")");
      return;
    }
    case ExprKind::kFunctionCall:
      return PrintCall(expression.As<FunctionCall>(), /*as_table=*/false);
    case ExprKind::kNamedArgument:
      AddName(expression.As<NamedArgument>().name).Add(" => ");
      return Print(expression.As<NamedArgument>().value);
    case ExprKind::kArrayConstructor:
      Add("ARRAY[");
      Expressions(expression.As<ArrayConstructor>().elements);
      Add("]");
      return;
    case ExprKind::kArrayQuery:
      Add("ARRAY");
      return PrintSubquery(*expression.As<ArrayQuery>().query);
    case ExprKind::kRowConstructor:
      return PrintRow(expression.As<RowConstructor>());
    case ExprKind::kSubscript:
      return PrintSubscript(expression.As<Subscript>());
    default: {
      const FieldAccess& access = expression.As<FieldAccess>();
      const bool chained = access.base.Is<FieldAccess>() || access.base.Is<Subscript>();
      Print(access.base, chained ? kPrecedencePostfix : kPrecedencePrimary + 1);
      Add(".").AddName(access.field);
    }
  }
}

void Printer::PrintCase(const Case& node) {
  Add("CASE");
  if (node.operand) {
    Add(" ");
    Print(*node.operand);
  }
  for (const CaseBranch& branch : node.branches) {
    Add(" WHEN ");
    Print(branch.condition);
    Add(" THEN ");
    Print(branch.result);
  }
  if (node.otherwise) {
    Add(" ELSE ");
    Print(*node.otherwise);
  }
  Add(" END");
}

void Printer::PrintSubscript(const Subscript& subscript) {
  const bool bare = subscript.base.Is<ColumnRef>() || subscript.base.Is<Parameter>() ||
                    subscript.base.Is<Subscript>() || subscript.base.Is<FieldAccess>();
  Print(subscript.base, bare ? kPrecedencePostfix : kPrecedencePrimary + 1);
  Add("[");
  if (subscript.index) Print(*subscript.index);
  AddIf(subscript.slice, ":");
  if (subscript.upper) Print(*subscript.upper);
  Add("]");
}

void Printer::PrintRow(const RowConstructor& row) {
  // One expression in parentheses is only that expression.
  AddIf(row.elements.size() < 2, "ROW").Add("(");
  Expressions(row.elements);
  Add(")");
}

void Printer::PrintSubquery(const Query& query) {
  Add("(");
  Print(query);
  Add(")");
}

}  // namespace millrace::sql
