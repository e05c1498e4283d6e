// Expressions as text through parser, binder and evaluator.
#include "query/plan/expression_harness_for_test.h"

namespace millrace::plan {

void ExpressionHarness::AddColumn(const std::string& name, const SqlType& type,
                                  const std::vector<Value>& values) {
  Field field;
  field.name = name;
  field.type = type;
  Column column(type);
  for (const Value& value : values) column.AppendValue(value);
  scope_.Add("", "t" + std::to_string(batch_.columns.size() + 1), {field});
  batch_.columns.push_back(std::move(column));
  batch_.rows = values.size();
}

expr::EvalContext& ExpressionHarness::context() {
  context_ = {.params = params_,
              .statement_time_micros = clock_.WallMicros(),
              .user_id = "alice",
              .role = "user",
              .clock = &clock_,
              .random = &random_,
              .ids = &ids_};
  return context_;
}

Result<expr::NodePtr> ExpressionHarness::Bind(std::string_view text, Fallback fallback) const {
  ASSIGN_OR_RETURN(const sql::Expr parsed, sql::ParseExpression(text));
  return BindExpression(parsed, scope_, fallback);
}

std::string ExpressionHarness::Eval(std::string_view text) {
  const auto failed = [](const Status& status) { return "!" + std::string(status.sqlstate()); };
  const Result<expr::NodePtr> node = Bind(text);
  if (!node.ok()) return failed(node.status());
  Batch one;
  one.rows = 1;
  const Batch& input = batch_.columns.empty() ? one : batch_;
  const Result<Column> column = expr::Evaluate(**node, input, context());
  if (!column.ok()) return failed(column.status());
  EXPECT_EQ(column->type(), (*node)->type()) << text;
  std::string all;
  for (size_t row = 0; row < column->size(); ++row) {
    if (row != 0) all += ", ";
    all += column->GetValue(row).ToText();
  }
  return all;
}

std::string ExpressionHarness::TypeOf(std::string_view text) const {
  const Result<expr::NodePtr> node = Bind(text);
  return node.ok() ? SqlName((*node)->type()) : "!" + std::string(node.status().sqlstate());
}

}  // namespace millrace::plan
