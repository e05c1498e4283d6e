#include "query/plan/expression_binder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "query/expr/builder.h"
#include "query/expr/registry.h"
#include "query/sql/ast_query.h"
#include "query/sql/printer.h"
#include "types/datetime.h"
#include "types/decimal.h"

namespace millrace::plan {
namespace {

using expr::ComparisonOp;
using expr::NodePtr;

constexpr std::array<std::string_view, 22> kAggregates = {
    "any_value",  "array_agg",    "avg",      "bool_and",  "bool_or", "count",
    "first",      "group_concat", "json_agg", "jsonb_agg", "last",    "max",
    "median",     "min",          "mode",     "quantile",  "stddev",  "stddev_pop",
    "string_agg", "sum",          "var_pop",  "variance"};

Status NotNative(std::string what) { return Unimplemented(std::move(what)).WithSqlState("0A000"); }

// The status with the place of `expression`, unless it already has a more exact one.
Status Placed(Status status, const sql::SourcePosition& position, std::string token = {}) {
  if (status.position() != nullptr || position.line == 0) return status;
  return std::move(status).WithPosition({position.line, position.column, std::move(token)});
}

// A long expression is found by its place alone.
Status Placed(Status status, const sql::Expr& expression) {
  constexpr size_t kTokenBytesMax = 64;
  if (status.position() != nullptr || expression.position.line == 0) return status;
  std::string token = sql::Print(expression);
  if (token.size() > kTokenBytesMax) token.clear();
  return Placed(std::move(status), expression.position, std::move(token));
}

// The function or operator of the registry that a binary operator is; empty when
// there is none.
std::string_view OperatorName(sql::BinaryOperator op) {
  switch (op) {
    case sql::BinaryOperator::kAdd:
      return "+";
    case sql::BinaryOperator::kSubtract:
      return "-";
    case sql::BinaryOperator::kMultiply:
      return "*";
    case sql::BinaryOperator::kDivide:
      return "/";
    case sql::BinaryOperator::kModulo:
      return "%";
    case sql::BinaryOperator::kPower:
      return "^";
    case sql::BinaryOperator::kConcat:
      return "||";
    case sql::BinaryOperator::kJsonGet:
      return "->";
    case sql::BinaryOperator::kJsonGetText:
      return "->>";
    case sql::BinaryOperator::kJsonPath:
      return "#>";
    case sql::BinaryOperator::kJsonPathText:
      return "#>>";
    case sql::BinaryOperator::kContains:
      return "@>";
    case sql::BinaryOperator::kContainedBy:
      return "<@";
    case sql::BinaryOperator::kHasKey:
      return "?";
    case sql::BinaryOperator::kHasAnyKey:
      return "?|";
    case sql::BinaryOperator::kHasAllKeys:
      return "?&";
    case sql::BinaryOperator::kStartsWith:
      return "starts_with";
    default:
      return {};
  }
}

std::optional<ComparisonOp> ComparisonOf(sql::BinaryOperator op) {
  switch (op) {
    case sql::BinaryOperator::kEqual:
      return ComparisonOp::kEqual;
    case sql::BinaryOperator::kNotEqual:
      return ComparisonOp::kNotEqual;
    case sql::BinaryOperator::kLess:
      return ComparisonOp::kLess;
    case sql::BinaryOperator::kLessOrEqual:
      return ComparisonOp::kLessOrEqual;
    case sql::BinaryOperator::kGreater:
      return ComparisonOp::kGreater;
    case sql::BinaryOperator::kGreaterOrEqual:
      return ComparisonOp::kGreaterOrEqual;
    case sql::BinaryOperator::kIsDistinctFrom:
      return ComparisonOp::kDistinct;
    case sql::BinaryOperator::kIsNotDistinctFrom:
      return ComparisonOp::kNotDistinct;
    default:
      return std::nullopt;
  }
}

bool TakesKeyList(sql::BinaryOperator op) {
  return op == sql::BinaryOperator::kHasAnyKey || op == sql::BinaryOperator::kHasAllKeys ||
         op == sql::BinaryOperator::kJsonPath || op == sql::BinaryOperator::kJsonPathText;
}

bool IsUntypedParameter(const NodePtr& node) {
  return node->kind() == expr::NodeKind::kParameter &&
         static_cast<const expr::ParameterNode&>(*node).is_untyped();
}

Result<NodePtr> BindNumber(const sql::Literal& literal) {
  const auto as_double = [&]() -> Result<NodePtr> {
    double number = 0;
    const char* end = literal.text.data() + literal.text.size();
    const auto parsed = std::from_chars(literal.text.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return InvalidArgument("\"" + literal.text + "\" is out of range for DOUBLE")
          .WithSqlState("22003");
    }
    return expr::MakeConstant(Value::Double(number));
  };
  if (literal.kind == sql::LiteralKind::kFloat) return as_double();
  const size_t point = literal.text.find('.');
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto digits = std::ranges::count_if(literal.text, is_digit);
  const auto scale = point == std::string::npos ? 0 : literal.text.size() - point - 1;
  if (digits > decimal::kPrecisionMax) return as_double();
  const SqlType type = SqlType::Decimal(static_cast<uint8_t>(std::max<long>(digits, 1)),
                                        static_cast<uint8_t>(scale));
  ASSIGN_OR_RETURN(const Int128 unscaled, decimal::Parse(literal.text, type.precision, type.scale));
  return expr::MakeConstant(Value::Wide(type, unscaled));
}

Result<NodePtr> BindLiteral(const sql::Literal& literal) {
  switch (literal.kind) {
    case sql::LiteralKind::kNull:
      return expr::MakeNull();
    case sql::LiteralKind::kBoolean:
      return expr::MakeConstant(Value::Boolean(literal.integer != 0));
    case sql::LiteralKind::kInteger: {
      const bool fits_int = literal.integer == static_cast<int32_t>(literal.integer);
      return expr::MakeConstant(
          Value::Integer(fits_int ? TypeId::kInt : TypeId::kBigInt, literal.integer));
    }
    case sql::LiteralKind::kHugeInteger:
    case sql::LiteralKind::kDecimal:
    case sql::LiteralKind::kFloat:
      return BindNumber(literal);
    case sql::LiteralKind::kString:
      return expr::MakeUntypedLiteral(literal.text);
    case sql::LiteralKind::kBytes:
      return expr::MakeConstant(Value::String(TypeId::kBytes, literal.text));
  }
  return Internal("unknown kind of literal");
}

Result<NodePtr> BindTypedLiteral(const sql::TypedLiteral& literal) {
  if (literal.type.name == "INTERVAL") {
    if (literal.unit.find(' ') != std::string::npos) return NotNative("interval fields");
    const std::string text =
        literal.unit.empty() ? literal.text : literal.text + ' ' + literal.unit;
    ASSIGN_OR_RETURN(const Interval interval, datetime::ParseInterval(text));
    return expr::MakeConstant(Value::OfInterval(interval));
  }
  ASSIGN_OR_RETURN(const SqlType type, BindType(literal.type));
  return expr::MakeCast(expr::MakeUntypedLiteral(literal.text), type, expr::CastKind::kStrict);
}

class Binder {
 public:
  Binder(const Scope& scope, Fallback fallback) : scope_(scope), fallback_(fallback) {}

  // May be untyped. Errors have a position when the AST has one.
  Result<NodePtr> Bind(const sql::Expr& expression) const {
    Result<NodePtr> node = BindNode(expression);
    if (node.ok()) return node;
    return Placed(node.status(), expression);
  }

 private:
  Result<NodePtr> BindNode(const sql::Expr& expression) const;
  Result<NodePtr> BindColumn(const sql::ColumnRef& reference,
                             const sql::SourcePosition& position) const;
  Result<NodePtr> BindUnary(const sql::Unary& unary) const;
  Result<NodePtr> BindBinary(const sql::Binary& binary) const;
  Result<NodePtr> BindKeyList(const sql::Binary& binary, const sql::ArrayConstructor& keys) const;
  Result<NodePtr> BindLogical(const sql::Logical& logical) const;
  Result<NodePtr> BindIsTest(const sql::IsTest& test) const;
  Result<NodePtr> BindPattern(const sql::PatternMatch& match) const;
  Result<NodePtr> BindBetween(const sql::Between& between) const;
  Result<NodePtr> BindInList(const sql::InList& in) const;
  Result<NodePtr> BindCase(const sql::Case& choice) const;
  Result<NodePtr> BindCast(const sql::Cast& cast) const;
  Result<NodePtr> BindExtract(const sql::Extract& extract) const;
  Result<NodePtr> BindCall(const sql::FunctionCall& call,
                           const sql::SourcePosition& position) const;
  Result<std::vector<NodePtr>> BindAll(std::span<const sql::Expr> expressions) const;
  Status UnknownFunction(Status status, const sql::FunctionCall& call,
                         const sql::SourcePosition& position) const;

  const Scope& scope_;
  const Fallback fallback_;
};

Result<NodePtr> Binder::BindNode(const sql::Expr& expression) const {
  switch (expression.kind()) {
    case sql::ExprKind::kLiteral:
      return BindLiteral(expression.As<sql::Literal>());
    case sql::ExprKind::kParameter:
      return expr::MakeParameter(expression.As<sql::Parameter>().index - 1);
    case sql::ExprKind::kColumnRef:
      return BindColumn(expression.As<sql::ColumnRef>(), expression.position);
    case sql::ExprKind::kTypedLiteral:
      return BindTypedLiteral(expression.As<sql::TypedLiteral>());
    case sql::ExprKind::kUnary:
      return BindUnary(expression.As<sql::Unary>());
    case sql::ExprKind::kBinary:
      return BindBinary(expression.As<sql::Binary>());
    case sql::ExprKind::kLogical:
      return BindLogical(expression.As<sql::Logical>());
    case sql::ExprKind::kIsTest:
      return BindIsTest(expression.As<sql::IsTest>());
    case sql::ExprKind::kPatternMatch:
      return BindPattern(expression.As<sql::PatternMatch>());
    case sql::ExprKind::kBetween:
      return BindBetween(expression.As<sql::Between>());
    case sql::ExprKind::kInList:
      return BindInList(expression.As<sql::InList>());
    case sql::ExprKind::kCase:
      return BindCase(expression.As<sql::Case>());
    case sql::ExprKind::kCast:
      return BindCast(expression.As<sql::Cast>());
    case sql::ExprKind::kExtract:
      return BindExtract(expression.As<sql::Extract>());
    case sql::ExprKind::kFunctionCall:
      return BindCall(expression.As<sql::FunctionCall>(), expression.position);
    case sql::ExprKind::kDefaultValue:
      return InvalidArgument("DEFAULT is not allowed in this context").WithSqlState("42601");
    case sql::ExprKind::kStar:
      return InvalidArgument("\"*\" is not allowed in this context").WithSqlState("42601");
    case sql::ExprKind::kFilePlaceholder:
      return InvalidArgument("FILE() is allowed only as a value of INSERT and UPDATE")
          .WithSqlState("42601");
    case sql::ExprKind::kInQuery:
    case sql::ExprKind::kExists:
    case sql::ExprKind::kScalarSubquery:
    case sql::ExprKind::kArrayQuery:
      return NotNative("subqueries are not supported here");
    case sql::ExprKind::kQuantified:
      return NotNative("ANY and ALL are not supported here");
    case sql::ExprKind::kArrayConstructor:
    case sql::ExprKind::kSubscript:
      return NotNative("arrays are not supported here");
    case sql::ExprKind::kRowConstructor:
    case sql::ExprKind::kFieldAccess:
      return NotNative("row values are not supported here");
    case sql::ExprKind::kCollate:
      return NotNative("COLLATE is not supported here");
    case sql::ExprKind::kAtTimeZone:
      return NotNative("AT TIME ZONE is not supported here");
    case sql::ExprKind::kNamedArgument:
      return NotNative("named arguments are not supported here");
  }
  return Internal("unknown kind of expression");
}

Result<NodePtr> Binder::BindColumn(const sql::ColumnRef& reference,
                                   const sql::SourcePosition& position) const {
  Result<ScopeColumn> column = scope_.Resolve(reference);
  if (!column.ok()) return Placed(column.status(), position, reference.column);
  return expr::MakeColumn(column->index, column->type, std::move(column->name), column->nullable);
}

Result<std::vector<NodePtr>> Binder::BindAll(std::span<const sql::Expr> expressions) const {
  std::vector<NodePtr> nodes;
  nodes.reserve(expressions.size());
  for (const sql::Expr& expression : expressions) {
    ASSIGN_OR_RETURN(NodePtr node, Bind(expression));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Result<NodePtr> Binder::BindUnary(const sql::Unary& unary) const {
  if (unary.op == sql::UnaryOperator::kBitNot) return NotNative("bit operators");
  ASSIGN_OR_RETURN(NodePtr operand, Bind(unary.operand));
  if (unary.op == sql::UnaryOperator::kNot) return expr::MakeNot(std::move(operand));
  if (IsUntypedParameter(operand)) return NotNative("a parameter of unknown type");
  return expr::MakeCall(unary.op == sql::UnaryOperator::kNegate ? "-" : "+", {std::move(operand)});
}

Result<NodePtr> Binder::BindBinary(const sql::Binary& binary) const {
  if (TakesKeyList(binary.op)) {
    if (const auto* keys = binary.right.If<sql::ArrayConstructor>()) {
      return BindKeyList(binary, *keys);
    }
  }
  const std::optional<ComparisonOp> comparison = ComparisonOf(binary.op);
  const std::string_view name = OperatorName(binary.op);
  if (!comparison.has_value() && name.empty())
    return NotNative("this operator is not supported here");
  ASSIGN_OR_RETURN(NodePtr left, Bind(binary.left));
  ASSIGN_OR_RETURN(NodePtr right, Bind(binary.right));
  if (comparison.has_value()) {
    return expr::MakeComparison(*comparison, std::move(left), std::move(right));
  }
  // Nothing here says what the parameters are; the engine sees their values.
  if (IsUntypedParameter(left) && IsUntypedParameter(right)) {
    return NotNative("parameters of unknown type");
  }
  return expr::MakeCall(name, {std::move(left), std::move(right)});
}

// document ?| ARRAY['a', 'b'] and the like: the keys become arguments.
Result<NodePtr> Binder::BindKeyList(const sql::Binary& binary,
                                    const sql::ArrayConstructor& keys) const {
  ASSIGN_OR_RETURN(NodePtr document, Bind(binary.left));
  ASSIGN_OR_RETURN(std::vector<NodePtr> arguments, BindAll(keys.elements));
  arguments.insert(arguments.begin(), std::move(document));
  switch (binary.op) {
    case sql::BinaryOperator::kHasAnyKey:
      return expr::MakeCall("jsonb_exists_any", std::move(arguments));
    case sql::BinaryOperator::kHasAllKeys:
      return expr::MakeCall("jsonb_exists_all", std::move(arguments));
    case sql::BinaryOperator::kJsonPath:
      return expr::MakeCall("json_extract_path", std::move(arguments));
    default:
      return expr::MakeCall("json_extract_path_text", std::move(arguments));
  }
}

Result<NodePtr> Binder::BindLogical(const sql::Logical& logical) const {
  const bool is_and = logical.op == sql::LogicalOperator::kAnd;
  std::vector<NodePtr> operands;
  operands.reserve(logical.operands.size());
  for (const sql::Expr& operand : logical.operands) {
    ASSIGN_OR_RETURN(NodePtr node, Bind(operand));
    Result<NodePtr> condition = expr::ResolveCondition(std::move(node), is_and ? "AND" : "OR");
    if (!condition.ok()) return Placed(condition.status(), operand);
    operands.push_back(*std::move(condition));
  }
  return is_and ? expr::MakeAnd(std::move(operands)) : expr::MakeOr(std::move(operands));
}

Result<NodePtr> Binder::BindIsTest(const sql::IsTest& test) const {
  static constexpr expr::Truth kTruths[] = {expr::Truth::kNull, expr::Truth::kTrue,
                                            expr::Truth::kFalse, expr::Truth::kUnknown};
  ASSIGN_OR_RETURN(NodePtr operand, Bind(test.operand));
  return expr::MakeIsTest(std::move(operand), kTruths[static_cast<size_t>(test.test)],
                          test.negated);
}

Result<NodePtr> Binder::BindPattern(const sql::PatternMatch& match) const {
  if (match.pattern_kind == sql::PatternKind::kSimilarTo) {
    return NotNative("SIMILAR TO is not supported here");
  }
  ASSIGN_OR_RETURN(NodePtr value, Bind(match.value));
  ASSIGN_OR_RETURN(NodePtr pattern, Bind(match.pattern));
  std::vector<NodePtr> arguments = {std::move(value), std::move(pattern)};
  if (match.escape) {
    ASSIGN_OR_RETURN(NodePtr escape, Bind(*match.escape));
    arguments.push_back(std::move(escape));
  }
  ASSIGN_OR_RETURN(NodePtr result,
                   expr::MakeCall(match.pattern_kind == sql::PatternKind::kLike ? "LIKE" : "ILIKE",
                                  std::move(arguments)));
  return match.negated ? expr::MakeNot(std::move(result)) : result;
}

Result<NodePtr> Binder::BindBetween(const sql::Between& between) const {
  ASSIGN_OR_RETURN(NodePtr value, Bind(between.value));
  ASSIGN_OR_RETURN(NodePtr low, Bind(between.low));
  ASSIGN_OR_RETURN(NodePtr high, Bind(between.high));
  ASSIGN_OR_RETURN(NodePtr result, expr::MakeBetween(value, low, high));
  if (between.symmetric) {
    ASSIGN_OR_RETURN(NodePtr swapped, expr::MakeBetween(value, high, low));
    ASSIGN_OR_RETURN(result, expr::MakeOr({std::move(result), std::move(swapped)}));
  }
  return between.negated ? expr::MakeNot(std::move(result)) : result;
}

Result<NodePtr> Binder::BindInList(const sql::InList& in) const {
  ASSIGN_OR_RETURN(NodePtr value, Bind(in.value));
  ASSIGN_OR_RETURN(std::vector<NodePtr> items, BindAll(in.list));
  return expr::MakeIn(std::move(value), std::move(items),
                      in.negated ? expr::InListNode::Sense::kNotIn : expr::InListNode::Sense::kIn);
}

Result<NodePtr> Binder::BindCase(const sql::Case& choice) const {
  NodePtr operand;
  if (choice.operand) {
    ASSIGN_OR_RETURN(operand, Bind(*choice.operand));
  }
  std::vector<expr::CaseBranch> branches;
  for (const sql::CaseBranch& branch : choice.branches) {
    ASSIGN_OR_RETURN(NodePtr condition, Bind(branch.condition));
    ASSIGN_OR_RETURN(NodePtr result, Bind(branch.result));
    branches.push_back({std::move(condition), std::move(result)});
  }
  NodePtr otherwise;
  if (choice.otherwise) {
    ASSIGN_OR_RETURN(otherwise, Bind(*choice.otherwise));
  }
  return expr::MakeCase(std::move(operand), std::move(branches), std::move(otherwise));
}

Result<NodePtr> Binder::BindCast(const sql::Cast& cast) const {
  Result<SqlType> type = BindType(cast.type);
  if (!type.ok()) return Placed(type.status(), cast.type.position, cast.type.name);
  ASSIGN_OR_RETURN(NodePtr operand, Bind(cast.operand));
  return expr::MakeCast(std::move(operand), *type,
                        cast.try_cast ? expr::CastKind::kTry : expr::CastKind::kStrict);
}

Result<NodePtr> Binder::BindExtract(const sql::Extract& extract) const {
  ASSIGN_OR_RETURN(NodePtr source, Bind(extract.source));
  return expr::MakeCall("extract",
                        {expr::MakeConstant(Value::Text(extract.field)), std::move(source)});
}

Status Binder::UnknownFunction(Status status, const sql::FunctionCall& call,
                               const sql::SourcePosition& position) const {
  if (fallback_ == Fallback::kEngine) return NotNative(status.message());
  if (expr::FindFunctions(call.name).empty() && std::ranges::count(kAggregates, call.name) != 0) {
    return Placed(InvalidArgument("aggregate functions are not allowed here").WithSqlState("42803"),
                  position, call.name);
  }
  return Placed(std::move(status), position, call.name);
}

Result<NodePtr> Binder::BindCall(const sql::FunctionCall& call,
                                 const sql::SourcePosition& position) const {
  if (call.over) return NotNative("window functions are not supported here");
  if (call.distinct || call.filter || !call.order_by.empty() || !call.within_group.empty() ||
      call.null_treatment != sql::NullTreatment::kDefault) {
    return NotNative("aggregate functions are not supported here");
  }
  if (!call.namespace_name.empty()) return NotNative("functions of a schema");
  const bool counts_rows = call.arguments.size() == 1 && call.arguments[0].Is<sql::Star>();
  if (counts_rows) {
    return UnknownFunction(
        InvalidArgument("function " + call.name + "(*) does not exist").WithSqlState("42883"), call,
        position);
  }
  ASSIGN_OR_RETURN(std::vector<NodePtr> arguments, BindAll(call.arguments));
  Result<NodePtr> node = expr::MakeCall(call.name, std::move(arguments));
  if (!node.ok() && node.status().sqlstate() == "42883") {
    return UnknownFunction(node.status(), call, position);
  }
  return node;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

Result<NodePtr> BindExpression(const sql::Expr& expression, const Scope& scope, Fallback fallback) {
  ASSIGN_OR_RETURN(NodePtr node, Binder(scope, fallback).Bind(expression));
  return expr::ResolveUntyped(std::move(node));
}

Result<NodePtr> BindCondition(const sql::Expr& expression, const Scope& scope, Fallback fallback,
                              std::string_view clause) {
  ASSIGN_OR_RETURN(NodePtr node, Binder(scope, fallback).Bind(expression));
  Result<NodePtr> condition = expr::ResolveCondition(std::move(node), clause);
  if (!condition.ok()) return Placed(condition.status(), expression);
  return condition;
}

Result<NodePtr> BindAssignment(const sql::Expr& expression, const Scope& scope, const SqlType& type,
                               std::string_view column) {
  ASSIGN_OR_RETURN(NodePtr node, Binder(scope, Fallback::kNone).Bind(expression));
  const SqlType given = node->type();
  Result<NodePtr> assigned = expr::CoerceForAssignment(std::move(node), type);
  if (assigned.ok()) return assigned;
  Status status = assigned.status();
  if (status.sqlstate() == "42804") {
    status = InvalidArgument("column \"" + std::string(column) + "\" is of type " + SqlName(type) +
                             " but the expression is of type " + SqlName(given))
                 .WithSqlState("42804")
                 .WithHint("Rewrite the expression or CAST it.");
  }
  return Placed(std::move(status), expression);
}

bool IsNotNative(const Status& status) {
  return status.code() == Code::kUnimplemented && status.sqlstate() == "0A000";
}

Result<SqlType> BindType(const sql::TypeName& type) {
  if (type.array_depth > 0) return NotNative("array types are not supported here");
  const std::vector<int64_t> modifiers(type.modifiers.begin(), type.modifiers.end());
  if (type.name == "INTERVAL" && modifiers.empty()) return SqlType(TypeId::kInterval);
  return TypeFromName(type.name, modifiers.data(), modifiers.size());
}

std::string InferName(const sql::Expr& expression) {
  constexpr std::string_view kNoName = "?column?";
  switch (expression.kind()) {
    case sql::ExprKind::kColumnRef:
      return expression.As<sql::ColumnRef>().column;
    case sql::ExprKind::kFunctionCall:
      return expression.As<sql::FunctionCall>().name;
    case sql::ExprKind::kCast: {
      const auto& cast = expression.As<sql::Cast>();
      std::string name = InferName(cast.operand);
      return name == kNoName ? LowerCase(cast.type.name) : name;
    }
    case sql::ExprKind::kTypedLiteral:
      return LowerCase(expression.As<sql::TypedLiteral>().type.name);
    case sql::ExprKind::kCase: {
      const auto& choice = expression.As<sql::Case>();
      const std::string name =
          choice.otherwise ? InferName(*choice.otherwise) : std::string(kNoName);
      return name == kNoName ? "case" : name;
    }
    case sql::ExprKind::kExtract:
      return "extract";
    case sql::ExprKind::kExists:
      return "exists";
    case sql::ExprKind::kScalarSubquery: {
      // Called as the one column of the query is.
      const auto* select = expression.As<sql::ScalarSubquery>().query->If<sql::Select>();
      if (select == nullptr || select->items.empty()) return std::string(kNoName);
      const sql::SelectItem& item = select->items.front();
      return item.alias.empty() ? InferName(item.expression) : item.alias;
    }
    case sql::ExprKind::kArrayConstructor:
    case sql::ExprKind::kArrayQuery:
      return "array";
    case sql::ExprKind::kRowConstructor:
      return "row";
    case sql::ExprKind::kAtTimeZone:
      return "timezone";
    case sql::ExprKind::kFieldAccess:
      return expression.As<sql::FieldAccess>().field;
    case sql::ExprKind::kSubscript:
      return InferName(expression.As<sql::Subscript>().base);
    case sql::ExprKind::kCollate:
      return InferName(expression.As<sql::Collate>().operand);
    default:
      return std::string(kNoName);
  }
}

}  // namespace millrace::plan
