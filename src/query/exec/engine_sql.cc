// Every operation that query/expr knows is printed as a call of ours inside the
// engine (engine/native_functions.h); what is left are the engine's own forms:
// subqueries, aggregates, windows, arrays.
#include "query/exec/engine_sql.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "query/exec/engine_names.h"
#include "query/expr/builder.h"
#include "query/expr/registry.h"
#include "query/plan/expression_binder.h"
#include "query/sql/operators.h"
#include "query/sql/printer.h"
#include "query/sql/visitor.h"
#include "types/decimal.h"

namespace millrace::exec {
namespace {

// Escapes of LIKE that the engine would not see.
constexpr char kEscape = '\\';
// Of a CASE's operand, which is printed once for each branch.
constexpr size_t kRepeatedBytesMax = size_t{1} << 20;

std::string Parenthesized(std::string text) { return "(" + std::move(text) + ")"; }

// 'DECIMAL', 10, 2
std::string TypeArguments(const SqlType& type) {
  switch (type.id) {
    case TypeId::kDecimal:
      return "'DECIMAL', " + std::to_string(type.precision) + ", " + std::to_string(type.scale);
    case TypeId::kEmbedding:
      return "'EMBEDDING', " + std::to_string(type.dimensions);
    default:
      return sql::PrintString(SqlName(type));
  }
}

// The engine's name of an element type of an array.
std::string EngineTypeName(const SqlType& type) {
  switch (type.id) {
    case TypeId::kText:
    case TypeId::kFile:
      return "VARCHAR";
    case TypeId::kBytes:
      return "BLOB";
    case TypeId::kDateTime:
      return "TIMESTAMPTZ";
    case TypeId::kEmbedding:
      return "FLOAT[" + std::to_string(type.dimensions) + "]";
    default:
      return SqlName(type);
  }
}

std::string PrintInteger(int64_t value) {
  const bool fits_int = value == static_cast<int32_t>(value);
  return "CAST(" + std::to_string(value) + (fits_int ? " AS INTEGER)" : " AS BIGINT)");
}

// The engine's parser ends at a zero byte, so a text with one is written as bytes.
std::string PrintText(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return sql::PrintString(text);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string bytes;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    bytes.append("\\x").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
  }
  return "decode(CAST('" + bytes + "' AS BLOB))";
}

std::string PrintConstant(const Value& value) {
  if (value.is_null()) return "NULL";
  switch (value.type().id) {
    case TypeId::kBoolean:
      return value.boolean() ? "TRUE" : "FALSE";
    case TypeId::kSmallInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      return PrintInteger(value.integer());
    case TypeId::kText:
      return PrintText(value.ToText());
    default:
      return "millrace_cast(" + sql::PrintString(value.ToText()) + ", " +
             TypeArguments(value.type()) + ")";
  }
}

Status NotSupported(std::string what) {
  return Unimplemented(std::move(what) + " is not supported").WithSqlState("0A000");
}

// Prints one query for one request. Texts it returns for expressions can stand as
// operands. The first error is kept; what is printed after it does not matter.
class EnginePrinter {
 public:
  EnginePrinter(const plan::SelectEngine& plan, const Request& request)
      : query_(plan.query), request_(request) {
    options_.quote_names = true;
    options_.table = [](const sql::TableName& name) { return PrintTable(name); };
    options_.expression = [this](const sql::Expr& expression) { return Replace(expression); };
  }

  Result<std::string> Print() {
    RETURN_IF_ERROR(CheckFunctions(query_));
    ForEachQuery(query_, [this](sql::Query& query) { Prepare(query); });
    std::string text = sql::Print(query_, options_);
    if (!status_.ok()) return status_;
    return text;
  }

 private:
  // The planner's mark "#k" (query/plan/select_engine.cc).
  static std::optional<std::string> PrintTable(const sql::TableName& name) {
    if (!name.namespace_name.starts_with('#')) return std::nullopt;
    return "millrace_scan(" + name.namespace_name.substr(1) + ")";
  }

  // ---- queries ----

  void Prepare(sql::Query& query);
  void PrepareTable(sql::TableRef& table);
  void KeepBare(const sql::Expr& expression) {
    const auto* literal = expression.If<sql::Literal>();
    if (literal != nullptr && literal->kind == sql::LiteralKind::kInteger) {
      bare_.insert(&expression);
    }
  }
  void KeepCondition(const sql::ExprPtr& expression, std::string_view clause) {
    if (expression) conditions_.emplace(&*expression, clause);
  }

  // ---- expressions ----

  std::string Inner(const sql::Expr& expression) { return sql::Print(expression, options_); }
  // The node itself in the printer's spelling, its children in ours.
  std::string Plain(const sql::Expr& expression) {
    plain_ = &expression;
    return Inner(expression);
  }
  std::string Call(std::string_view function, std::string_view first,
                   std::initializer_list<const sql::Expr*> arguments);
  std::string Native(std::string_view name, std::initializer_list<const sql::Expr*> arguments) {
    return Call("millrace_call", name, arguments);
  }

  std::optional<std::string> Replace(const sql::Expr& expression);
  std::string ReplaceLiteral(const sql::Expr& expression, const sql::Literal& literal);
  std::string ReplaceParameter(const sql::Parameter& parameter);
  std::string ReplaceTypedLiteral(const sql::TypedLiteral& literal);
  std::string ReplaceUnary(const sql::Expr& expression, const sql::Unary& unary);
  std::string ReplaceBinary(const sql::Expr& expression, const sql::Binary& binary);
  std::string ReplaceRegex(const sql::Binary& binary);
  std::string ReplaceKeyList(const sql::Binary& binary, const sql::ArrayConstructor& keys);
  std::string ReplaceIsTest(const sql::IsTest& test);
  std::string ReplacePattern(const sql::Expr& expression, const sql::PatternMatch& match);
  std::string ReplaceBetween(const sql::Between& between);
  std::string ReplaceIn(const sql::InList& in);
  std::string ReplaceCast(const sql::Cast& cast);
  std::string ReplaceCase(const sql::Case& choice);
  std::string Condition(const sql::Expr& expression, std::string_view clause);
  std::string ReplaceLogical(const sql::Logical& logical);
  std::optional<std::string> ReplaceCall(const sql::Expr& expression,
                                         const sql::FunctionCall& call);
  std::optional<std::string> ReplaceFact(const sql::FunctionCall& call);

  std::string Fail(Status status) {
    if (status.position() == nullptr && position_.line != 0) {
      status = std::move(status).WithPosition({position_.line, position_.column, {}});
    }
    if (status_.ok()) status_ = std::move(status);
    return "NULL";
  }

  sql::Query query_;
  const Request& request_;
  sql::PrintOptions options_;
  // Integers that are positions in ORDER BY and GROUP BY, or counts.
  std::set<const sql::Expr*> bare_;
  // What must be BOOLEAN, with its clause; not yet printed.
  std::map<const sql::Expr*, std::string_view> conditions_;
  // Items of the sides of a set operation: the other side gives a NULL its type.
  std::set<const sql::SelectItem*> typed_by_other_side_;
  // NULLs of a select list that nothing gives a type.
  std::set<const sql::Expr*> text_nulls_;
  const sql::Expr* plain_ = nullptr;
  sql::SourcePosition position_;  // of the expression being printed
  Status status_;
};

// ---- queries ----

void EnginePrinter::PrepareTable(sql::TableRef& table) {
  if (auto* join = table.If<sql::Join>()) {
    PrepareTable(join->left);
    PrepareTable(join->right);
    KeepCondition(join->on, "JOIN/ON");
    return;
  }
  // FROM generate_series(1, 3) AS n: also the column is called n.
  const auto* function = table.If<sql::TableFunction>();
  if (function == nullptr || table.alias.empty() || !table.column_aliases.empty()) return;
  static constexpr std::array<std::string_view, 3> kOneColumn = {"generate_series", "range",
                                                                 "unnest"};
  if (std::ranges::count(kOneColumn, function->call.name) == 0) return;
  table.column_aliases.push_back(table.alias);
  if (function->with_ordinality) table.column_aliases.emplace_back("ordinality");
}

void EnginePrinter::Prepare(sql::Query& query) {
  for (const sql::OrderItem& item : query.order_by) KeepBare(item.expression);
  if (query.limit) KeepBare(*query.limit);
  if (query.offset) KeepBare(*query.offset);
  if (auto* operation = query.If<sql::SetOperation>()) {
    // The other side gives a NULL its type.
    for (sql::Query* side : {&operation->left, &operation->right}) {
      if (auto* select = side->If<sql::Select>()) {
        for (const sql::SelectItem& item : select->items) typed_by_other_side_.insert(&item);
      }
    }
    return;
  }
  auto* select = query.If<sql::Select>();
  if (select == nullptr) return;
  for (const sql::Expr& expression : select->distinct_on) KeepBare(expression);
  KeepCondition(select->where, "WHERE");
  KeepCondition(select->having, "HAVING");
  KeepCondition(select->qualify, "QUALIFY");
  for (const sql::GroupingElement& element : select->group_by) {
    if (element.kind != sql::GroupingKind::kExpression) continue;
    for (const sql::Expr& expression : element.expressions) KeepBare(expression);
  }
  for (sql::TableRef& table : select->from) PrepareTable(table);
  for (sql::SelectItem& item : select->items) {
    const auto* literal = item.expression.If<sql::Literal>();
    if (literal != nullptr && literal->kind == sql::LiteralKind::kNull &&
        typed_by_other_side_.count(&item) == 0) {
      text_nulls_.insert(&item.expression);
    }
    // The name is that of the user's expression, not of what we make of it.
    const bool named = item.expression.Is<sql::ColumnRef>() || item.expression.Is<sql::Star>();
    if (item.alias.empty() && !named) item.alias = plan::InferName(item.expression);
  }
}

// ---- leaves ----

std::string EnginePrinter::ReplaceLiteral(const sql::Expr& expression,
                                          const sql::Literal& literal) {
  switch (literal.kind) {
    case sql::LiteralKind::kNull:
      return text_nulls_.count(&expression) != 0 ? "CAST(NULL AS VARCHAR)" : "NULL";
    case sql::LiteralKind::kBoolean:
      return literal.integer != 0 ? "TRUE" : "FALSE";
    case sql::LiteralKind::kInteger:
      if (bare_.count(&expression) != 0) return std::to_string(literal.integer);
      return PrintInteger(literal.integer);
    case sql::LiteralKind::kString:
      return PrintText(literal.text);
    case sql::LiteralKind::kHugeInteger:
    case sql::LiteralKind::kDecimal:
    case sql::LiteralKind::kFloat:
    case sql::LiteralKind::kBytes:
      break;
  }
  const Result<expr::NodePtr> node =
      plan::BindExpression(expression, plan::EmptyScope(), plan::Fallback::kEngine);
  if (!node.ok()) return Fail(node.status());
  expr::EvalContext context;
  const Result<Value> value = expr::EvaluateScalar(**node, context);
  return value.ok() ? PrintConstant(*value) : Fail(value.status());
}

std::string EnginePrinter::ReplaceParameter(const sql::Parameter& parameter) {
  if (parameter.index >= 1 && parameter.index <= request_.params.size()) {
    return PrintConstant(request_.params[parameter.index - 1]);
  }
  return Fail(InvalidArgument("there is no value for parameter $" + std::to_string(parameter.index))
                  .WithSqlState("08P01"));
}

std::string EnginePrinter::ReplaceTypedLiteral(const sql::TypedLiteral& literal) {
  if (literal.unit.find(' ') != std::string::npos) {
    return Fail(NotSupported("INTERVAL '" + literal.text + "' " + literal.unit));
  }
  const Result<SqlType> type = plan::BindType(literal.type);
  if (!type.ok()) return Fail(type.status());
  const std::string text = literal.unit.empty() ? literal.text : literal.text + ' ' + literal.unit;
  return "millrace_cast(" + sql::PrintString(text) + ", " + TypeArguments(*type) + ")";
}

// ---- operators ----

std::string EnginePrinter::Call(std::string_view function, std::string_view first,
                                std::initializer_list<const sql::Expr*> arguments) {
  std::string text(function);
  text += "(" + sql::PrintString(first);
  for (const sql::Expr* argument : arguments) text += ", " + Inner(*argument);
  return text + ")";
}

std::string EnginePrinter::ReplaceUnary(const sql::Expr& expression, const sql::Unary& unary) {
  switch (unary.op) {
    case sql::UnaryOperator::kNegate:
      return Native("-", {&unary.operand});
    case sql::UnaryOperator::kPlus:
      return Native("+", {&unary.operand});
    case sql::UnaryOperator::kNot:
      return "(NOT " + Condition(unary.operand, "NOT") + ")";
    default:
      return Parenthesized(Plain(expression));
  }
}

std::string EnginePrinter::ReplaceBinary(const sql::Expr& expression, const sql::Binary& binary) {
  using Op = sql::BinaryOperator;
  switch (binary.op) {
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
      return Call("millrace_compare", sql::OperatorText(binary.op), {&binary.left, &binary.right});
    case Op::kIsDistinctFrom:
      return Call("millrace_compare", "distinct", {&binary.left, &binary.right});
    case Op::kIsNotDistinctFrom:
      return Call("millrace_compare", "not distinct", {&binary.left, &binary.right});
    case Op::kRegexMatch:
    case Op::kNotRegexMatch:
    case Op::kRegexMatchInsensitive:
    case Op::kNotRegexMatchInsensitive:
      return ReplaceRegex(binary);
    case Op::kJsonPath:
    case Op::kJsonPathText:
    case Op::kHasAnyKey:
    case Op::kHasAllKeys:
      if (const auto* keys = binary.right.If<sql::ArrayConstructor>()) {
        return ReplaceKeyList(binary, *keys);
      }
      return Native(sql::OperatorText(binary.op), {&binary.left, &binary.right});
    case Op::kStartsWith:
      return Native("starts_with", {&binary.left, &binary.right});
    case Op::kBitXor:
      return "xor(" + Inner(binary.left) + ", " + Inner(binary.right) + ")";
    case Op::kOverlaps:
    case Op::kJsonDeletePath:
    case Op::kJsonPathExists:
    case Op::kJsonPathMatch:
      return Fail(NotSupported("the operator " + std::string(sql::OperatorText(binary.op))));
    default:
      break;
  }
  const std::string_view symbol = sql::OperatorText(binary.op);
  if (!expr::FindFunctions(symbol).empty()) return Native(symbol, {&binary.left, &binary.right});
  return Parenthesized(Plain(expression));
}

// The engine's `~` matches the whole text.
std::string EnginePrinter::ReplaceRegex(const sql::Binary& binary) {
  using Op = sql::BinaryOperator;
  const bool negated =
      binary.op == Op::kNotRegexMatch || binary.op == Op::kNotRegexMatchInsensitive;
  const bool insensitive =
      binary.op == Op::kRegexMatchInsensitive || binary.op == Op::kNotRegexMatchInsensitive;
  std::string text = "regexp_matches(" + Inner(binary.left) + ", " + Inner(binary.right);
  text += insensitive ? ", 'i')" : ")";
  return negated ? "(NOT " + text + ")" : text;
}

// document ?| ARRAY['a', 'b']: the keys become arguments, as in the binder.
std::string EnginePrinter::ReplaceKeyList(const sql::Binary& binary,
                                          const sql::ArrayConstructor& keys) {
  std::string_view name = "json_extract_path_text";
  if (binary.op == sql::BinaryOperator::kHasAnyKey) name = "jsonb_exists_any";
  if (binary.op == sql::BinaryOperator::kHasAllKeys) name = "jsonb_exists_all";
  if (binary.op == sql::BinaryOperator::kJsonPath) name = "json_extract_path";
  std::string text = "millrace_call(" + sql::PrintString(name) + ", " + Inner(binary.left);
  for (const sql::Expr& key : keys.elements) text += ", " + Inner(key);
  return text + ")";
}

std::string EnginePrinter::ReplaceIsTest(const sql::IsTest& test) {
  const std::string negated = test.negated ? " NOT" : "";
  switch (test.test) {
    case sql::IsTestKind::kNull:
    case sql::IsTestKind::kUnknown:
      return "(" + Inner(test.operand) + " IS" + negated + " NULL)";
    case sql::IsTestKind::kTrue:
      return Native("IS" + negated + " TRUE", {&test.operand});
    case sql::IsTestKind::kFalse:
      break;
  }
  return Native("IS" + negated + " FALSE", {&test.operand});
}

std::string EnginePrinter::ReplacePattern(const sql::Expr& expression,
                                          const sql::PatternMatch& match) {
  if (match.pattern_kind == sql::PatternKind::kSimilarTo) {
    return Fail(NotSupported("SIMILAR TO").WithHint("Use LIKE or the operator ~."));
  }
  // The engine's own LIKE can use a prefix to read less.
  const bool is_like = match.pattern_kind == sql::PatternKind::kLike;
  const auto* pattern = match.pattern.If<sql::Literal>();
  if (is_like && !match.escape && pattern != nullptr &&
      pattern->kind == sql::LiteralKind::kString &&
      pattern->text.find(kEscape) == std::string::npos) {
    return Parenthesized(Plain(expression));
  }
  const std::string_view name = is_like ? "LIKE" : "ILIKE";
  const std::string text = match.escape
                               ? Native(name, {&match.value, &match.pattern, match.escape.get()})
                               : Native(name, {&match.value, &match.pattern});
  return match.negated ? "(NOT " + text + ")" : text;
}

std::string EnginePrinter::ReplaceBetween(const sql::Between& between) {
  std::string text = between.symmetric ? "millrace_between_symmetric(" : "millrace_between(";
  text += Inner(between.value) + ", " + Inner(between.low) + ", " + Inner(between.high) + ")";
  return between.negated ? "(NOT " + text + ")" : text;
}

std::string EnginePrinter::ReplaceIn(const sql::InList& in) {
  std::string text = in.negated ? "millrace_not_in(" : "millrace_in(";
  text += Inner(in.value);
  for (const sql::Expr& item : in.list) text += ", " + Inner(item);
  return text + ")";
}

std::string EnginePrinter::ReplaceCast(const sql::Cast& cast) {
  sql::TypeName element = cast.type;
  element.array_depth = 0;
  const Result<SqlType> type = plan::BindType(element);
  if (!type.ok()) {
    const sql::SourcePosition& at = cast.type.position;
    if (at.line == 0 || type.status().position() != nullptr) return Fail(type.status());
    return Fail(Status(type.status()).WithPosition({at.line, at.column, cast.type.name}));
  }
  if (cast.type.array_depth == 0) {
    return (cast.try_cast ? "millrace_try_cast(" : "millrace_cast(") + Inner(cast.operand) + ", " +
           TypeArguments(*type) + ")";
  }
  std::string name = EngineTypeName(*type);
  for (uint32_t i = 0; i < cast.type.array_depth; ++i) name += "[]";
  return (cast.try_cast ? "TRY_CAST(" : "CAST(") + Inner(cast.operand) + " AS " + name + ")";
}

// The operand is repeated for each branch: a subquery in it could not be copied later.
std::string EnginePrinter::ReplaceCase(const sql::Case& choice) {
  const std::string operand = choice.operand ? Inner(*choice.operand) : std::string();
  if (operand.size() * choice.branches.size() > kRepeatedBytesMax) {
    return Fail(ResourceExhausted("the operand of CASE is too long").WithSqlState("54001"));
  }
  std::string text = "millrace_case(";
  for (const sql::CaseBranch& branch : choice.branches) {
    const std::string condition = Inner(branch.condition);
    text +=
        choice.operand ? "millrace_compare('=', " + operand + ", " + condition + ")" : condition;
    text += ", " + Inner(branch.result) + ", ";
  }
  return text + (choice.otherwise ? Inner(*choice.otherwise) : "NULL") + ")";
}

// ---- conditions ----

// Whether an expression is BOOLEAN whatever it is made of.
bool IsCondition(const sql::Expr& expression) {
  switch (expression.kind()) {
    case sql::ExprKind::kLogical:
    case sql::ExprKind::kIsTest:
    case sql::ExprKind::kPatternMatch:
    case sql::ExprKind::kBetween:
    case sql::ExprKind::kInList:
    case sql::ExprKind::kInQuery:
    case sql::ExprKind::kExists:
    case sql::ExprKind::kQuantified:
      return true;
    case sql::ExprKind::kUnary:
      return expression.As<sql::Unary>().op == sql::UnaryOperator::kNot;
    case sql::ExprKind::kBinary:
      return sql::IsComparison(expression.As<sql::Binary>().op);
    default:
      return false;
  }
}

// The engine would take anything that it can cast.
std::string EnginePrinter::Condition(const sql::Expr& expression, std::string_view clause) {
  if (IsCondition(expression)) return Inner(expression);
  return Call("millrace_condition", clause, {&expression});
}

std::string EnginePrinter::ReplaceLogical(const sql::Logical& logical) {
  const std::string_view word = logical.op == sql::LogicalOperator::kOr ? "OR" : "AND";
  std::string text = "(";
  for (const sql::Expr& operand : logical.operands) {
    if (text.size() > 1) text.append(" ").append(word).append(" ");
    text += Condition(operand, word);
  }
  return text + ")";
}

// ---- calls ----

// What is one value for the whole statement.
std::optional<std::string> EnginePrinter::ReplaceFact(const sql::FunctionCall& call) {
  if (call.name == "user") return sql::PrintString(request_.user_id);
  if (call.name == "current_schema") return sql::PrintString(request_.namespace_name);
  if (call.name == "current_catalog" || call.name == "current_database") {
    return sql::PrintString("millrace");
  }
  // One moment stands for all rows of a query of the engine.
  const std::string name = call.name == "clock_timestamp" ? "now" : call.name;
  const std::span<const expr::Function> functions = expr::FindFunctions(name);
  const bool is_fact = !functions.empty() && functions.front().signature.parameters.empty() &&
                       functions.front().volatility == expr::Volatility::kStable;
  if (!is_fact) return std::nullopt;
  const Result<expr::NodePtr> node = expr::MakeCall(name, {});
  if (!node.ok()) return Fail(node.status());
  expr::EvalContext context = {.statement_time_micros = request_.statement_time_micros,
                               .user_id = request_.user_id,
                               .role = RoleName(request_.role)};
  const Result<Value> value = expr::EvaluateScalar(**node, context);
  return value.ok() ? PrintConstant(*value) : Fail(value.status());
}

std::optional<std::string> EnginePrinter::ReplaceCall(const sql::Expr& expression,
                                                      const sql::FunctionCall& call) {
  if (auto fact = ReplaceFact(call)) return fact;
  const std::string_view name = EngineName(call.name);
  if (name != call.name) {
    sql::Expr renamed = expression;
    renamed.As<sql::FunctionCall>().name = name;
    return IsJsonList(call.name) ? "to_json(" + Plain(renamed) + ")" : Plain(renamed);
  }
  if (call.name == "coalesce" || call.name == "nullif") {
    std::string text = "millrace_" + call.name + "(";
    for (const sql::Expr& argument : call.arguments) {
      if (!text.ends_with('(')) text += ", ";
      text += Inner(argument);
    }
    return text + ")";
  }
  if (!IsNativeCall(call)) return std::nullopt;
  const bool is_volatile =
      expr::FindFunctions(call.name).front().volatility == expr::Volatility::kVolatile;
  if (is_volatile) return std::nullopt;
  std::string text = "millrace_call(" + sql::PrintString(call.name);
  for (const sql::Expr& argument : call.arguments) text += ", " + Inner(argument);
  return text + ")";
}

std::optional<std::string> EnginePrinter::Replace(const sql::Expr& expression) {
  if (&expression == plain_) {
    plain_ = nullptr;
    return std::nullopt;
  }
  if (expression.position.line != 0) position_ = expression.position;
  if (const auto condition = conditions_.extract(&expression)) {
    return Condition(expression, condition.mapped());
  }
  switch (expression.kind()) {
    case sql::ExprKind::kLiteral:
      return ReplaceLiteral(expression, expression.As<sql::Literal>());
    case sql::ExprKind::kParameter:
      return ReplaceParameter(expression.As<sql::Parameter>());
    case sql::ExprKind::kTypedLiteral:
      return ReplaceTypedLiteral(expression.As<sql::TypedLiteral>());
    case sql::ExprKind::kUnary:
      return ReplaceUnary(expression, expression.As<sql::Unary>());
    case sql::ExprKind::kBinary:
      return ReplaceBinary(expression, expression.As<sql::Binary>());
    case sql::ExprKind::kIsTest:
      return ReplaceIsTest(expression.As<sql::IsTest>());
    case sql::ExprKind::kPatternMatch:
      return ReplacePattern(expression, expression.As<sql::PatternMatch>());
    case sql::ExprKind::kBetween:
      return ReplaceBetween(expression.As<sql::Between>());
    case sql::ExprKind::kInList:
      return ReplaceIn(expression.As<sql::InList>());
    case sql::ExprKind::kLogical:
      return ReplaceLogical(expression.As<sql::Logical>());
    case sql::ExprKind::kInQuery:
    case sql::ExprKind::kQuantified:
    case sql::ExprKind::kCollate:
      return Parenthesized(Plain(expression));
    case sql::ExprKind::kCase:
      return ReplaceCase(expression.As<sql::Case>());
    case sql::ExprKind::kCast:
      return ReplaceCast(expression.As<sql::Cast>());
    case sql::ExprKind::kExtract: {
      const auto& extract = expression.As<sql::Extract>();
      return "millrace_call('extract', " + sql::PrintString(extract.field) + ", " +
             Inner(extract.source) + ")";
    }
    case sql::ExprKind::kAtTimeZone: {
      const auto& zoned = expression.As<sql::AtTimeZone>();
      return "timezone(" + Inner(zoned.zone) + ", " + Inner(zoned.operand) + ")";
    }
    case sql::ExprKind::kFunctionCall:
      return ReplaceCall(expression, expression.As<sql::FunctionCall>());
    default:
      return std::nullopt;
  }
}

// The texts between double quotes in a message.
std::vector<std::string> QuotedNames(std::string_view message) {
  std::vector<std::string> names;
  size_t begin = message.find('"');
  while (begin != std::string_view::npos) {
    const size_t end = message.find('"', begin + 1);
    if (end == std::string_view::npos) break;
    names.emplace_back(message.substr(begin + 1, end - begin - 1));
    begin = message.find('"', end + 1);
  }
  return names;
}

}  // namespace

Result<std::string> PrintForEngine(const plan::SelectEngine& plan, const Request& request) {
  return EnginePrinter(plan, request).Print();
}

Status AtNamedColumn(Status status, const sql::Query& query) {
  if (status.position() != nullptr || !status.sqlstate().starts_with("42")) return status;
  for (const std::string& name : QuotedNames(status.message())) {
    size_t count = 0;
    sql::SourcePosition place;
    sql::VisitExpressions(query, [&](const sql::Expr& expression) {
      const auto* column = expression.If<sql::ColumnRef>();
      if (column != nullptr && (column->column == name || column->table == name)) {
        ++count;
        place = expression.position;
      }
      return sql::Walk::kInto;
    });
    if (count == 1 && place.line != 0) {
      return std::move(status).WithPosition({place.line, place.column, name});
    }
  }
  return status;
}

}  // namespace millrace::exec
