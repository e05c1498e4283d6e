// Typing, folding and the shape of trees.
#include "query/expr/builder.h"

#include <gtest/gtest.h>

#include "query/expr/registry.h"
#include "query/expr/suggest.h"

namespace millrace::expr {
namespace {

NodePtr Int(int64_t value) { return MakeConstant(Value::Integer(TypeId::kInt, value)); }
NodePtr Column(TypeId type) { return MakeColumn(0, type, "a"); }
std::string Text(const Result<NodePtr>& node) {
  return node.ok() ? (*node)->ToString() : "!" + std::string(node.status().sqlstate());
}

TEST(BuilderTest, FoldsImmutableTreesOnly) {
  EXPECT_EQ(Text(MakeCall("+", {Int(1), Int(2)})), "3");
  EXPECT_EQ(Text(MakeCall("/", {Int(1), Int(0)})), "(1 / 0)");
  EXPECT_EQ(Text(MakeCall("+", {MakeParameter(0), Int(2)})), "($1 + 2)");
  EXPECT_EQ(Text(MakeCall("now", {})), "now()");
  EXPECT_EQ(Text(MakeCall("random", {})), "random()");
  EXPECT_EQ((*MakeCall("now", {}))->volatility(), Volatility::kStable);
}

TEST(BuilderTest, AStrictOperationOnNullIsNull) {
  const NodePtr failing = *MakeCall("/", {Int(1), Int(0)});
  const NodePtr null = MakeConstant(Value::Null(TypeId::kInt));
  EXPECT_EQ(Text(MakeCall("+", {failing, null})), "NULL");
  EXPECT_EQ((*MakeCall("+", {Column(TypeId::kBigInt), null}))->type().id, TypeId::kBigInt);
  EXPECT_EQ(Text(MakeComparison(ComparisonOp::kLess, failing, MakeNull())), "NULL");
  EXPECT_EQ(Text(MakeComparison(ComparisonOp::kDistinct, Column(TypeId::kInt), null)),
            "(a IS DISTINCT FROM NULL)");
  EXPECT_EQ(Text(MakeCall("concat", {Column(TypeId::kText), null})), "concat(a, NULL)");
}

TEST(BuilderTest, ChoicesDropWhatConstantsMakeUnreachable) {
  const NodePtr yes = MakeConstant(Value::Boolean(true));
  const NodePtr null = MakeConstant(Value::Null(TypeId::kInt));
  const NodePtr a = Column(TypeId::kInt);
  const NodePtr open = *MakeComparison(ComparisonOp::kEqual, a, Int(1));
  EXPECT_EQ(Text(MakeCase(nullptr, {{MakeNull(), Int(1)}}, a)), "a");
  EXPECT_EQ(Text(MakeCase(nullptr, {{yes, a}, {open, Int(2)}}, nullptr)), "a");
  EXPECT_EQ(Text(MakeCase(nullptr, {{open, a}, {yes, Int(2)}, {open, Int(3)}}, Int(4))),
            "CASE WHEN (a = 1) THEN a ELSE 2 END");
  EXPECT_EQ((*MakeCase(nullptr, {{yes, a}}, MakeConstant(Value::BigInt(1))))->type().id,
            TypeId::kBigInt)
      << "an unreachable result still takes part in the type";
  EXPECT_EQ(Text(MakeCall("coalesce", {null, a, null})), "a");
  EXPECT_EQ(Text(MakeCall("coalesce", {null, null})), "NULL");
  EXPECT_EQ(Text(MakeCall("coalesce", {a, Int(1), Column(TypeId::kBigInt)})),
            Text(MakeCall("coalesce", {a, MakeConstant(Value::BigInt(1))})));
  EXPECT_EQ(Text(MakeCall("nullif", {null, a})), "NULL");
  EXPECT_EQ(Text(MakeCall("nullif", {a, null})), "a");
}

TEST(BuilderTest, LiteralsTakeTheTypeOfTheColumn) {
  EXPECT_EQ(Text(MakeComparison(ComparisonOp::kEqual, Column(TypeId::kSmallInt), Int(5))),
            "(a = 5)");
  EXPECT_EQ((*MakeComparison(ComparisonOp::kEqual, Column(TypeId::kSmallInt), Int(5)))
                ->children()[1]
                ->type()
                .id,
            TypeId::kSmallInt);
  EXPECT_EQ(Text(MakeComparison(ComparisonOp::kLess, Column(TypeId::kSmallInt), Int(70000))),
            "(CAST(a AS INT) < 70000)");
  EXPECT_EQ((*MakeComparison(ComparisonOp::kEqual, Column(TypeId::kBigInt), MakeParameter(0)))
                ->children()[1]
                ->type()
                .id,
            TypeId::kBigInt);
  EXPECT_EQ(
      Text(MakeComparison(ComparisonOp::kEqual, Column(TypeId::kBigInt), MakeUntypedLiteral("x"))),
      "!22P02");
  EXPECT_EQ(
      Text(MakeComparison(ComparisonOp::kEqual, Column(TypeId::kBigInt), Column(TypeId::kText))),
      "!42883");
}

TEST(BuilderTest, LogicIsFlatAndSimplified) {
  const NodePtr a = MakeColumn(0, TypeId::kBoolean, "a");
  const NodePtr b = MakeColumn(1, TypeId::kBoolean, "b");
  const NodePtr yes = MakeConstant(Value::Boolean(true));
  const NodePtr no = MakeConstant(Value::Boolean(false));
  EXPECT_EQ(Text(MakeAnd({*MakeAnd({a, b}), a})), "(a AND b AND a)");
  EXPECT_EQ(Text(MakeAnd({yes, a})), "a");
  EXPECT_EQ(Text(MakeAnd({no, a})), no->ToString());
  EXPECT_EQ(Text(MakeAnd({a, no, b})), "(a AND " + no->ToString() + ")");
  EXPECT_EQ(Text(MakeOr({a, yes, b})), "(a OR " + yes->ToString() + ")");
  EXPECT_EQ(Text(MakeAnd({})), yes->ToString());
  EXPECT_EQ(Text(MakeNot(*MakeComparison(ComparisonOp::kLess, Column(TypeId::kInt), Int(1)))),
            "(a >= 1)");
  EXPECT_EQ(Text(MakeNot(Int(1))), "!42804");
}

TEST(BuilderTest, AssignmentNarrowsAndRefuses) {
  EXPECT_EQ(Text(CoerceForAssignment(Int(70000), TypeId::kSmallInt)), "!22003");
  EXPECT_EQ((*CoerceForAssignment(Int(7), TypeId::kSmallInt))->type().id, TypeId::kSmallInt);
  EXPECT_EQ(Text(CoerceForAssignment(Column(TypeId::kBigInt), TypeId::kInt)), "CAST(a AS INT)");
  EXPECT_EQ(Text(CoerceForAssignment(Column(TypeId::kText), TypeId::kInt)), "!42804");
  EXPECT_EQ(Text(CoerceForAssignment(Column(TypeId::kInt), TypeId::kText)), "CAST(a AS TEXT)");
  EXPECT_EQ(Text(CoerceForAssignment(MakeUntypedLiteral("12"), TypeId::kInt)), "12");
  EXPECT_EQ((*CoerceForAssignment(MakeNull(), TypeId::kDate))->type().id, TypeId::kDate);
}

TEST(BuilderTest, EqualTreesAreEqual) {
  const auto sum = [](int64_t n) { return *MakeCall("+", {Column(TypeId::kInt), Int(n)}); };
  EXPECT_TRUE(sum(1)->Equals(*sum(1)));
  EXPECT_FALSE(sum(1)->Equals(*sum(2)));
  EXPECT_FALSE(sum(1)->Equals(*Column(TypeId::kInt)));
}

TEST(BuilderTest, NullabilityAndFailure) {
  const NodePtr key = MakeColumn(0, TypeId::kInt, "key", /*nullable=*/false);
  EXPECT_FALSE((*MakeComparison(ComparisonOp::kEqual, key, Int(1)))->nullable());
  EXPECT_FALSE((*MakeComparison(ComparisonOp::kEqual, key, Int(1)))->can_fail());
  EXPECT_TRUE((*MakeCall("+", {key, Int(1)}))->can_fail());
  EXPECT_FALSE((*MakeCall("coalesce", {Column(TypeId::kInt), Int(1)}))->nullable());
  EXPECT_FALSE((*MakeIsTest(Column(TypeId::kInt), Truth::kNull, false))->nullable());
  EXPECT_TRUE(
      (*MakeCase(nullptr, {{*MakeComparison(ComparisonOp::kEqual, key, Int(1)), Int(2)}}, nullptr))
          ->nullable());
}

TEST(RegistryTest, SaysWhatIsNearOrWouldFit) {
  const Status unknown = MakeCall("lowwer", {MakeUntypedLiteral("a")}).status();
  EXPECT_EQ(unknown.sqlstate(), "42883");
  EXPECT_EQ(unknown.hint(), "Did you mean \"lower\"?");
  const Status unfit = MakeCall("lpad", {Column(TypeId::kBoolean)}).status();
  EXPECT_EQ(unfit.message(), "function lpad(BOOLEAN) does not exist");
  EXPECT_EQ(unfit.hint(), "The function takes lpad(text, bigint [, text]).");
}

TEST(RegistryTest, EveryFunctionHasAKernelAndPrints) {
  for (const std::string_view name : FunctionNames()) {
    for (const Function& function : FindFunctions(name)) {
      EXPECT_NE(function.kernel, nullptr) << name;
      EXPECT_TRUE(function.ToString().starts_with(name));
    }
  }
}

TEST(SuggestTest, FindsTheNearestWithinAThird) {
  const std::string_view names[] = {"name", "email", "created"};
  EXPECT_EQ(NearestName("nmae", names), "name");
  EXPECT_EQ(NearestName("emial", names), "email");
  EXPECT_EQ(NearestName("creatd", names), "created");
  EXPECT_EQ(NearestName("zzz", names), std::nullopt);
  EXPECT_EQ(NearestName("", names), std::nullopt);
}

}  // namespace
}  // namespace millrace::expr
