// What may run on an event loop, and what must not.
#include "query/expr/work.h"

#include <gtest/gtest.h>

#include "query/expr/builder.h"

namespace millrace::expr {
namespace {

NodePtr TextColumn() { return MakeColumn(0, TypeId::kText, "t"); }
NodePtr Call(std::string_view name, std::vector<NodePtr> arguments) {
  return *MakeCall(name, std::move(arguments));
}
bool FitsOnLoop(const NodePtr& node, size_t bytes) { return WorkOf(node.get()).FitsOnLoop(bytes); }

TEST(WorkTest, LeavesTakeNothing) {
  EXPECT_EQ(WorkOf(nullptr).For(1 << 30), 0);
  EXPECT_EQ(WorkOf(TextColumn().get()).For(1 << 30), 0);
  EXPECT_EQ(WorkOf(MakeUntypedLiteral(std::string(1 << 20, 'x')).get()).For(0), 0);
}

TEST(WorkTest, ShortRowsAreComputedOnTheLoopAndLongOnesAreNot) {
  const NodePtr upper = Call("upper", {TextColumn()});
  EXPECT_TRUE(FitsOnLoop(upper, 1000));
  EXPECT_FALSE(FitsOnLoop(upper, 16 << 20));
}

TEST(WorkTest, WhatMakesMuchOutOfLittleHasNoBound) {
  const NodePtr text = TextColumn();
  const NodePtr number = MakeConstant(Value::BigInt(3));
  EXPECT_FALSE(FitsOnLoop(Call("repeat", {text, number}), 0));
  EXPECT_FALSE(FitsOnLoop(Call("lpad", {text, number}), 0));
  EXPECT_FALSE(FitsOnLoop(Call("rpad", {text, number}), 0));
  EXPECT_FALSE(FitsOnLoop(Call("replace", {text, text, text}), 0));
  EXPECT_FALSE(FitsOnLoop(Call("length", {Call("repeat", {text, number})}), 0));
}

TEST(WorkTest, PatternsGrowWithTheSquare) {
  const NodePtr like = Call("LIKE", {TextColumn(), TextColumn()});
  EXPECT_TRUE(FitsOnLoop(like, 100));
  EXPECT_FALSE(FitsOnLoop(like, 4000));
}

// Each || copies what those below it made.
TEST(WorkTest, NestedCallsAddUp) {
  NodePtr chain = TextColumn();
  for (int i = 0; i < 100; ++i) chain = Call("||", {chain, TextColumn()});
  EXPECT_TRUE(FitsOnLoop(chain, 10));
  EXPECT_FALSE(FitsOnLoop(chain, 1000));
}

// BETWEEN evaluates its operand twice, so nesting doubles the work each time.
TEST(WorkTest, SharedNodesCountEachTime) {
  NodePtr nested = MakeColumn(0, TypeId::kBoolean, "b");
  for (int i = 0; i < 100; ++i) {
    nested = *MakeBetween(nested, MakeColumn(1, TypeId::kBoolean, "c"),
                          MakeColumn(2, TypeId::kBoolean, "d"));
  }
  EXPECT_FALSE(FitsOnLoop(nested, 10));
}

// Binding runs on event loops, and so must not compute what may not run there.
TEST(WorkTest, FoldingComputesNothingLong) {
  const NodePtr repeated =
      Call("repeat", {MakeUntypedLiteral("x"), MakeConstant(Value::BigInt(10'000'000))});
  EXPECT_EQ(repeated->kind(), NodeKind::kCall);
  EXPECT_EQ(Call("upper", {MakeUntypedLiteral("abc")})->kind(), NodeKind::kConstant);
}

}  // namespace
}  // namespace millrace::expr
