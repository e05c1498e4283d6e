#include <gtest/gtest.h>

#include "query/expr/builder.h"

namespace millrace::expr {
namespace {

TEST(Smoke, Adds) {
  EvalContext context;
  auto column = MakeColumn(0, TypeId::kInt, "a");
  auto sum = MakeCall("+", {column, MakeConstant(Value::BigInt(2))});
  ASSERT_TRUE(sum.ok()) << sum.status().ToString();
  EXPECT_EQ((*sum)->type().id, TypeId::kBigInt);
  Batch batch;
  batch.columns.emplace_back(TypeId::kInt);
  batch.columns[0].Append<int32_t>(4);
  batch.columns[0].AppendNull();
  batch.rows = 2;
  auto result = Evaluate(**sum, batch, context);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->GetValue(0), Value::BigInt(6));
  EXPECT_TRUE(result->is_null(1));
}

}  // namespace
}  // namespace millrace::expr
