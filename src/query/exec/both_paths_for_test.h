// For tests and fuzz targets: one expression or condition over one small batch, by
// our evaluator and by the analytical engine.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/exec/engine/engine.h"
#include "query/exec/engine/memory_source.h"
#include "query/exec/engine_sql.h"
#include "query/expr/eval.h"
#include "query/plan/expression_binder.h"
#include "query/plan/expression_scope.h"
#include "query/sql/parser.h"
#include "query/sql/visitor.h"
#include "types/batch.h"
#include "types/schema.h"
#include "types/virtual_table.h"

namespace millrace::exec {

// A result column: its type and one value per row.
struct Answer {
  SqlType type;
  std::vector<Value> values;
};

// "INT: 1, NULL"
inline std::string ToString(const Answer& answer) {
  std::string text = SqlName(answer.type) + ":";
  for (size_t i = 0; i < answer.values.size(); ++i) {
    text += (i == 0 ? " " : ", ") + answer.values[i].ToText();
  }
  return text;
}

// The same, or '!' and the error.
inline std::string ToString(const Result<Answer>& answer) {
  return answer.ok() ? ToString(*answer) : "!" + answer.status().ToString();
}

class BothPaths {
 public:
  // The rows of table `t`.
  BothPaths(Schema schema, Batch batch) : schema_(std::move(schema)) {
    scope_.Add("default", "t", schema_.fields);
    engine_ = std::move(*engine::Engine::Open({.short_instances_max = 1, .waiting_max = 0}));
    request_.user_id = "alice";
    request_.row_scope = "alice";
    request_.statement_time_micros = 1'710'467'999'123'456;  // 2024-03-15 01:59:59.123456
    SetBatch(std::move(batch));
  }

  // Errors for which plan::IsNotNative holds: only the engine can tell.
  Result<Answer> Natively(std::string_view expression);
  // `plan` and the text given to the engine are the real ones.
  Result<Answer> ByEngine(std::string_view expression) {
    // A line of its own: the expression may end in a comment.
    return Query("SELECT " + std::string(expression) + "\nFROM t");
  }
  // The numbers of the rows for which a condition holds, ascending, as BIGINT.
  Result<Answer> RowsNatively(std::string_view condition);
  Result<Answer> RowsByEngine(std::string_view condition) {
    return Query("SELECT " + std::string(kRowNumber) + " FROM t WHERE " + std::string(condition));
  }
  // The first column of any query over `t`.
  Result<Answer> Query(std::string_view sql);
  // What the engine was given last.
  const std::string& printed() const { return printed_; }

  void SetBatch(Batch batch);
  const Batch& batch() const { return batch_; }
  // How often the table was scanned, and what the last scan was asked for.
  size_t scans() const { return source_->requests().size(); }
  ScanRequest LastScan() const { return source_->requests().back(); }
  Request& request() { return request_; }

 private:
  // A column that only the engine sees, after all others.
  static constexpr std::string_view kRowNumber = "row_number_";

  expr::EvalContext Context() const {
    return {.params = request_.params,
            .statement_time_micros = request_.statement_time_micros,
            .user_id = request_.user_id,
            .role = RoleName(request_.role)};
  }

  Schema schema_;
  Batch batch_;
  plan::RelationScope scope_;
  std::shared_ptr<engine::MemorySource> source_;
  std::unique_ptr<engine::Engine> engine_;
  Request request_;
  std::string printed_;
};

inline void BothPaths::SetBatch(Batch batch) {
  batch_ = std::move(batch);
  Schema schema = schema_;
  schema.fields.push_back({std::string(kRowNumber), TypeId::kBigInt});
  std::vector<Batch> batches = {batch_};
  Column numbers(TypeId::kBigInt);
  for (size_t row = 0; row < batch_.rows; ++row) {
    numbers.AppendValue(Value::BigInt(static_cast<int64_t>(row)));
  }
  batches[0].columns.push_back(std::move(numbers));
  source_ = std::make_shared<engine::MemorySource>(std::move(schema), std::move(batches));
}

inline Result<Answer> BothPaths::Natively(std::string_view expression) {
  ASSIGN_OR_RETURN(const sql::Expr parsed, sql::ParseExpression(expression));
  ASSIGN_OR_RETURN(const expr::NodePtr node,
                   plan::BindExpression(parsed, scope_, plan::Fallback::kEngine));
  expr::EvalContext context = Context();
  ASSIGN_OR_RETURN(const Column column, expr::Evaluate(*node, batch_, context));
  Answer answer{node->type(), {}};
  for (size_t row = 0; row < batch_.rows; ++row) answer.values.push_back(column.GetValue(row));
  return answer;
}

inline Result<Answer> BothPaths::RowsNatively(std::string_view condition) {
  ASSIGN_OR_RETURN(const sql::Expr parsed, sql::ParseExpression(condition));
  ASSIGN_OR_RETURN(const expr::NodePtr node,
                   plan::BindCondition(parsed, scope_, plan::Fallback::kEngine, "WHERE"));
  expr::EvalContext context = Context();
  ASSIGN_OR_RETURN(const auto rows, expr::SelectRows(*node, batch_, context));
  Answer answer{TypeId::kBigInt, {}};
  for (const uint32_t row : rows) answer.values.push_back(Value::BigInt(row));
  return answer;
}

inline Result<Answer> BothPaths::Query(std::string_view sql) {
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

// One column of each type, named after it (bool_, small, int_, big, dec, float_,
// double_, text_, json_, bytes, ts, dt, date_, time_, uuid_), another integer and
// another text (int2, text2), and four rows, the last of them all null.
inline Schema EveryTypeSchema() {
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

inline Batch EveryTypeBatch() {
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

}  // namespace millrace::exec
