// Random expressions over random rows: our evaluator and the engine must answer
// alike. MILLRACE_PARITY_RUNS sets how many (3000), MILLRACE_PARITY_SEED where to
// begin.
#include <gtest/gtest.h>

#include <cstdlib>

#include "query/exec/both_paths_for_test.h"
#include "query/exec/random_expression_for_test.h"
#include "query/plan/expression_binder.h"
#include "types/random_values_for_test.h"

namespace millrace::exec {
namespace {

constexpr uint64_t kRunsPerBatch = 100;
constexpr size_t kRows = 9;
constexpr int kFailuresMax = 20;

uint64_t Setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Half of the values come from rows that look like data, so that arithmetic does
// not overflow everywhere.
Batch RandomBatch(Random& random) {
  const Schema schema = EveryTypeSchema();
  const Batch plain = EveryTypeBatch();
  Batch batch = Batch::ForSchema(schema);
  for (size_t row = 0; row < kRows; ++row) {
    std::vector<Value> values;
    for (size_t i = 0; i < schema.size(); ++i) {
      const SqlType& type = schema.fields[i].type;
      const bool wild = random.Below(4) == 0;
      if (random.Below(8) == 0) {
        values.push_back(Value::Null(type));
      } else if (wild) {
        values.push_back(testing::RandomValue(random, type));
      } else if (IsNumeric(type.id) && random.Below(2) == 0) {
        values.push_back(
            *CastValue(Value::BigInt(static_cast<int64_t>(random.Below(20)) - 5), type));
      } else {
        values.push_back(plain.columns[i].GetValue(random.Below(plain.rows - 1)));
      }
    }
    batch.AppendRow(values);
  }
  return batch;
}

// Operations that need not look at all of their operands: which of them fails is not
// promised. The engine looks at all operands of AND and OR outside of WHERE, and at
// none of an operator with a constant NULL, as PostgreSQL.
bool MayStopEarly(std::string_view expression) {
  for (const std::string_view word :
       {" AND ", " OR ", "CASE ", "coalesce(", "nullif(", "NULL", "TRY_CAST("}) {
    if (expression.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// DIALECT.md, "Differences that stay": FLOAT beside INT in a CASE and the like.
bool IsFloatBesideDouble(const Answer& native, const Answer& engine) {
  return (native.type.id == TypeId::kDouble && engine.type.id == TypeId::kFloat);
}

class BothPathsPropertyTest : public ::testing::Test {
 protected:
  BothPathsPropertyTest() : paths_(EveryTypeSchema(), EveryTypeBatch()) {}

  // Both errors, or both the same values.
  void Check(const std::string& expression, const Result<Answer>& native,
             const Result<Answer>& engine) {
    if (native.ok() && engine.ok()) {
      ++values_;
      if (IsFloatBesideDouble(*native, *engine)) return;
      if (ToString(engine) != ToString(native)) Fail(expression, native, engine);
      return;
    }
    if (native.ok() != engine.ok()) {
      if (!MayStopEarly(expression)) Fail(expression, native, engine);
      return;
    }
    ++errors_;
    // Several operands may fail; then either error is right. Only whether the text or
    // its values are wrong must be the same.
    const std::string_view sqlstate = engine.status().sqlstate();
    const bool same_class =
        native.status().sqlstate().starts_with("42") == sqlstate.starts_with("42");
    if (!same_class || sqlstate.starts_with("XX")) Fail(expression, native, engine);
  }

  void Fail(const std::string& expression, const Result<Answer>& native,
            const Result<Answer>& engine) {
    ++failures_;
    ADD_FAILURE() << expression << "\n  native " << ToString(native) << "\n  engine "
                  << ToString(engine) << "\n  " << paths_.printed();
  }

  BothPaths paths_;
  uint64_t values_ = 0;
  uint64_t errors_ = 0;
  int failures_ = 0;
};

TEST_F(BothPathsPropertyTest, RandomExpressionsHaveOneAnswer) {
  const uint64_t runs = Setting("MILLRACE_PARITY_RUNS", 3000);
  SeededRandom random(Setting("MILLRACE_PARITY_SEED", 20261121));
  RandomExpression expressions(random);
  uint64_t not_native = 0;
  for (uint64_t run = 0; run < runs && failures_ < kFailuresMax; ++run) {
    if (run % kRunsPerBatch == 0) paths_.SetBatch(RandomBatch(random));
    const std::string expression = expressions.Next();
    const Result<Answer> native = paths_.Natively(expression);
    if (!native.ok() && plan::IsNotNative(native.status())) {
      ++not_native;
      continue;
    }
    Check(expression, native, paths_.ByEngine(expression));
  }
  RecordProperty("values", std::to_string(values_));
  EXPECT_GT(values_, runs / 3) << errors_ << " errors, " << not_native << " not native";
  EXPECT_LT(not_native, runs / 10);
}

}  // namespace
}  // namespace millrace::exec
