// The SQLSTATE and the wording of what goes wrong inside the engine.
#include <gtest/gtest.h>

#include "query/exec/engine/engine.h"
#include "query/exec/engine/memory_source.h"

namespace millrace::engine {
namespace {

struct Case {
  const char* sql;
  const char* sqlstate;
  const char* message;
  const char* hint;
};

const Case kCases[] = {
    {"SELECT x +", "42601", "syntax error at end of input", ""},
    {"SELECT nme FROM millrace_scan(0) t", "42703",
     "referenced column \"nme\" not found in FROM clause", "Candidate bindings: \"name\""},
    {"SELECT u.name FROM millrace_scan(0) t", "42P01", "referenced table \"u\" not found",
     "Candidate tables: \"t\""},
    {"SELECT name FROM millrace_scan(0) t, millrace_scan(0) u", "42702",
     "ambiguous reference to column name \"name\" (use: \"t.name\" or \"u.name\")", ""},
    {"SELECT name, count(*) FROM millrace_scan(0) t", "42803",
     "column \"name\" must appear in the GROUP BY clause or must be part of an aggregate function",
     nullptr},
    {"SELECT lowwer('x')", "42883", "function lowwer() does not exist or is not allowed", ""},
    {"SELECT upper(1, 2)", "42883", nullptr, nullptr},
    {"SELECT CAST('abc' AS INTEGER)", "22P02", "could not convert string 'abc' to INT", ""},
    {"SELECT CAST('INT32' AS INTEGER)", "22P02", "could not convert string 'INT32' to INT", ""},
    {"SELECT CAST('xx' AS BOOLEAN)", "22P02", "could not convert string 'xx' to BOOLEAN", ""},
    {"SELECT CAST(70000 AS SMALLINT)", "22003", nullptr, ""},
    {"SELECT CAST('2024-13-01' AS DATE)", "22008", nullptr, ""},
    {"SELECT CAST('monday' AS DATE)", "22007", nullptr, ""},
    {"SELECT CAST('noon' AS TIMESTAMP)", "22007", nullptr, ""},
    {"SELECT CAST('zz' AS UUID)", "22P02", nullptr, ""},
    {"SELECT 9223372036854775807 + 1", "22003", nullptr, ""},
    {"SELECT CAST(123.45 AS DECIMAL(4,2))", "22003", nullptr, ""},
    {"SELECT ln(0)", "2201E", "cannot take logarithm of zero", ""},
    {"SELECT millrace_cast(s, 'INT') FROM (VALUES ('1.5')) v(s)", "22P02", nullptr, ""},
    {"SELECT millrace_call('^', 0, -1)", "2201F", "zero raised to a negative power is undefined",
     ""},
    {"SELECT sqrt(-1)", "2201F", "cannot take square root of a negative number", ""},
    {"SELECT CAST(DATE '2024-01-01' AS INTEGER)", "42846", nullptr, nullptr},
    {"SELECT DATE '2024-01-01' = 1", "42846", nullptr, nullptr},
    {"SELECT CAST(1 AS no_such_type)", "42704", nullptr, nullptr},
    {"SELECT (SELECT x FROM (VALUES (1), (2)) v(x))", "21000",
     "more than one row returned by a subquery used as an expression", ""},
    {"SELECT sum(count(*)) FROM millrace_scan(0) t", "42803", nullptr, nullptr},
    {"SELECT 1 WHERE sum(1) > 1", "42803", nullptr, nullptr},
    {"SELECT 1 WHERE row_number() OVER () = 1", "42P20", nullptr, nullptr},
    {"SELECT millrace_call('/', 1, 0)", "22012", "division by zero", ""},
    {"SELECT millrace_call('/', TRUE, 1)", "42883", "operator does not exist: BOOLEAN / INT",
     "No operator takes these types; add an explicit CAST."},
    {"SELECT millrace_call('no_such', 1)", "42883", "function no_such(INT) does not exist", ""},
    {"SELECT millrace_call()", "42883", "the query cannot be resolved", nullptr},
    {"SELECT * FROM no_such", "42P01", "table \"no_such\" does not exist", ""},
    {"SELECT millrace_scan.name FROM millrace_scan(0) t", "42P01", "the query cannot be resolved",
     nullptr},
    {"SELECT '{' ::JSON -> 'a'", "22P02", nullptr, nullptr},
    {"SELECT 1 UNION SELECT 1, 2", "42601", nullptr, nullptr},
    {"SELECT 1 ORDER BY 5", "42P10", "ORDER BY position is not in select list", ""},
};

TEST(EngineErrorsTest, HaveTheSqlStateOfPostgreSqlAndNothingOfTheRewrittenText) {
  auto engine = Engine::Open({.short_instances_max = 1, .waiting_max = 0});
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  const auto source = MemorySource::OfRows({{{"name", TypeId::kText}}}, {{Value::Text("a")}});
  for (const Case& test : kCases) {
    auto result = (*engine)->Execute({.sql = test.sql, .tables = {source}});
    Batch batch;
    const Status status = result.ok() ? (*result)->Next(&batch).status() : result.status();
    EXPECT_EQ(status.sqlstate(), test.sqlstate) << test.sql << ": " << status.ToString();
    if (test.message != nullptr) EXPECT_EQ(status.message(), test.message) << test.sql;
    if (test.hint != nullptr) EXPECT_EQ(status.hint(), test.hint) << test.sql;
    for (const char* leak : {"millrace_", "LINE ", "\n", "SELECT "}) {
      EXPECT_EQ(status.ToString().find(leak), std::string::npos)
          << test.sql << ": " << status.ToString();
    }
  }
  EXPECT_EQ((*engine)->counters().instances_discarded, 0U);
}

TEST(EngineErrorsTest, ATextNestedTooDeeplyIsToldInOurWords) {
  auto engine = Engine::Open({.short_instances_max = 1});
  std::string sum = "SELECT 1";
  for (int i = 0; i < 1200; ++i) sum += " || '1'";
  const auto result = (*engine)->Execute({.sql = sum});
  EXPECT_EQ(result.status().sqlstate(), "54001");
  EXPECT_EQ(result.status().message(), "statement is nested too deeply");
  EXPECT_EQ(result.status().hint().find("SET "), std::string::npos);
}

}  // namespace
}  // namespace millrace::engine
