// Names, types, errors with their places, and what is left to the engine.
#include "query/plan/expression_binder.h"

#include "query/expr/builder.h"
#include "query/plan/expression_harness_for_test.h"

namespace millrace::plan {
namespace {

Field MakeField(std::string name, TypeId type) {
  Field field;
  field.name = std::move(name);
  field.type = type;
  return field;
}

RelationScope UsersAndOrders() {
  RelationScope scope;
  scope.Add("app", "users", {MakeField("id", TypeId::kBigInt), MakeField("name", TypeId::kText)});
  scope.Add("", "o", {MakeField("id", TypeId::kBigInt), MakeField("total", TypeId::kDouble)});
  return scope;
}

Result<expr::NodePtr> Bind(std::string_view text, Fallback fallback = Fallback::kEngine) {
  const Result<sql::Expr> parsed = sql::ParseExpression(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << parsed.status().ToString();
  return BindExpression(*parsed, UsersAndOrders(), fallback);
}

size_t IndexOf(std::string_view text) {
  const Result<expr::NodePtr> node = Bind(text);
  EXPECT_TRUE(node.ok()) << node.status().ToString();
  return static_cast<const expr::ColumnNode&>(**node).index();
}

TEST(ExpressionBinderTest, ColumnsResolveThroughTheirQualifiers) {
  EXPECT_EQ(IndexOf("name"), 1U);
  EXPECT_EQ(IndexOf("users.id"), 0U);
  EXPECT_EQ(IndexOf("app.users.name"), 1U);
  EXPECT_EQ(IndexOf("o.id"), 2U);
  EXPECT_EQ(IndexOf("total"), 3U);
}

TEST(ExpressionBinderTest, BadColumnsAreToldWithPlaceAndHint) {
  const Status ambiguous = Bind("1 + id").status();
  EXPECT_EQ(ambiguous.sqlstate(), "42702");
  ASSERT_NE(ambiguous.position(), nullptr);
  EXPECT_EQ(ambiguous.position()->column, 5U);
  EXPECT_EQ(ambiguous.position()->token, "id");

  const Status unknown = Bind("nmae = 'x'").status();
  EXPECT_EQ(unknown.sqlstate(), "42703");
  EXPECT_EQ(unknown.message(), "column \"nmae\" does not exist");
  EXPECT_EQ(unknown.hint(), "Did you mean \"name\"?");

  EXPECT_EQ(Bind("x.id").status().sqlstate(), "42P01");
  EXPECT_EQ(Bind("other.users.id").status().sqlstate(), "42P01");
  EXPECT_EQ(BindExpression(*sql::ParseExpression("id"), EmptyScope(), Fallback::kNone)
                .status()
                .sqlstate(),
            "42703");
}

TEST(ExpressionBinderTest, WhatTheEngineCanDoIsNotNative) {
  for (const char* text :
       {"(SELECT 1)", "EXISTS (SELECT 1)", "total IN (SELECT 1)", "count(*)", "sum(total)",
        "row_number() OVER (ORDER BY total)", "name ~ 'a.*'", "name SIMILAR TO 'a'",
        "regexp_replace(name, 'a', 'b')", "ARRAY[1, 2]", "total = ANY(ARRAY[1, 2])", "$1 + $2",
        "name COLLATE \"C\"", "(1, 2) = (1, 2)", "count(DISTINCT name)", "1 & 2"}) {
    const Status status = Bind(text).status();
    EXPECT_TRUE(IsNotNative(status)) << text << ": " << status.ToString();
  }
  for (const char* text : {"name = 'a'", "unknown_column", "1 + TRUE", "total = TRUE"}) {
    EXPECT_FALSE(IsNotNative(Bind(text).status())) << text;
  }
}

TEST(ExpressionBinderTest, WithoutAnEngineUnknownFunctionsAreErrors) {
  const Status unknown = Bind("1 + lowr(name)", Fallback::kNone).status();
  EXPECT_EQ(unknown.sqlstate(), "42883");
  EXPECT_EQ(unknown.hint(), "Did you mean \"lower\"?");
  ASSERT_NE(unknown.position(), nullptr);
  EXPECT_EQ(unknown.position()->column, 5U);
  EXPECT_EQ(Bind("sum(total)", Fallback::kNone).status().sqlstate(), "42803");
  EXPECT_EQ(Bind("count(*)", Fallback::kNone).status().sqlstate(), "42803");
}

TEST(ExpressionBinderTest, ConditionsAreBoolean) {
  const RelationScope scope = UsersAndOrders();
  const auto bind = [&](std::string_view text) {
    return BindCondition(*sql::ParseExpression(text), scope, Fallback::kNone, "WHERE");
  };
  EXPECT_TRUE(bind("total > 1").ok());
  EXPECT_TRUE(bind("NULL").ok());
  EXPECT_EQ((*bind("$1"))->type().id, TypeId::kBoolean);
  const Status number = bind("total").status();
  EXPECT_EQ(number.sqlstate(), "42804");
  EXPECT_EQ(number.message(), "argument of WHERE must be BOOLEAN, not DOUBLE");
  const Status operand = bind("total > 1 AND name").status();
  ASSERT_NE(operand.position(), nullptr);
  EXPECT_EQ(operand.position()->column, 15U);
}

TEST(ExpressionBinderTest, AssignmentsConvertOrNameTheColumn) {
  const auto assign = [](std::string_view text, const SqlType& type) {
    return BindAssignment(*sql::ParseExpression(text), EmptyScope(), type, "c");
  };
  const auto shown = [&](std::string_view text, const SqlType& type) {
    const Result<expr::NodePtr> node = assign(text, type);
    return node.ok() ? (*node)->ToString() : "!" + std::string(node.status().sqlstate());
  };
  EXPECT_EQ(shown("'12'", TypeId::kInt), "12");
  EXPECT_EQ(shown("70000", TypeId::kSmallInt), "!22003");
  EXPECT_EQ(shown("'x'", TypeId::kUuid), "!22P02");
  EXPECT_EQ((*assign("NULL", TypeId::kJson))->type().id, TypeId::kJson);
  EXPECT_EQ((*assign("$1", SqlType::Decimal(10, 2)))->type(), SqlType::Decimal(10, 2));
  const Status wrong = assign("TRUE", TypeId::kDate).status();
  EXPECT_EQ(wrong.sqlstate(), "42804");
  EXPECT_EQ(wrong.message(), "column \"c\" is of type DATE but the expression is of type BOOLEAN");
  const sql::Expr by_default{sql::DefaultValue()};
  EXPECT_EQ(BindAssignment(by_default, EmptyScope(), TypeId::kInt, "c").status().sqlstate(),
            "42601");
}

TEST(ExpressionBinderTest, NumbersTakeTheSmallestType) {
  EXPECT_TYPE("2147483647", "INT");
  EXPECT_TYPE("2147483648", "BIGINT");
  EXPECT_TYPE("-9223372036854775808", "BIGINT");
  EXPECT_TYPE("9223372036854775808", "DECIMAL(19,0)");
  EXPECT_TYPE("12.50", "DECIMAL(4,2)");
  EXPECT_TYPE(".5", "DECIMAL(1,1)");
  EXPECT_TYPE("1e10", "DOUBLE");
  EXPECT_TYPE("100000000000000000000000000000000000000", "DOUBLE");
  EXPECT_TYPE("X'00'", "BYTES");
  EXPECT_TYPE("1e999", "!22003");
}

TEST(ExpressionBinderTest, NamesResultColumnsAsPostgreSqlDoes) {
  const std::pair<const char*, const char*> kNames[] = {
      {"users.name", "name"},
      {"lower(name)", "lower"},
      {"count(*)", "count"},
      {"name::INT", "name"},
      {"'5'::INT", "int"},
      {"1 + 2", "?column?"},
      {"CASE WHEN TRUE THEN 1 END", "case"},
      {"CASE WHEN TRUE THEN 1 ELSE total END", "total"},
      {"COALESCE(name, 'x')", "coalesce"},
      {"EXTRACT(YEAR FROM now())", "extract"},
      {"CURRENT_TIMESTAMP", "current_timestamp"},
      {"EXISTS (SELECT 1)", "exists"},
      {"DATE '2026-01-01'", "date"},
  };
  for (const auto& [text, name] : kNames) {
    EXPECT_EQ(InferName(*sql::ParseExpression(text)), name) << text;
  }
}

TEST(ExpressionBinderTest, ParametersCountFromOne) {
  ExpressionHarness harness;
  harness.AddColumn("a", TypeId::kBigInt, {Value::BigInt(1), Value::BigInt(2)});
  harness.SetParams({Value::Text("2"), Value::BigInt(10)});
  EXPECT_EQ(harness.Eval("a = $1"), "false, true");
  EXPECT_EQ(harness.Eval("a + $2"), "11, 12");
  EXPECT_EQ(harness.Eval("$2 + a"), "11, 12");
  EXPECT_EQ(harness.Eval("a IN ($1, $2)"), "false, true");
  EXPECT_EQ(harness.Eval("$2::TEXT || 'x'"), "10x, 10x");
  EXPECT_EQ(harness.Eval("a + $3"), "!08P01");
}

}  // namespace
}  // namespace millrace::plan
