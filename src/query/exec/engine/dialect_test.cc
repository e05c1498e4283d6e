// Holds DIALECT.md: each spelling that the planner is told to print gives the
// answer of PostgreSQL and of the native path.
#include <gtest/gtest.h>

#include "query/exec/engine/engine.h"
#include "query/exec/engine/memory_source.h"

namespace millrace::engine {
namespace {

struct Case {
  const char* sql;
  const char* type;
  const char* text;
};

const Case kCases[] = {
    {"CAST(32767 AS SMALLINT) + CAST(1 AS INTEGER)", "INT", "32768"},
    {"millrace_call('/', 7, 2)", "INT", "3"},
    {"millrace_call('%', -7, 3)", "INT", "-1"},
    {"millrace_call('^', 2, 3)", "DOUBLE", "8"},
    {"CAST(1::FLOAT AS DOUBLE) + CAST(1 AS DOUBLE)", "DOUBLE", "2"},
    {"millrace_cast('on', 'BOOLEAN')", "BOOLEAN", "true"},
    {"millrace_try_cast('1.5', 'INT')", "INT", "NULL"},
    {"millrace_cast(2.5::DOUBLE, 'INT')", "INT", "2"},
    {"millrace_cast(2.5, 'INT')", "INT", "3"},
    {"millrace_cast(NULL, 'INT')", "INT", "NULL"},
    {"millrace_try_cast(70000, 'SMALLINT')", "SMALLINT", "NULL"},
    {"millrace_cast(TIMESTAMP '2024-01-02 03:04:05', 'DATE')", "DATE", "2024-01-02"},
    {"millrace_cast('1.5', 'DOUBLE')", "DOUBLE", "1.5"},
    {"millrace_cast(1::DOUBLE, 'TEXT')", "TEXT", "1"},
    {"millrace_cast(DATE '2024-01-02', 'TEXT')", "TEXT", "2024-01-02"},
    {"millrace_cast(NULL, 'TEXT')", "TEXT", "NULL"},
    {"millrace_call('||', 'a', 1::DOUBLE)", "TEXT", "a1"},
    {"millrace_call('||', 'a', NULL)", "TEXT", "NULL"},
    {"millrace_cast(CAST(NULL AS TEXT), 'DATE')", "DATE", "NULL"},
    {"millrace_call('||', 1, 'b')", "TEXT", "1b"},
    {"octet_length(millrace_call('||', 'a'::BLOB, 'b'::BLOB))", "BIGINT", "2"},
    {"millrace_call('round', 2.5::DOUBLE)", "DOUBLE", "2"},
    {"millrace_call('round', 2.5)", "DECIMAL(2,0)", "3"},
    {"millrace_cast(INTERVAL '1 month 2 days', 'TEXT')", "TEXT", "1 mon 2 days"},
    {"CAST(NULL AS TEXT)", "TEXT", "NULL"},
    {"(SELECT CAST(sum(x) AS BIGINT) FROM (VALUES (1), (2)) v(x))", "BIGINT", "3"},
    {"millrace_call('-', DATE '2024-03-01', DATE '2024-02-01')", "INT", "29"},
    {"millrace_call('-', DATE '2024-03-01', 1)", "DATE", "2024-02-29"},
    {"millrace_call('-', 5, 7)", "INT", "-2"},
    {"millrace_call('date_trunc', 'month', TIMESTAMP '2024-03-15 01:02:03')", "TIMESTAMP",
     "2024-03-01 00:00:00"},
    {"millrace_call('date_trunc', 'hour', TIMESTAMPTZ '2024-03-15 01:02:03+00')", "DATETIME",
     "2024-03-15 01:00:00+00"},
    {"millrace_call('length', '\\x00\\x01'::BLOB)", "BIGINT", "2"},
    {"millrace_call('length', 'é')", "BIGINT", "1"},
    {"millrace_call('octet_length', 'é')", "BIGINT", "2"},
    {"extract(microseconds FROM TIMESTAMP '2024-01-01 00:00:01.5') / 1000000.0", "DOUBLE", "1.5"},
    {"'a%c' LIKE 'a\\%c' ESCAPE '\\'", "BOOLEAN", "true"},
    {"'abc' LIKE 'a\\%c' ESCAPE '\\'", "BOOLEAN", "false"},
    {"'A%C' ILIKE 'a\\%c' ESCAPE '\\'", "BOOLEAN", "true"},
    {"regexp_matches('abc', 'b')", "BOOLEAN", "true"},
    {"regexp_matches('abc', 'B', 'i')", "BOOLEAN", "true"},
    {R"('{"$x":1}'::JSON -> '/$x')", "JSON", "1"},
    {R"('{"/a":"v"}'::JSON ->> '/~1a')", "TEXT", "v"},
    {R"('{"*":7,"b":1}'::JSON -> '/*')", "JSON", "7"},
    {R"('{"":7}'::JSON -> '/')", "JSON", "7"},
    {R"('[5]'::JSON -> '0')", "JSON", "NULL"},
    {R"('{"a.b":1,"a":{"b":2}}'::JSON -> 'a.b')", "JSON", "1"},
    {"substring('hello', greatest(-2, 1))", "TEXT", "hello"},
    {"trim('xxaxx', 'x')", "TEXT", "a"},
    {"5 BETWEEN least(10, 1) AND greatest(10, 1)", "BOOLEAN", "true"},
    {"greatest(1, NULL, 3)", "INT", "3"},
    {"concat('a', NULL, 'b')", "TEXT", "ab"},
    {"left('hello', -2)", "TEXT", "hel"},
    {"'NaN'::DOUBLE > 'Infinity'::DOUBLE", "BOOLEAN", "true"},
    {"CAST(2.5::DOUBLE AS INTEGER)", "INT", "2"},
    {"CAST(2.5 AS INTEGER)", "INT", "3"},
    {"TIMESTAMP '2024-01-31' + INTERVAL '1 month'", "TIMESTAMP", "2024-02-29 00:00:00"},
    {"TIMESTAMPTZ '2024-01-01 00:00:00+02'", "DATETIME", "2023-12-31 22:00:00+00"},
    {"CAST(TIMESTAMP '2024-01-01 10:00:00' AS TIMESTAMPTZ)", "DATETIME", "2024-01-01 10:00:00+00"},
};

TEST(EngineDialectTest, WhatThePlannerPrintsGivesOurAnswer) {
  auto engine = Engine::Open({.short_instances_max = 1, .waiting_max = 0});
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  for (const Case& test : kCases) {
    auto result = (*engine)->Execute({.sql = std::string("SELECT ") + test.sql});
    ASSERT_TRUE(result.ok()) << test.sql << ": " << result.status().ToString();
    Batch batch;
    const Result<bool> more = (*result)->Next(&batch);
    ASSERT_TRUE(more.ok()) << test.sql << ": " << more.status().ToString();
    EXPECT_EQ(SqlName((*result)->schema().fields[0].type), test.type) << test.sql;
    EXPECT_EQ(batch.GetRow(0)[0].ToText(), test.text) << test.sql;
  }
}

}  // namespace
}  // namespace millrace::engine
