// What the evaluator promises beside its results: laziness, no needless copies
// and allocations, nodes shared between threads, parameters coerced.
#include "query/expr/eval.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#include "query/expr/builder.h"

namespace {
std::atomic<size_t> allocations = 0;
}  // namespace

// The sanitizers bring their own: under them nothing is counted.
#if !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
void* operator new(size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
#endif

namespace millrace::expr {
namespace {

NodePtr IntColumn(size_t index) {
  return MakeColumn(index, TypeId::kBigInt, "c" + std::to_string(index));
}

Batch Rows(const std::vector<std::vector<int64_t>>& columns) {
  Batch batch;
  for (const std::vector<int64_t>& values : columns) {
    Column column(TypeId::kBigInt);
    for (const int64_t value : values) column.Append(value);
    batch.columns.push_back(std::move(column));
    batch.rows = values.size();
  }
  return batch;
}

NodePtr Equals(NodePtr column, int64_t value) {
  return *MakeComparison(ComparisonOp::kEqual, std::move(column),
                         MakeConstant(Value::BigInt(value)));
}

TEST(EvalTest, ConditionOnOneRowAllocatesNothing) {
  const NodePtr condition = *MakeAnd(
      {Equals(IntColumn(0), 5),
       *MakeOr(
           {*MakeComparison(ComparisonOp::kGreater, IntColumn(1), MakeConstant(Value::BigInt(3))),
            *MakeIn(IntColumn(1), {MakeConstant(Value::BigInt(1)), MakeConstant(Value::BigInt(2))},
                    InListNode::Sense::kIn)})});
  const Batch batch = Rows({{5}, {4}});
  EvalContext context;
  ASSERT_TRUE(IsTrue(*condition, batch, 0, context).ok());  // makes the three constants
  const size_t before = allocations;
  const Result<bool> result = IsTrue(*condition, batch, 0, context);
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_TRUE(*result);
}

TEST(EvalTest, ColumnsAndConstantsAreBorrowed) {
  const Batch batch = Rows({{1, 2, 3}});
  EvalContext context;
  const NodePtr column = IntColumn(0);
  const NodePtr constant = MakeConstant(Value::Text("a text that does not fit inside a string"));
  const size_t before = allocations;
  const Result<ColumnHandle> handle = EvaluateHandle(*column, batch, context);
  const Result<ColumnHandle> single = EvaluateHandle(*constant, batch, context);
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_EQ(&handle->column(), &batch.columns[0]);
  EXPECT_TRUE(single->is_constant());
  EXPECT_EQ(Evaluate(*constant, batch, context)->size(), 3U);
}

TEST(EvalTest, NoRowsMeanNoWorkAndNoError) {
  const Batch batch = Rows({{}});
  EvalContext context;
  const NodePtr failing =
      *MakeCall("/", {MakeConstant(Value::BigInt(1)), MakeConstant(Value::BigInt(0))});
  EXPECT_EQ(failing->kind(), NodeKind::kCall) << "a failing fold is left for run time";
  const Result<Column> column = Evaluate(*failing, batch, context);
  ASSERT_TRUE(column.ok());
  EXPECT_EQ(column->size(), 0U);
  EXPECT_EQ(EvaluateScalar(*failing, context).status().sqlstate(), "22012");
}

TEST(EvalTest, SelectRowsKeepsOnlyTrue) {
  Batch batch = Rows({{1, 2, 3, 4, 5, 6}});
  batch.columns[0].AppendNull();
  batch.rows = 7;
  EvalContext context;
  const NodePtr odd = Equals(*MakeCall("%", {IntColumn(0), MakeConstant(Value::BigInt(2))}), 1);
  EXPECT_EQ(*SelectRows(*odd, batch, context), (std::vector<uint32_t>{0, 2, 4}));
  const NodePtr guarded = *MakeAnd(
      {*MakeComparison(ComparisonOp::kGreater, IntColumn(0), MakeConstant(Value::BigInt(4))),
       Equals(*MakeCall("/", {MakeConstant(Value::BigInt(6)),
                              *MakeCall("-", {IntColumn(0), MakeConstant(Value::BigInt(4))})}),
              6)});
  EXPECT_EQ(*SelectRows(*guarded, batch, context), (std::vector<uint32_t>{4}));
}

TEST(EvalTest, ParametersTakeTheTypeTheyMeet) {
  const Batch batch = Rows({{5, 6}});
  const NodePtr condition = *MakeComparison(ComparisonOp::kEqual, IntColumn(0), MakeParameter(0));
  const auto matches = [&](const Value& parameter) {
    EvalContext context;
    context.params = {&parameter, 1};
    const Result<std::vector<uint32_t>> rows = SelectRows(*condition, batch, context);
    if (!rows.ok()) return "!" + std::string(rows.status().sqlstate());
    return std::to_string(rows->size());
  };
  EXPECT_EQ(matches(Value::BigInt(5)), "1");
  EXPECT_EQ(matches(Value::Integer(TypeId::kInt, 6)), "1");
  EXPECT_EQ(matches(Value::Text("5")), "1");
  EXPECT_EQ(matches(Value::Double(5.0)), "1");
  EXPECT_EQ(matches(Value::Null()), "0");
  EXPECT_EQ(matches(Value::Text("five")), "!22P02");
  EvalContext no_params;
  EXPECT_EQ(SelectRows(*condition, batch, no_params).status().sqlstate(), "08P01");
}

TEST(EvalTest, ParameterBesideADecimalKeepsItsDigits) {
  const SqlType price = SqlType::Decimal(10, 2);
  Batch batch;
  batch.columns.emplace_back(price);
  batch.columns[0].Append<Int128>(513);
  batch.rows = 1;
  const NodePtr condition =
      *MakeComparison(ComparisonOp::kGreater, MakeColumn(0, price, "price"), MakeParameter(0));
  const Value parameter = Value::Text("5.125");
  EvalContext context;
  context.params = {&parameter, 1};
  EXPECT_TRUE(*IsTrue(*condition, batch, 0, context));
}

TEST(EvalTest, TreesAreSharedBetweenThreads) {
  std::vector<NodePtr> items;
  for (int64_t i = 0; i < 20; ++i) items.push_back(MakeConstant(Value::BigInt(i * 3)));
  const NodePtr condition =
      *MakeAnd({*MakeIn(IntColumn(0), std::move(items), InListNode::Sense::kIn),
                *MakeComparison(
                    ComparisonOp::kNotEqual,
                    *MakeCall("lower", {*MakeCast(IntColumn(0), TypeId::kText, CastKind::kStrict)}),
                    MakeUntypedLiteral("6"))});
  std::vector<std::vector<uint32_t>> selected(4);
  {
    std::vector<std::jthread> threads;
    for (std::vector<uint32_t>& mine : selected) {
      threads.emplace_back([&] {
        for (int round = 0; round < 200; ++round) {
          const Batch batch = Rows({{1, 3, 6, 9, 10}});
          EvalContext context;
          mine = *SelectRows(*condition, batch, context);
        }
      });
    }
  }
  for (const std::vector<uint32_t>& mine : selected) {
    EXPECT_EQ(mine, (std::vector<uint32_t>{1, 3}));
  }
}

TEST(EvalTest, TextResultsHaveALimit) {
  EvalContext context;
  const Value long_text = Value::Text(std::string(size_t{1} << 20, 'x'));
  context.params = {&long_text, 1};
  Batch batch;
  batch.rows = 2048;
  const NodePtr parameter = *CoerceTo(MakeParameter(0), TypeId::kText);
  EXPECT_EQ(Evaluate(*parameter, batch, context).status().sqlstate(), "54000");
}

// Every value alone is short enough; together they are too much for one statement.
TEST(EvalTest, TheMemoryOfAStatementsExpressionsIsBounded) {
  EvalContext context;
  context.held_bytes_max = 10'000;
  Batch batch;
  batch.rows = 1;
  const NodePtr text =
      *MakeCall("repeat", {MakeUntypedLiteral("x"), MakeConstant(Value::BigInt(4000))});
  EXPECT_TRUE(Evaluate(*text, batch, context).ok());
  EXPECT_TRUE(Evaluate(*text, batch, context).ok());
  EXPECT_EQ(Evaluate(*text, batch, context).status().sqlstate(), "53200");
}

TEST(EvalTest, TemporaryTextsAreForgottenWhenTheirOperationIsDone) {
  EvalContext context;
  context.held_bytes_max = 10'000;
  Batch batch;
  batch.rows = 1;
  const NodePtr length = *MakeCall(
      "length",
      {*MakeCall("repeat", {MakeUntypedLiteral("x"), MakeConstant(Value::BigInt(4000))})});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(Evaluate(*length, batch, context).ok());
}

TEST(EvalTest, AStoppedStatementEndsWithItsNextOperation) {
  EvalContext context;
  context.stop_requested = [](const void*) { return true; };
  Batch batch;
  batch.rows = 1;
  const NodePtr text =
      *MakeCall("repeat", {MakeUntypedLiteral("x"), MakeConstant(Value::BigInt(4000))});
  EXPECT_EQ(Evaluate(*text, batch, context).status().sqlstate(), "57014");
}

}  // namespace
}  // namespace millrace::expr
