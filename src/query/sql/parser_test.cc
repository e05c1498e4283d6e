// What the trees look like; that they come back from their text is round_trip_test.
#include "query/sql/parser.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "query/sql/printer.h"

namespace millrace::sql {
namespace {

template <typename T>
T ParseAs(std::string_view sql) {
  Result<Statement> statement = ParseStatement(sql);
  EXPECT_TRUE(statement.ok()) << sql << "\n" << statement.status().ToString();
  if (!statement.ok() || statement->If<T>() == nullptr) {
    ADD_FAILURE() << "another form: " << sql;
    return T();
  }
  return std::move(*statement->If<T>());
}

Expr ParseE(std::string_view sql) {
  Result<Expr> expression = ParseExpression(sql);
  EXPECT_TRUE(expression.ok()) << sql << "\n" << expression.status().ToString();
  return expression.ok() ? std::move(*expression) : Expr();
}

// The text with the parentheses that the tree needs.
std::string Reprint(std::string_view sql) { return Print(ParseE(sql)); }

// ---- Expressions ------------------------------------------------------------

TEST(ParserTest, OperatorsBindAsInPostgresql) {
  const auto same = [](std::string_view bare, std::string_view full) {
    EXPECT_TRUE(ParseE(bare) == ParseE(full)) << bare << " / " << full;
  };
  same("a OR b AND c", "a OR (b AND c)");
  same("NOT a = b", "NOT (a = b)");
  same("a = b IS NULL", "(a = b) IS NULL");
  same("a < b LIKE c", "a < (b LIKE c)");
  same("a LIKE b || c", "a LIKE (b || c)");
  same("a || b + c", "a || (b + c)");
  same("a - b - c", "(a - b) - c");
  same("a + b * c ^ d", "a + (b * (c ^ d))");
  same("-a ^ b", "(-a) ^ b");
  same("-1::int", "-(1::int)");
  same("a BETWEEN b AND c AND d", "(a BETWEEN b AND c) AND d");
  same("a -> 'b' ->> 'c' = 'd'", "((a -> 'b') ->> 'c') = 'd'");
  same("a AT TIME ZONE 'x' COLLATE c", "a AT TIME ZONE ('x' COLLATE c)");
  same("~ a + b", "~ (a + b)");
}

TEST(ParserTest, AndChainsAreFlatUnlessParenthesized) {
  EXPECT_EQ(ParseE("a AND b AND c").As<Logical>().operands.size(), 3u);
  EXPECT_EQ(ParseE("(a AND b) AND c").As<Logical>().operands.size(), 2u);
  EXPECT_EQ(Reprint("(a AND b) AND c"), "(a AND b) AND c");
}

TEST(ParserTest, OneParenthesisIsAQueryARowOrNothing) {
  EXPECT_EQ(ParseE("(a)").kind(), ExprKind::kColumnRef);
  EXPECT_EQ(ParseE("(a, b)").kind(), ExprKind::kRowConstructor);
  EXPECT_EQ(ParseE("(SELECT 1)").kind(), ExprKind::kScalarSubquery);
  EXPECT_EQ(ParseE("((SELECT 1))").kind(), ExprKind::kScalarSubquery);
  EXPECT_EQ(ParseE("((SELECT 1) + 1)").kind(), ExprKind::kBinary);
  EXPECT_EQ(ParseE("((SELECT 1), 2)").kind(), ExprKind::kRowConstructor);
  EXPECT_EQ(ParseE("((SELECT 1) UNION SELECT 2)").kind(), ExprKind::kScalarSubquery);
  EXPECT_EQ(ParseE("a IN ((SELECT 1))").kind(), ExprKind::kInQuery);
  EXPECT_EQ(ParseE("a IN ((SELECT 1), 2)").kind(), ExprKind::kInList);
}

TEST(ParserTest, CallsInDisguiseBecomeCalls) {
  EXPECT_TRUE(ParseE("SUBSTRING(x FROM 2 FOR 3)") == ParseE("substring(x, 2, 3)"));
  EXPECT_TRUE(ParseE("SUBSTRING(x FOR 3)") == ParseE("substring(x, 1, 3)"));
  EXPECT_TRUE(ParseE("TRIM(LEADING 'a' FROM x)") == ParseE("ltrim(x, 'a')"));
  EXPECT_TRUE(ParseE("TRIM(FROM x)") == ParseE("trim(x)"));
  EXPECT_TRUE(ParseE("CURRENT_TIMESTAMP") == ParseE("current_timestamp()"));
  EXPECT_EQ(ParseE("CURRENT_USER").As<FunctionCall>().name, "current_user");
  EXPECT_EQ(Reprint("position('a' IN b)"), "position('a' IN b)");
}

TEST(ParserTest, WordsOfTypesAreStillColumnNames) {
  for (const char* sql : {"date", "time", "timestamp", "interval", "position", "row", "file",
                          "values", "json", "text", "name", "type", "key", "status"}) {
    EXPECT_EQ(ParseE(sql).kind(), ExprKind::kColumnRef) << sql;
  }
}

TEST(ParserTest, TypeNamesAreReduced) {
  const auto type = [](std::string_view sql) { return Print(*ParseTypeName(sql)); };
  EXPECT_EQ(type("character varying(10)"), "VARCHAR(10)");
  EXPECT_EQ(type("double precision"), "DOUBLE");
  EXPECT_EQ(type("timestamp with time zone"), "TIMESTAMPTZ");
  EXPECT_EQ(type("timestamp(3) without time zone"), "TIMESTAMP(3)");
  EXPECT_EQ(type("pg_catalog.int4[][3]"), "INT4[][]");
  EXPECT_EQ(type("numeric(10,-2)"), "NUMERIC(10, -2)");
}

TEST(ParserTest, PositionsPointIntoTheText) {
  const std::string_view sql = "SELECT a,\n  b + $1 FROM ns.t";
  const Query query = ParseAs<Query>(sql);
  const Select& select = *query.If<Select>();
  const Expr& sum = select.items[1].expression;
  EXPECT_EQ(sum.position.line, 2u);
  EXPECT_EQ(sum.position.column, 3u);
  EXPECT_EQ(sql.substr(sum.As<Binary>().right.position.offset, 2), "$1");
  EXPECT_EQ(sql.substr(select.from[0].position.offset), "ns.t");
}

// ---- Queries ----------------------------------------------------------------

TEST(ParserTest, IntersectBindsTighterThanUnion) {
  const Query query = ParseAs<Query>("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3");
  const SetOperation& top = *query.If<SetOperation>();
  EXPECT_EQ(top.op, SetOperator::kUnion);
  EXPECT_EQ(top.right.If<SetOperation>()->op, SetOperator::kIntersect);
}

TEST(ParserTest, TheTailBelongsToTheWholeSetOperation) {
  const Query query = ParseAs<Query>("WITH a AS (SELECT 1) SELECT 1 UNION SELECT 2 LIMIT 3");
  EXPECT_TRUE(query.with);
  EXPECT_TRUE(query.limit);
  EXPECT_FALSE(query.If<SetOperation>()->left.with);
  EXPECT_FALSE(query.If<SetOperation>()->right.limit);
}

TEST(ParserTest, ValuesAreOneFlatVector) {
  const Insert insert = ParseAs<Insert>("INSERT INTO t VALUES (1, DEFAULT), (-2, 'x')");
  const Values& values = *insert.source->If<Values>();
  EXPECT_EQ(values.columns, 2u);
  ASSERT_EQ(values.row_count(), 2u);
  EXPECT_EQ(values.cell(1, 0).As<Literal>(), Literal::Integer(-2));
  EXPECT_TRUE(values.cell(0, 1).Is<DefaultValue>());
}

// ---- Statements -------------------------------------------------------------

TEST(ParserTest, CreateUserAndCreateUserTableAreToldApart) {
  EXPECT_EQ(ParseAs<CreateTable>("CREATE USER TABLE t (id INT)").kind, TableKind::kUser);
  EXPECT_EQ(ParseAs<CreateUser>("CREATE USER 'bob' WITH PASSWORD 'x' ROLE dba").name, "bob");
  EXPECT_EQ(ParseAs<CreateUser>("CREATE USER \"table\" WITH INTERNAL ROLE service").name, "table");
  EXPECT_EQ(ParseAs<DropTable>("DROP USER TABLE t").kind, TableKind::kUser);
  EXPECT_EQ(ParseAs<DropUser>("DROP USER t").name, "t");
}

TEST(ParserTest, OptionsKeepNamesAndLiterals) {
  const CreateTable create = ParseAs<CreateTable>(
      "CREATE TABLE t (id INT) WITH (type = user, ttl_seconds = 5, x = -1.5, y = false, z)");
  ASSERT_EQ(create.options.size(), 5u);
  EXPECT_EQ(create.options[0].name, "TYPE");
  EXPECT_EQ(create.options[0].value, Literal::String("USER"));
  EXPECT_EQ(create.options[1].value, Literal::Integer(5));
  EXPECT_EQ(create.options[2].value.text, "-1.5");
  EXPECT_EQ(create.options[3].value, Literal::Boolean(false));
  EXPECT_EQ(create.options[4].value, Literal::Boolean(true));
}

TEST(ParserTest, StorageIdsMayHoldDashes) {
  EXPECT_EQ(ParseAs<CreateStorage>("CREATE STORAGE My-S3-2 TYPE S3").id, "my-s3-2");
  EXPECT_EQ(ParseAs<DropStorage>("DROP STORAGE '2nd-Disk'").id, "2nd-Disk");
  EXPECT_EQ(ParseAs<CheckStorage>("STORAGE CHECK 2nd-disk EXTENDED").id, "2nd-disk");
}

TEST(ParserTest, PurgeUptoIsNoComment) {
  EXPECT_EQ(ParseAs<ClusterCommand>("CLUSTER PURGE --UPTO 7").argument, 7u);
  EXPECT_EQ(ParseAs<ClusterCommand>("CLUSTER PURGE -- UPTO 7\n 8").argument, 8u);
}

TEST(ParserTest, SubscribeToATableIsASelect) {
  EXPECT_TRUE(ParseAs<Subscribe>("SUBSCRIBE TO a.t WHERE x = 1 OPTIONS (last_rows = 2)") ==
              ParseAs<Subscribe>("SUBSCRIBE TO SELECT * FROM a.t WHERE x = 1 "
                                 "OPTIONS (LAST_ROWS = 2)"));
}

TEST(ParserTest, SeveralStatementsKeepTheirTexts) {
  const std::string_view sql =
      ";; SELECT ';' -- ;\n ; BEGIN;/* ; */ INSERT INTO t VALUES ($$;$$) ;";
  const Result<std::vector<Statement>> statements = ParseStatements(sql);
  ASSERT_TRUE(statements.ok()) << statements.status().ToString();
  ASSERT_EQ(statements->size(), 3u);
  EXPECT_EQ((*statements)[0].TextIn(sql), "SELECT ';'");
  EXPECT_EQ((*statements)[1].TextIn(sql), "BEGIN");
  EXPECT_EQ((*statements)[2].TextIn(sql), "INSERT INTO t VALUES ($$;$$)");
  EXPECT_TRUE(ParseStatements("").ok());
  EXPECT_FALSE(ParseStatements("SELECT 1 SELECT 2").ok());
}

TEST(ParserTest, IdentifiersAreFoldedEvenInQuotes) {
  EXPECT_EQ(*ParseTableName("App.\"Users\""), (TableName{{}, "app", "users"}));
  EXPECT_FALSE(ParseTableName("a b").ok());
}

// Not asserted, only shown: a timing in a unit test would fail at random.
TEST(ParserTest, ShowsItsSpeed) {
  using Clock = std::chrono::steady_clock;
  std::string insert = "INSERT INTO app.events (id, name, score, active) VALUES ";
  for (int i = 0; i < 10000; ++i) {
    insert.append(i == 0 ? "(" : ", (").append(std::to_string(i)).append(", 'name of the row', ");
    insert.append(std::to_string(i)).append(".25, TRUE)");
  }
  const auto seconds_of = [](auto run) {
    const Clock::time_point start = Clock::now();
    run();
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  const double insert_seconds = seconds_of([&] { EXPECT_TRUE(ParseStatement(insert).ok()); });
  constexpr int kPointStatements = 10000;
  const double point_seconds = seconds_of([&] {
    for (int i = 0; i < kPointStatements; ++i) {
      EXPECT_TRUE(ParseStatement("SELECT * FROM ns.t WHERE id = $1").ok());
    }
  });
  std::printf("INSERT of 10000 rows: %.0f MB/s; point SELECT: %.2f us\n",
              static_cast<double>(insert.size()) / insert_seconds / 1e6,
              point_seconds / kPointStatements * 1e6);
}

}  // namespace
}  // namespace millrace::sql
