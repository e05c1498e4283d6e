// The choices of the printer and the walks over the tree.
#include "query/sql/printer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "query/sql/parser.h"
#include "query/sql/visitor.h"

namespace millrace::sql {
namespace {

std::string Reprint(std::string_view sql, const PrintOptions& options = {}) {
  const Result<Statement> statement = ParseStatement(sql);
  EXPECT_TRUE(statement.ok()) << statement.status().ToString();
  return statement.ok() ? Print(*statement, options) : "";
}

std::vector<std::string> TablesOf(std::string_view sql) {
  std::vector<std::string> tables;
  const Result<Statement> statement = ParseStatement(sql);
  EXPECT_TRUE(statement.ok()) << statement.status().ToString();
  ForEachTable(*statement, [&](const TableName& name) { tables.push_back(Print(name)); });
  return tables;
}

TEST(PrinterTest, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(PrintIdentifier("users_2"), "users_2");
  EXPECT_EQ(PrintIdentifier("namespace"), "namespace");
  EXPECT_EQ(PrintIdentifier("order"), "\"order\"");
  EXPECT_EQ(PrintIdentifier("show"), "\"show\"");
  EXPECT_EQ(PrintIdentifier("2nd"), "\"2nd\"");
  EXPECT_EQ(PrintIdentifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(PrintString("it's"), "'it''s'");
}

TEST(PrinterTest, WritesParenthesesOnlyWhereNeeded) {
  EXPECT_EQ(Reprint("SELECT ((a + b)) * c, (a * b) + c, (a OR b) AND (c)"),
            "SELECT (a + b) * c, a * b + c, (a OR b) AND c");
  EXPECT_EQ(Reprint("SELECT a -> 'b' = 'c'"), "SELECT (a -> 'b') = 'c'");
  EXPECT_EQ(Reprint("(SELECT 1) UNION (SELECT 2 LIMIT 1)"), "SELECT 1 UNION (SELECT 2 LIMIT 1)");
}

TEST(PrinterTest, ReplacesTablesButNotCtes) {
  PrintOptions options;
  options.table = [](const TableName& name) -> std::optional<std::string> {
    if (name.namespace_name.empty() && name.name == "keep") return std::nullopt;
    return "scan_" + name.name + "(7)";
  };
  EXPECT_EQ(Reprint("WITH c AS (SELECT * FROM app.t) SELECT * FROM c, u AS x (y), keep, app.c "
                    "WHERE EXISTS (SELECT 1 FROM t)",
                    options),
            "WITH c AS (SELECT * FROM scan_t(7) AS t) SELECT * FROM c, scan_u(7) AS x (y), keep, "
            "scan_c(7) AS c WHERE EXISTS (SELECT 1 FROM scan_t(7) AS t)");
}

TEST(PrinterTest, ReplacesExpressionsFromTheTop) {
  PrintOptions options;
  options.expression = [](const Expr& expression) -> std::optional<std::string> {
    if (expression.Is<Parameter>()) return "'bound'";
    const FunctionCall* call = expression.If<FunctionCall>();
    if (call != nullptr && call->name == "now") return "TIMESTAMP 'fixed'";
    return std::nullopt;
  };
  EXPECT_EQ(Reprint("SELECT now() FROM t WHERE a = $1 + f(now($2))", options),
            "SELECT TIMESTAMP 'fixed' FROM t WHERE a = 'bound' + f(TIMESTAMP 'fixed')");
}

TEST(PrinterTest, HidesSecretsWhenAsked) {
  PrintOptions options;
  options.hide_secrets = true;
  for (const char* sql :
       {"CREATE USER u WITH PASSWORD 'hunter2' ROLE user", "CREATE USER u WITH OAUTH 'hunter2'",
        "ALTER USER u SET PASSWORD 'hunter2'", "CREATE STORAGE s TYPE s3 CREDENTIALS 'hunter2'",
        "ALTER STORAGE s SET CREDENTIALS 'hunter2'",
        "EXPLAIN ALTER USER u SET PASSWORD 'hunter2'"}) {
    EXPECT_EQ(Reprint(sql, options).find("hunter2"), std::string::npos) << sql;
    EXPECT_NE(Reprint(sql).find("hunter2"), std::string::npos) << sql;
  }
}

// ---- Visitor ----------------------------------------------------------------

TEST(VisitorTest, FindsTablesEverywhereButNotCtes) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(TablesOf("SELECT (SELECT 1 FROM a) FROM b JOIN (SELECT * FROM c) x ON x.i IN "
                     "(SELECT i FROM d) WHERE EXISTS (SELECT 1 FROM e) ORDER BY (SELECT 1 FROM f)"),
            (Names{"a", "b", "c", "d", "e", "f"}));
  EXPECT_EQ(TablesOf("WITH c AS (SELECT * FROM c), d AS (SELECT * FROM c) SELECT * FROM d, s.d"),
            (Names{"c", "s.d"}));
  EXPECT_EQ(TablesOf("WITH RECURSIVE c AS (SELECT * FROM c) SELECT * FROM c"), Names{});
  EXPECT_EQ(TablesOf("SELECT * FROM (WITH c AS (SELECT 1) SELECT * FROM c) x, c"), Names{"c"});
  EXPECT_EQ(TablesOf("INSERT INTO t SELECT * FROM u RETURNING (SELECT 1 FROM v)"),
            (Names{"u", "v"}));
  EXPECT_EQ(TablesOf("UPDATE t SET a = (SELECT 1 FROM u) FROM v WHERE b IN (TABLE w)"),
            (Names{"u", "v", "w"}));
  EXPECT_EQ(TablesOf("EXPLAIN CREATE VIEW v AS SELECT * FROM t"), Names{"t"});
}

TEST(VisitorTest, ShowsParentsBeforeChildrenAndCanSkip) {
  const Result<Expr> expression = ParseExpression("a + f(b, (SELECT c WHERE d)) * CAST(e AS INT)");
  std::string columns;
  VisitExpressions(*expression, [&](const Expr& node) {
    if (const ColumnRef* column = node.If<ColumnRef>()) columns += column->column;
    return Walk::kInto;
  });
  EXPECT_EQ(columns, "abcde");
  columns.clear();
  VisitExpressions(*expression, [&](const Expr& node) {
    if (const ColumnRef* column = node.If<ColumnRef>()) columns += column->column;
    return node.Is<FunctionCall>() ? Walk::kOver : Walk::kInto;
  });
  EXPECT_EQ(columns, "ae");
}

TEST(VisitorTest, ReplacesParametersInPlace) {
  Result<Statement> statement = ParseStatement(
      "WITH w AS (SELECT $1) INSERT INTO t VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET a = $1 "
      "WHERE b = $2 RETURNING sum($1) OVER (PARTITION BY $2 ROWS $1 PRECEDING)");
  ASSERT_TRUE(statement.ok()) << statement.status().ToString();
  VisitExpressions(*statement, [](Expr& node) {
    if (const Parameter* parameter = node.If<Parameter>()) {
      node = Expr(Literal::Integer(parameter->index * 10), node.position);
    }
    return Walk::kInto;
  });
  EXPECT_EQ(Print(*statement),
            "WITH w AS (SELECT 10) INSERT INTO t VALUES (10, 20) ON CONFLICT (a) DO UPDATE SET a = "
            "10 WHERE b = 20 RETURNING sum(10) OVER (PARTITION BY 20 ROWS 10 PRECEDING)");
}

TEST(PrinterTest, QuotesEveryNameForAReaderWithOtherKeywords) {
  PrintOptions options;
  options.quote_names = true;
  const Result<Query> query = ParseQuery(
      "WITH w AS (SELECT 1) SELECT t.a AS b, t.*, count(*) FROM s.t AS t (a, c) "
      "JOIN w USING (a) WINDOW x AS (ORDER BY a)");
  ASSERT_TRUE(query.ok()) << query.status().ToString();
  EXPECT_EQ(Print(*query, options),
            "WITH \"w\" AS (SELECT 1) SELECT \"t\".\"a\" AS \"b\", \"t\".*, count(*) FROM "
            "\"s\".\"t\" AS \"t\" (\"a\", \"c\") JOIN \"w\" USING (\"a\") WINDOW \"x\" AS "
            "(ORDER BY \"a\")");
}

}  // namespace
}  // namespace millrace::sql
