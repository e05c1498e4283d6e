// Types, filters, SQL features and parameters through the whole adapter.
#include "query/exec/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/exec/engine/memory_source.h"

namespace millrace::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string EmbeddingOf(std::vector<float> elements) {
  return {reinterpret_cast<const char*>(elements.data()), elements.size() * sizeof(float)};
}

// A column of each type that a table can have.
Schema AllTypes() {
  return {{{"c_bool", TypeId::kBoolean},
           {"c_small", TypeId::kSmallInt},
           {"c_int", TypeId::kInt},
           {"c_big", TypeId::kBigInt},
           {"c_float", TypeId::kFloat},
           {"c_double", TypeId::kDouble},
           {"c_dec4", SqlType::Decimal(4, 2)},
           {"c_dec9", SqlType::Decimal(9, 3)},
           {"c_dec18", SqlType::Decimal(18, 0)},
           {"c_dec38", SqlType::Decimal(38, 10)},
           {"c_text", TypeId::kText},
           {"c_bytes", TypeId::kBytes},
           {"c_json", TypeId::kJson},
           {"c_timestamp", TypeId::kTimestamp},
           {"c_datetime", TypeId::kDateTime},
           {"c_date", TypeId::kDate},
           {"c_time", TypeId::kTime},
           {"c_uuid", TypeId::kUuid},
           {"c_embedding", SqlType::Embedding(3)},
           {"c_file", TypeId::kFile}}};
}

Int128 Wide(int64_t high, uint64_t low) {
  return static_cast<Int128>((static_cast<Uint128>(static_cast<uint64_t>(high)) << 64) | low);
}

std::vector<Value> SomeRow() {
  return {Value::Boolean(true),
          Value::Integer(TypeId::kSmallInt, -32768),
          Value::Integer(TypeId::kInt, 2147483647),
          Value::BigInt(-9223372036854775807 - 1),
          Value::Real(TypeId::kFloat, 1.5),
          Value::Double(-0.1),
          Value::Wide(SqlType::Decimal(4, 2), -9999),
          Value::Wide(SqlType::Decimal(9, 3), 123456789),
          Value::Wide(SqlType::Decimal(18, 0), 999999999999999999),
          Value::Wide(SqlType::Decimal(38, 10), -Wide(5'000'000'000'000'000'000, 7)),
          Value::Text("a text of more than twelve bytes: äöü €"),
          Value::String(TypeId::kBytes, std::string("\x00\xff\x80 raw bytes that are long", 28)),
          Value::String(TypeId::kJson, R"({"a": {"b": [1, "two"]}})"),
          Value::Integer(TypeId::kTimestamp, 1'700'000'000'123'456),
          Value::Integer(TypeId::kDateTime, -1),
          Value::Integer(TypeId::kDate, 19'000),
          Value::Integer(TypeId::kTime, 86'399'999'999),
          Value::Wide(TypeId::kUuid, Wide(static_cast<int64_t>(0xf0e1d2c3b4a59687), 0x0123456789)),
          Value::String(SqlType::Embedding(3), EmbeddingOf({1.0F, -2.5F, 0.0F})),
          Value::String(TypeId::kFile, R"({"id":"f1","size":3})")};
}

std::vector<Value> LowRow() {
  return {Value::Boolean(false),
          Value::Integer(TypeId::kSmallInt, 0),
          Value::Integer(TypeId::kInt, -1),
          Value::BigInt(1),
          Value::Real(TypeId::kFloat, std::numeric_limits<double>::infinity()),
          Value::Double(std::numeric_limits<double>::quiet_NaN()),
          Value::Wide(SqlType::Decimal(4, 2), 0),
          Value::Wide(SqlType::Decimal(9, 3), -1),
          Value::Wide(SqlType::Decimal(18, 0), -5),
          Value::Wide(SqlType::Decimal(38, 10), 1),
          Value::Text(""),
          Value::String(TypeId::kBytes, ""),
          Value::String(TypeId::kJson, "null"),
          Value::Integer(TypeId::kTimestamp, -62'135'596'800'000'000),
          Value::Integer(TypeId::kDateTime, 253'402'300'799'999'999),
          Value::Integer(TypeId::kDate, -719'162),
          Value::Integer(TypeId::kTime, 0),
          Value::Wide(TypeId::kUuid, 1),
          Value::String(SqlType::Embedding(3), EmbeddingOf({0.0F, 0.0F, 0.0F})),
          Value::String(TypeId::kFile, "{}")};
}

std::vector<Value> NullRow() {
  std::vector<Value> row;
  const Schema schema = AllTypes();
  for (const Field& field : schema.fields) row.push_back(Value::Null(field.type));
  return row;
}

class EngineTest : public ::testing::Test {
 protected:
  // One engine for all: an instance costs 15 ms.
  static void SetUpTestSuite() {
    auto engine = Engine::Open({.short_instances_max = 2, .threads = 2});
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    engine_ = engine->release();
  }
  static void TearDownTestSuite() { delete engine_; }

  struct Answer {
    Schema schema;
    std::vector<std::vector<Value>> rows;
    Status status;
  };

  Answer Run(EngineQuery query) {
    Answer answer;
    auto result = engine_->Execute(std::move(query));
    if (!result.ok()) return {.status = result.status()};
    answer.schema = (*result)->schema();
    while (true) {
      Batch batch;
      const Result<bool> more = (*result)->Next(&batch);
      answer.status = more.status();
      if (!more.ok() || !*more) return answer;
      EXPECT_LE(batch.rows, kBatchRows);
      for (size_t i = 0; i < batch.rows; ++i) answer.rows.push_back(batch.GetRow(i));
    }
  }

  // Rows as "a,b;c,d".
  std::string Text(EngineQuery query) {
    const Answer answer = Run(std::move(query));
    if (!answer.status.ok()) return answer.status.ToString();
    std::string text;
    for (const auto& row : answer.rows) {
      if (!text.empty()) text += ";";
      for (size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + row[i].ToText();
    }
    return text;
  }
  std::string Text(std::string sql) { return Text(EngineQuery{.sql = std::move(sql)}); }

  // id 1..4, name (null for 3), score
  std::shared_ptr<MemorySource> People() {
    return MemorySource::OfRows(
        {{{"id", TypeId::kBigInt}, {"name", TypeId::kText}, {"score", TypeId::kInt}}},
        {{Value::BigInt(1), Value::Text("ann"), Value::Integer(TypeId::kInt, 10)},
         {Value::BigInt(2), Value::Text("a name longer than inline"),
          Value::Integer(TypeId::kInt, 20)},
         {Value::BigInt(3), Value::Null(TypeId::kText), Value::Integer(TypeId::kInt, 30)},
         {Value::BigInt(4), Value::Text("dora"), Value::Null(TypeId::kInt)}});
  }

  static Engine* engine_;
};
Engine* EngineTest::engine_ = nullptr;

TEST_F(EngineTest, EveryTypeAndItsNullComeBackAsTheyWere) {
  const auto source = MemorySource::OfRows(AllTypes(), {SomeRow(), NullRow(), LowRow()});
  const Answer answer = Run({.sql = "SELECT * FROM millrace_scan(0) t", .tables = {source}});
  ASSERT_TRUE(answer.status.ok()) << answer.status.ToString();
  ASSERT_EQ(answer.schema.size(), AllTypes().size());
  for (size_t i = 0; i < answer.schema.size(); ++i) {
    EXPECT_EQ(answer.schema.fields[i].name, AllTypes().fields[i].name);
    EXPECT_EQ(SqlName(answer.schema.fields[i].type), SqlName(AllTypes().fields[i].type));
  }
  ASSERT_EQ(answer.rows.size(), 3U);
  const std::vector<std::vector<Value>> expected = {SomeRow(), NullRow(), LowRow()};
  for (size_t row = 0; row < 3; ++row) {
    for (size_t i = 0; i < expected[row].size(); ++i) {
      EXPECT_EQ(answer.rows[row][i], expected[row][i])
          << answer.schema.fields[i].name << " row " << row << ": " << answer.rows[row][i].ToText()
          << " for " << expected[row][i].ToText();
    }
  }
}

TEST_F(EngineTest, EveryTypeSurvivesSortingGroupingAndJoining) {
  const auto source = MemorySource::OfRows(AllTypes(), {SomeRow(), NullRow(), LowRow()});
  const Answer answer =
      Run({.sql = "SELECT DISTINCT a.* FROM millrace_scan(0) a JOIN millrace_scan(0) b "
                  "ON a.c_big = b.c_big ORDER BY a.c_big",
           .tables = {source}});
  ASSERT_TRUE(answer.status.ok()) << answer.status.ToString();
  ASSERT_EQ(answer.rows.size(), 2U);
  EXPECT_EQ(answer.rows[0], SomeRow());
  EXPECT_EQ(answer.rows[1], LowRow());
}

TEST_F(EngineTest, EveryTypeWorksAsAParameter) {
  for (const std::vector<Value>& row : {SomeRow(), NullRow(), LowRow()}) {
    std::string sql = "SELECT ";
    for (size_t i = 1; i <= row.size(); ++i) sql += (i == 1 ? "$" : ", $") + std::to_string(i);
    const Answer answer = Run({.sql = sql, .params = row});
    ASSERT_TRUE(answer.status.ok()) << answer.status.ToString();
    ASSERT_EQ(answer.rows.size(), 1U);
    EXPECT_EQ(answer.rows[0], row);
  }
}

TEST_F(EngineTest, EveryOrderedTypeBecomesABoundOfItsOwnType) {
  const auto source = MemorySource::OfRows(AllTypes(), {SomeRow(), NullRow(), LowRow()});
  const std::vector<Value> low = LowRow();
  for (size_t i = 1; i < low.size(); ++i) {  // a comparison of booleans is no comparison
    if (low[i].type().id == TypeId::kEmbedding) continue;
    const std::string name = AllTypes().fields[i].name;
    const Answer answer =
        Run({.sql = "SELECT c_int FROM millrace_scan(0) t WHERE " + name + " = $1",
             .tables = {source},
             .params = {low[i]}});
    ASSERT_TRUE(answer.status.ok()) << name << " " << answer.status.ToString();
    EXPECT_EQ(answer.rows.size(), 1U) << name;
    const std::vector<ColumnBound> bounds = source->requests().back().bounds;
    ASSERT_EQ(bounds.size(), 1U) << name;
    EXPECT_EQ(bounds[0].column, i);
    EXPECT_EQ(bounds[0].kind, ColumnBound::Kind::kEqual);
    EXPECT_EQ(bounds[0].value, low[i]) << name;
  }
}

TEST_F(EngineTest, ResultTypesOfTheEngineBecomeOurs) {
  struct Case {
    std::string sql;
    std::string type;
    std::string text;
  };
  const Case cases[] = {
      {"CAST(5 AS TINYINT)", "SMALLINT", "5"},
      {"CAST(250 AS UTINYINT)", "SMALLINT", "250"},
      {"CAST(65535 AS USMALLINT)", "INT", "65535"},
      {"CAST(4294967295 AS UINTEGER)", "BIGINT", "4294967295"},
      {"CAST(18446744073709551615 AS UBIGINT)", "DECIMAL(20,0)", "18446744073709551615"},
      {"CAST('-99999999999999999999999999999999999999' AS HUGEINT)", "DECIMAL(38,0)",
       "-99999999999999999999999999999999999999"},
      {"CAST(7 AS UHUGEINT)", "DECIMAL(38,0)", "7"},
      {"TIMESTAMP_S '2024-01-02 03:04:05'", "TIMESTAMP", "2024-01-02 03:04:05"},
      {"TIMESTAMP_MS '2024-01-02 03:04:05.5'", "TIMESTAMP", "2024-01-02 03:04:05.5"},
      {"TIMESTAMP_NS '2024-01-02 03:04:05'", "TIMESTAMP", "2024-01-02 03:04:05"},
      {"CAST('b' AS ENUM('a', 'b'))", "TEXT", "b"},
      {"[1, NULL, 3]", "JSON", "[1,null,3]"},
      {"{'a': 1, 'b': ['x']}", "JSON", R"({"a":1,"b":["x"]})"},
      {"MAP {'k': 2}", "JSON", R"({"k":2})"},
      {"[1, 2]::INTEGER[2]", "JSON", "[1,2]"},
      {"CAST('101' AS BIT)", "TEXT", "101"},
      {"CAST('01:02:03' AS TIMETZ)", "TEXT", "01:02:03+00"},
      {"NULL", "INT", "NULL"},
      {"INTERVAL '1 month 2 days'", "INTERVAL", "1 mon 2 days"},
  };
  for (const Case& test : cases) {
    const Answer answer = Run({.sql = "SELECT " + test.sql});
    ASSERT_TRUE(answer.status.ok()) << test.sql << answer.status.ToString();
    EXPECT_EQ(SqlName(answer.schema.fields[0].type), test.type) << test.sql;
    EXPECT_EQ(answer.rows[0][0].ToText(), test.text) << test.sql;
  }
}

TEST_F(EngineTest, ValuesOutsideOfOurTypesAreErrors) {
  EXPECT_EQ(Run({.sql = "SELECT CAST('100000000000000000000000000000000000000' AS HUGEINT)"})
                .status.sqlstate(),
            "22003");
  EXPECT_EQ(Run({.sql = "SELECT DATE 'infinity'"}).status.sqlstate(), "22008");
  EXPECT_EQ(Run({.sql = "SELECT TIMESTAMP '10000-01-01 00:00:00'"}).status.sqlstate(), "22008");
  EXPECT_EQ(Run({.sql = "SELECT [1.0, NULL]::FLOAT[2]"}).status.sqlstate(), "22004");
}

TEST_F(EngineTest, PushesComparisonsAndStillFiltersExactly) {
  const auto source = People();
  EXPECT_EQ(
      Text({.sql = "SELECT id FROM millrace_scan(0) t WHERE id > 1 AND id <= 3 AND score > 20",
            .tables = {source}}),
      "3");
  const ScanRequest request = source->requests().back();
  ASSERT_EQ(request.bounds.size(), 3U);
  std::vector<std::string> bounds;
  for (const ColumnBound& bound : request.bounds) {
    bounds.push_back(std::to_string(bound.column) + ":" +
                     std::to_string(static_cast<int>(bound.kind)) + ":" + bound.value.ToText());
  }
  EXPECT_THAT(bounds, ::testing::UnorderedElementsAre("0:3:1", "0:2:3", "2:3:20"));
}

TEST_F(EngineTest, ReadsOnlyTheColumnsItNeeds) {
  const auto source = People();
  EXPECT_EQ(Text({.sql = "SELECT sum(score) FROM millrace_scan(0) t", .tables = {source}}), "60");
  EXPECT_THAT(source->requests().back().columns, ElementsAre(2));
  EXPECT_EQ(Text({.sql = "SELECT count(*) FROM millrace_scan(0) t", .tables = {source}}), "4");
  EXPECT_THAT(source->requests().back().columns, IsEmpty());
  EXPECT_EQ(Text({.sql = "SELECT count(*) FROM millrace_scan(0) t WHERE name = 'ann'",
                  .tables = {source}}),
            "1");
  EXPECT_THAT(source->requests().back().columns, ElementsAre(1));
}

TEST_F(EngineTest, FiltersOfEveryFormAreExact) {
  struct Case {
    const char* where;
    const char* ids;
  };
  const Case cases[] = {
      {"id = 2", "2"},
      {"id <> 2", "1;3;4"},
      {"id IN (1, 4, 9)", "1;4"},
      {"id IN (2)", "2"},
      {"id NOT IN (1, 2)", "3;4"},
      {"id = 1 OR id = 4", "1;4"},
      {"id < 2 OR id > 3", "1;4"},
      {"name IS NULL", "3"},
      {"name IS NOT NULL", "1;2;4"},
      {"name = 'a name longer than inline'", "2"},
      {"name LIKE 'a%'", "1;2"},
      {"name > 'b'", "4"},
      {"score IS NULL OR score > 25", "3;4"},
      {"score BETWEEN 10 AND 20", "1;2"},
      {"id + score > 30", "3"},
      {"name IS DISTINCT FROM 'ann'", "2;3;4"},
      {"id > 1 AND name LIKE '%a%' AND score IS NOT NULL", "2"},
      {"1 = 0", ""},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Text({.sql = std::string("SELECT id FROM millrace_scan(0) t WHERE ") + test.where,
                    .tables = {People()}}),
              test.ids)
        << test.where;
  }
}

TEST_F(EngineTest, InListsBecomeRanges) {
  const auto source = People();
  EXPECT_EQ(
      Text({.sql = "SELECT id FROM millrace_scan(0) t WHERE id IN (4, 2, 3)", .tables = {source}}),
      "2;3;4");
  const std::vector<ColumnBound> bounds = source->requests().back().bounds;
  bool narrows = false;
  for (const ColumnBound& bound : bounds) {
    narrows |= bound.kind == ColumnBound::Kind::kGreaterOrEqual && bound.value == Value::BigInt(2);
  }
  EXPECT_TRUE(narrows);
}

TEST_F(EngineTest, ParametersNarrowTheScanAndAdaptToTheirSurroundings) {
  const auto source = People();
  EXPECT_EQ(Text({.sql = "SELECT name FROM millrace_scan(0) t WHERE id = $1 AND score < $2",
                  .tables = {source},
                  .params = {Value::Integer(TypeId::kInt, 1), Value::Text("15")}}),
            "ann");
  EXPECT_EQ(source->requests().back().bounds.size(), 2U);
  EXPECT_EQ(Text({.sql = "SELECT $2 || $1, $1", .params = {Value::Text("b"), Value::Text("a")}}),
            "ab,b");
  EXPECT_EQ(Text({.sql = "SELECT id FROM millrace_scan(0) t ORDER BY id LIMIT $1 OFFSET $2",
                  .tables = {source},
                  .params = {Value::BigInt(2), Value::BigInt(1)}}),
            "2;3");
  const Answer missing = Run({.sql = "SELECT $2", .params = {Value::BigInt(1)}});
  EXPECT_EQ(missing.status.sqlstate(), "42P02");
}

TEST_F(EngineTest, RunsTheSqlThatTheNativePathDoesNot) {
  struct Case {
    const char* sql;
    const char* text;
  };
  const Case cases[] = {
      {"SELECT a.id, b.id FROM millrace_scan(0) a JOIN millrace_scan(0) b ON a.id = b.id + 1 "
       "ORDER BY 1",
       "2,1;3,2;4,3"},
      {"SELECT a.id, b.name FROM millrace_scan(0) a LEFT JOIN millrace_scan(1) b ON a.id = b.id "
       "AND b.score > 10 ORDER BY 1",
       "1,NULL;2,a name longer than inline;3,NULL;4,NULL"},
      {"WITH big AS (SELECT * FROM millrace_scan(0) t WHERE score >= 20) SELECT count(*) FROM big",
       "2"},
      {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) "
       "SELECT sum(i) FROM n",
       "15"},
      {"SELECT id, sum(score) OVER (ORDER BY id) FROM millrace_scan(0) t ORDER BY id",
       "1,10;2,30;3,60;4,60"},
      {"SELECT id, row_number() OVER (ORDER BY score DESC) FROM millrace_scan(0) t ORDER BY 2",
       "4,1;3,2;2,3;1,4"},
      {"SELECT id FROM millrace_scan(0) t UNION SELECT 7 EXCEPT SELECT 2 ORDER BY 1", "1;3;4;7"},
      {"SELECT id FROM millrace_scan(0) t WHERE score = (SELECT max(score) FROM millrace_scan(1) "
       "u)",
       "3"},
      {"SELECT id FROM millrace_scan(0) t WHERE EXISTS (SELECT 1 FROM millrace_scan(1) u "
       "WHERE u.id = t.id + 2) ORDER BY id",
       "1;2"},
      {"SELECT name IS NULL, count(*) FROM millrace_scan(0) t GROUP BY 1 HAVING count(*) > 1",
       "false,3"},
      {"SELECT score FROM millrace_scan(0) t ORDER BY score", "10;20;30;NULL"},
      {"SELECT score FROM millrace_scan(0) t ORDER BY score DESC", "NULL;30;20;10"},
      {"SELECT * FROM (VALUES (1, 'x'), (2, 'y')) v(a, b)", "1,x;2,y"},
      {"SELECT i FROM generate_series(1, 3) g(i)", "1;2;3"},
      {R"(SELECT '{"a":{"b":[1,2]}}'::JSON -> 'a' -> 'b' ->> 0)", "1"},
      {R"(SELECT '{"a":{"b":"x"}}'::JSON -> 'a')", R"({"b":"x"})"},
      {"SELECT string_agg(name, '|' ORDER BY id) FILTER (WHERE id <> 2) FROM millrace_scan(0) t",
       "ann|dora"},
      {"SELECT CASE WHEN id > 2 THEN 'high' ELSE 'low' END, count(*) FROM millrace_scan(0) t "
       "GROUP BY 1 ORDER BY 1",
       "high,2;low,2"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Text({.sql = test.sql, .tables = {People(), People()}}), test.text) << test.sql;
  }
}

TEST_F(EngineTest, JsonOperatorsGiveJson) {
  const Answer answer = Run({.sql = R"(SELECT '{"a":1}'::JSON -> 'a', '{"a":1}'::JSON ->> 'a')"});
  ASSERT_TRUE(answer.status.ok()) << answer.status.ToString();
  EXPECT_EQ(answer.schema.fields[0].type, SqlType(TypeId::kJson));
  EXPECT_EQ(answer.schema.fields[1].type, SqlType(TypeId::kText));
}

TEST_F(EngineTest, EachQuerySeesItsOwnTables) {
  const auto one =
      MemorySource::OfRows({{{"x", TypeId::kInt}}}, {{Value::Integer(TypeId::kInt, 1)}});
  const auto two = MemorySource::OfRows({{{"x", TypeId::kText}}}, {{Value::Text("two")}});
  const std::string sql = "SELECT x FROM millrace_scan(0) t";
  EXPECT_EQ(Text({.sql = sql, .tables = {one}}), "1");
  EXPECT_EQ(Text({.sql = sql, .tables = {two}}), "two");
  auto first = engine_->Execute({.sql = sql, .tables = {one}});
  auto second = engine_->Execute({.sql = sql, .tables = {two}});
  ASSERT_TRUE(first.ok() && second.ok());
  Batch batch;
  ASSERT_TRUE(*(*second)->Next(&batch));
  EXPECT_EQ(batch.GetRow(0)[0].ToText(), "two");
  ASSERT_TRUE(*(*first)->Next(&batch));
  EXPECT_EQ(batch.GetRow(0)[0].ToText(), "1");
}

TEST_F(EngineTest, AnErrorOfATableSourceComesThroughWhole) {
  const auto source = People();
  source->OnNext([](uint64_t) {
    return DataLoss("block 7 is damaged").WithSqlState("XX001").WithHint("Restore it.");
  });
  const Status status =
      Run({.sql = "SELECT sum(id) FROM millrace_scan(0) t", .tables = {source}}).status;
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_EQ(status.sqlstate(), "XX001");
  EXPECT_EQ(status.message(), "block 7 is damaged");
  EXPECT_EQ(status.hint(), "Restore it.");
}

TEST_F(EngineTest, KeepsTheOrderOfTheSourceAlsoInParallel) {
  std::vector<Batch> batches;
  const Schema schema{{{"x", TypeId::kBigInt}, {"s", TypeId::kText}}};
  constexpr int64_t kRows = 100'000;
  for (int64_t i = 0; i < kRows; ++i) {
    if (i % 1000 == 0) batches.push_back(Batch::ForSchema(schema));
    batches.back().AppendRow(
        std::vector<Value>{Value::BigInt(i), Value::Text("row number " + std::to_string(i))});
  }
  const auto source = std::make_shared<MemorySource>(schema, std::move(batches));
  const Answer answer = Run({.sql = "SELECT x, s FROM millrace_scan(0) t WHERE x % 3 <> 1",
                             .tables = {source},
                             .estimated_rows = kRows});
  ASSERT_TRUE(answer.status.ok()) << answer.status.ToString();
  EXPECT_GT(source->partitions_max(), 1U);
  size_t at = 0;
  for (int64_t i = 0; i < kRows; ++i) {
    if (i % 3 == 1) continue;
    ASSERT_LT(at, answer.rows.size());
    ASSERT_EQ(answer.rows[at][0], Value::BigInt(i));
    ASSERT_EQ(answer.rows[at][1].string(), "row number " + std::to_string(i));
    ++at;
  }
  EXPECT_EQ(at, answer.rows.size());
}

TEST_F(EngineTest, BatchesLargerThanAVectorAreSplit) {
  const Schema schema{{{"x", TypeId::kBigInt}, {"s", TypeId::kText}}};
  Batch batch = Batch::ForSchema(schema);
  for (int64_t i = 0; i < 5000; ++i) {
    batch.AppendRow(std::vector<Value>{
        Value::BigInt(i), i % 7 == 0 ? Value::Null(TypeId::kText)
                                     : Value::Text("a longer text, " + std::to_string(i))});
  }
  const auto source = std::make_shared<MemorySource>(schema, std::vector<Batch>{std::move(batch)});
  const Answer answer = Run({.sql = "SELECT * FROM millrace_scan(0) t", .tables = {source}});
  ASSERT_EQ(answer.rows.size(), 5000U);
  for (int64_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(answer.rows[i][0], Value::BigInt(i));
    ASSERT_EQ(answer.rows[i][1].is_null(), i % 7 == 0);
    if (i % 7 != 0) ASSERT_EQ(answer.rows[i][1].string(), "a longer text, " + std::to_string(i));
  }
}

TEST_F(EngineTest, DivisionIsThatOfTheNativePath) {
  struct Case {
    const char* sql;
    const char* type;
    const char* text;
  };
  const Case cases[] = {
      {"millrace_call('/', 7, 2)", "INT", "3"},
      {"millrace_call('/', -7, 2)", "INT", "-3"},
      {"millrace_call('%', -7, 3)", "INT", "-1"},
      {"millrace_call('%', (-2147483648)::INTEGER, (-1)::INTEGER)", "INT", "0"},
      {"millrace_call('/', 7::BIGINT, 2)", "BIGINT", "3"},
      {"millrace_call('/', 7.0::DOUBLE, 2)", "DOUBLE", "3.5"},
      {"millrace_call('/', 1.0::DOUBLE, 3.0)", "DOUBLE", "0.3333333333333333"},
      {"millrace_call('/', 1.00, 3.0)", "DECIMAL(38,6)", "0.333333"},
      {"millrace_call('/', -2.000::DECIMAL(10,3), 3)", "DECIMAL(38,7)", "-0.6666667"},
      {"millrace_call('/', 10, 2.5)", "DECIMAL(38,6)", "4.000000"},
      {"millrace_call('%', -5.5, 2)", "DECIMAL(11,1)", "-1.5"},
      {"millrace_call('%', 5.5::DOUBLE, 2)", "DOUBLE", "1.5"},
      {"millrace_call('^', 2, 10)", "DOUBLE", "1024"},
      {"millrace_call('/', NULL::INTEGER, 0)", "INT", "NULL"},
  };
  for (const Case& test : cases) {
    const Answer answer = Run({.sql = std::string("SELECT ") + test.sql});
    ASSERT_TRUE(answer.status.ok()) << test.sql << answer.status.ToString();
    EXPECT_EQ(SqlName(answer.schema.fields[0].type), test.type) << test.sql;
    EXPECT_EQ(answer.rows[0][0].ToText(), test.text) << test.sql;
  }
  for (const char* sql : {"millrace_call('/', 1, 0)", "millrace_call('%', 1, 0)",
                          "millrace_call('/', 1.5::DOUBLE, 0)", "millrace_call('/', 1.5, 0.0)",
                          "millrace_call('%', 1.5, 0.0)"}) {
    const Status status = Run({.sql = std::string("SELECT ") + sql}).status;
    EXPECT_EQ(status.sqlstate(), "22012") << sql;
    EXPECT_EQ(status.message(), "division by zero");
  }
  for (const char* sql :
       {"millrace_call('/', (-2147483648)::INTEGER, (-1)::INTEGER)",
        "millrace_call('/', 1e308::DOUBLE, 0.1::DOUBLE)", "millrace_call('^', 10, 400)"}) {
    EXPECT_EQ(Run({.sql = std::string("SELECT ") + sql}).status.sqlstate(), "22003") << sql;
  }
}

TEST_F(EngineTest, TextBecomesOtherTypesByOurRules) {
  EXPECT_EQ(Text("SELECT millrace_cast(' 12 ', 'INT'), millrace_try_cast('1.5', 'INT'), "
                 "millrace_try_cast(NULL, 'INT')"),
            "12,NULL,NULL");
  EXPECT_EQ(Text("SELECT millrace_cast('on', 'BOOLEAN'), millrace_cast('1e3', 'DOUBLE'), "
                 "millrace_cast('2024-02-29', 'DATE')"),
            "true,1000,2024-02-29");
  EXPECT_EQ(Text("SELECT millrace_cast('6f8a9b2c-0000-0000-0000-000000000001', 'UUID') = "
                 "'6f8a9b2c-0000-0000-0000-000000000001'::UUID"),
            "true");
  EXPECT_EQ(
      Text("SELECT millrace_cast(s, 'TIMESTAMP') FROM (VALUES ('2024-01-02 03:04:05'), (NULL)) "
           "v(s)"),
      "2024-01-02 03:04:05;NULL");
  EXPECT_EQ(Text("SELECT millrace_cast(1::DOUBLE, 'TEXT'), millrace_cast(0.1::FLOAT, 'TEXT'), "
                 "millrace_cast(NULL::DOUBLE, 'TEXT')"),
            "1,0.1,NULL");
}

}  // namespace
}  // namespace millrace::engine
