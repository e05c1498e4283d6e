// The harness of both_paths_for_test.h, and that it can tell a difference.
#include <gtest/gtest.h>

#include "query/exec/both_paths_for_test.h"
#include "query/exec/engine/memory_source.h"
#include "query/expr/eval.h"
#include "query/plan/expression_binder.h"
#include "query/sql/parser.h"
#include "query/sql/visitor.h"

namespace millrace::exec {
namespace {

constexpr std::string_view kUser = "alice";
constexpr int64_t kNow = 1'710'467'999'123'456;  // 2024-03-15 01:59:59.123456

std::shared_ptr<engine::MemorySource> SourceOf(const Schema& schema, Batch batch) {
  std::vector<Batch> batches;
  batches.push_back(std::move(batch));
  return std::make_shared<engine::MemorySource>(schema, std::move(batches));
}

}  // namespace

std::string ToString(const Answer& answer) {
  std::string text = SqlName(answer.type) + ":";
  for (size_t i = 0; i < answer.values.size(); ++i) {
    text += (i == 0 ? " " : ", ") + answer.values[i].ToText();
  }
  return text;
}

std::string ToString(const Result<Answer>& answer) {
  return answer.ok() ? ToString(*answer) : "!" + answer.status().ToString();
}

BothPaths::BothPaths(Schema schema, Batch batch) : schema_(std::move(schema)) {
  scope_.Add("default", "t", schema_.fields);
  engine_ = std::move(*engine::Engine::Open({.short_instances_max = 1, .waiting_max = 0}));
  request_.user_id = kUser;
  request_.row_scope = kUser;
  request_.statement_time_micros = kNow;
  SetBatch(std::move(batch));
}

BothPaths::~BothPaths() = default;

void BothPaths::SetBatch(Batch batch) {
  batch_ = batch;
  source_ = SourceOf(schema_, std::move(batch));
}

ScanRequest BothPaths::LastScan() const { return source_->requests().back(); }

Result<Answer> BothPaths::Natively(std::string_view expression) {
  ASSIGN_OR_RETURN(const sql::Expr parsed, sql::ParseExpression(expression));
  ASSIGN_OR_RETURN(const expr::NodePtr node,
                   plan::BindExpression(parsed, scope_, plan::Fallback::kEngine));
  expr::EvalContext context = {.params = request_.params,
                               .statement_time_micros = request_.statement_time_micros,
                               .user_id = request_.user_id,
                               .role = RoleName(request_.role)};
  ASSIGN_OR_RETURN(const Column column, expr::Evaluate(*node, batch_, context));
  Answer answer{node->type(), {}};
  for (size_t row = 0; row < batch_.rows; ++row) answer.values.push_back(column.GetValue(row));
  return answer;
}

Result<Answer> BothPaths::ByEngine(std::string_view expression) {
  return Query("SELECT " + std::string(expression) + " FROM t");
}

Result<Answer> BothPaths::Query(std::string_view sql) {
  plan::SelectEngine plan;
  ASSIGN_OR_RETURN(plan.query, sql::ParseQuery(sql));
  sql::ForEachTable(plan.query, [](sql::TableName& name) { name.namespace_name = "#0"; });
  ASSIGN_OR_RETURN(printed_, PrintForEngine(plan, request_));
  Result<std::unique_ptr<engine::EngineResult>> result =
      engine_->Execute({.sql = printed_, .tables = {source_}});
  if (!result.ok()) return AtNamedColumn(result.status(), plan.query);
  Answer answer{(*result)->schema().fields[0].type, {}};
  while (true) {
    Batch batch;
    ASSIGN_OR_RETURN(const bool more, (*result)->Next(&batch));
    if (!more) return answer;
    for (size_t row = 0; row < batch.rows; ++row) {
      answer.values.push_back(batch.columns[0].GetValue(row));
    }
  }
}

Schema EveryTypeSchema() {
  return {{{"bool_", TypeId::kBoolean},
           {"small", TypeId::kSmallInt},
           {"int_", TypeId::kInt},
           {"int2", TypeId::kInt},
           {"big", TypeId::kBigInt},
           {"dec", SqlType::Decimal(10, 2)},
           {"float_", TypeId::kFloat},
           {"double_", TypeId::kDouble},
           {"text_", TypeId::kText},
           {"text2", TypeId::kText},
           {"json_", TypeId::kJson},
           {"bytes", TypeId::kBytes},
           {"ts", TypeId::kTimestamp},
           {"dt", TypeId::kDateTime},
           {"date_", TypeId::kDate},
           {"time_", TypeId::kTime},
           {"uuid_", TypeId::kUuid},
           {"vec", SqlType::Embedding(2)}}};
}

Batch EveryTypeBatch() {
  static constexpr const char* kRows[][18] = {
      {"true", "7", "42", "5", "9000000000", "12.50", "1.5", "2.5", "Hello World", "o",
       R"({"a":{"b":[1,"x",null]},"k":"v"})", "\\x00ff41", "2024-02-29 13:14:15.678901",
       "2024-02-29 13:14:15.678901+00", "2024-02-29", "13:14:15.5",
       "6f8a9b2c-1111-4222-8333-000000000001", "[1,2]"},
      {"false", "-32768", "-2147483648", "-3", "-9223372036854775808", "-0.05", "-0.25", "-3.5", "",
       "%", "[1,2,3]", "\\x", "0001-01-01 00:00:00", "0001-01-01 00:00:00+00", "0001-01-01",
       "00:00:00", "00000000-0000-0000-0000-000000000000", "[-1,0.5]"},
      {"true", "0", "2147483647", "1", "1", "99999999.99", "3", "0.5", "Grüße 東京 'x_y' ", "ü",
       R"("text")", "\\x61", "1999-12-31 23:59:59", "1999-12-31 23:59:59+00", "9999-12-31",
       "23:59:59.999999", "ffffffff-ffff-ffff-ffff-ffffffffffff", "[0,0]"},
  };
  const Schema schema = EveryTypeSchema();
  Batch batch = Batch::ForSchema(schema);
  for (const auto& row : kRows) {
    std::vector<Value> values;
    for (size_t i = 0; i < schema.size(); ++i) {
      values.push_back(*CastValue(Value::Text(row[i]), schema.fields[i].type));
    }
    batch.AppendRow(values);
  }
  std::vector<Value> nulls;
  for (const Field& field : schema.fields) nulls.push_back(Value::Null(field.type));
  batch.AppendRow(nulls);
  return batch;
}

namespace {

TEST(BothPathsTest, ShowTypesValuesAndErrors) {
  BothPaths paths(EveryTypeSchema(), EveryTypeBatch());
  EXPECT_EQ(ToString(paths.Natively("int2 + 1")), "INT: 6, -2, 2, NULL");
  EXPECT_EQ(ToString(paths.ByEngine("int2 + 1")), "INT: 6, -2, 2, NULL");
  EXPECT_EQ(paths.Natively("1 / (int2 - int2)").status().sqlstate(), "22012");
  EXPECT_EQ(paths.ByEngine("1 / (int2 - int2)").status().sqlstate(), "22012");
  EXPECT_NE(ToString(paths.ByEngine("int2 + 1")), ToString(paths.Natively("int2 + 2")));
}

}  // namespace
}  // namespace millrace::exec
