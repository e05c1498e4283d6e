// Column types, literals, batches, CREATE TABLE and progress texts.
#include "cli/import/insert_batch.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/import/progress.h"

namespace millrace::cli {
namespace {

using client::Cell;

std::string Literal(const Cell& cell, ColumnType type) {
  std::string out;
  const Status status = AppendLiteral(out, cell, type);
  return status.ok() ? out : "error: " + status.message();
}

ColumnType Infer(std::vector<std::string> texts) {
  ColumnType type = ColumnType::kUnseen;
  for (std::string& text : texts) {
    type = Widen(type, Cell::String(std::move(text)), Strings::kUntyped);
  }
  return type;
}

TEST(ColumnTypeTest, InfersTheNarrowestType) {
  EXPECT_EQ(Infer({"1", "-5", "9223372036854775807"}), ColumnType::kBigInt);
  EXPECT_EQ(Infer({"1", "2.5", "1e3"}), ColumnType::kDouble);
  EXPECT_EQ(Infer({"true", "FALSE"}), ColumnType::kBoolean);
  EXPECT_EQ(Infer({"1", "true"}), ColumnType::kText);
  EXPECT_EQ(Infer({"1", "x"}), ColumnType::kText);
  EXPECT_EQ(Infer({}), ColumnType::kUnseen);
  EXPECT_EQ(SqlTypeName(ColumnType::kUnseen), "TEXT");
}

TEST(ColumnTypeTest, CodesThatLookLikeNumbersStayText) {
  for (const char* text :
       {"007", "+1", " 1", "1.", ".5", "-", "", "1e999", "nan", "inf", "0x1", "01.5"}) {
    EXPECT_EQ(Infer({text}), ColumnType::kText) << text;
  }
  EXPECT_EQ(Infer({"9223372036854775808"}), ColumnType::kDouble);
  EXPECT_EQ(Infer({"0", "-0.5"}), ColumnType::kDouble);
}

TEST(ColumnTypeTest, JsonStringsAreText) {
  EXPECT_EQ(Widen(ColumnType::kUnseen, Cell::String("1"), Strings::kText), ColumnType::kText);
  EXPECT_EQ(Widen(ColumnType::kUnseen, Cell::Number("1"), Strings::kText), ColumnType::kBigInt);
  EXPECT_EQ(Widen(ColumnType::kBigInt, Cell::Null(), Strings::kText), ColumnType::kBigInt);
}

TEST(ColumnTypeTest, KnowsTheNamesOfTheServersTypes) {
  EXPECT_EQ(TypeFromName("BIGINT"), ColumnType::kBigInt);
  EXPECT_EQ(TypeFromName("SmallInt"), ColumnType::kBigInt);
  EXPECT_EQ(TypeFromName("DOUBLE PRECISION"), ColumnType::kDouble);
  EXPECT_EQ(TypeFromName("VARCHAR(20)"), ColumnType::kText);
  EXPECT_EQ(TypeFromName("Timestamp"), ColumnType::kAny);
}

TEST(LiteralTest, QuotesWhatNeedsQuotes) {
  EXPECT_EQ(Literal(Cell::String("it's; \\ \"x\""), ColumnType::kText), "'it''s; \\ \"x\"'");
  EXPECT_EQ(Literal(Cell::String("12"), ColumnType::kText), "'12'");
  EXPECT_EQ(Literal(Cell::String("12"), ColumnType::kBigInt), "12");
  EXPECT_EQ(Literal(Cell::String("1); DROP TABLE t; --"), ColumnType::kBigInt),
            "'1); DROP TABLE t; --'");
  EXPECT_EQ(Literal(Cell::String("True"), ColumnType::kBoolean), "TRUE");
  EXPECT_EQ(Literal(Cell::String("5"), ColumnType::kAny), "'5'");
  EXPECT_EQ(Literal(Cell::Number("5"), ColumnType::kAny), "5");
  EXPECT_EQ(Literal(Cell::Number("5"), ColumnType::kText), "'5'");
  EXPECT_EQ(Literal(Cell::Null(), ColumnType::kText), "NULL");
}

TEST(LiteralTest, RefusesWhatCannotBeSent) {
  EXPECT_EQ(Literal(Cell::String("\xff"), ColumnType::kText), "error: the text is not UTF-8");
  EXPECT_EQ(Literal(Cell::String(std::string("a\0b", 3)), ColumnType::kText),
            "error: the text holds a zero byte");
}

InsertTarget Target(OnConflict on_conflict = OnConflict::kError, uint32_t rows = 1000) {
  return {"\"n\".\"t\"", on_conflict, {"a"}, rows};
}

SourceRecord RecordOf(std::vector<Cell> cells, uint64_t line = 1) {
  return {0, line, std::move(cells)};
}

TEST(BatchBuilderTest, WritesOneInsertAndItsParts) {
  BatchBuilder builder(Target());
  builder.SetColumns({"a", "b"}, {ColumnType::kBigInt, ColumnType::kText});
  EXPECT_TRUE(*builder.Add(RecordOf({Cell::String("1"), Cell::String("x")}, 7)));
  EXPECT_TRUE(*builder.Add(RecordOf({Cell::String("2")}, 9)));
  EXPECT_TRUE(*builder.Add(RecordOf({Cell::String("3"), Cell::Null()}, 11)));
  const InsertBatch batch = builder.Seal();
  const std::string head = "INSERT INTO \"n\".\"t\" (\"a\",\"b\") VALUES ";
  EXPECT_EQ(batch.Sql(0, 3), head + "(1,'x'),(2,NULL),(3,NULL)");
  EXPECT_EQ(batch.Sql(1, 1), head + "(2,NULL)");
  EXPECT_EQ(batch.origins[1].line, 9u);
  EXPECT_EQ(batch.origins[2].record, 3u);
  EXPECT_TRUE(builder.empty());
}

TEST(BatchBuilderTest, KeepsToRowsAndBytes) {
  BatchBuilder rows(Target(OnConflict::kError, 2));
  rows.SetColumns({"a"}, {ColumnType::kText});
  EXPECT_TRUE(*rows.Add(RecordOf({Cell::String("x")})));
  EXPECT_TRUE(*rows.Add(RecordOf({Cell::String("x")})));
  EXPECT_FALSE(*rows.Add(RecordOf({Cell::String("x")})));

  BatchBuilder bytes(Target());
  bytes.SetColumns({"a"}, {ColumnType::kText});
  const SourceRecord large = RecordOf({Cell::String(std::string(400'000, 'x'))});
  EXPECT_TRUE(*bytes.Add(large));
  EXPECT_TRUE(*bytes.Add(large));
  EXPECT_FALSE(*bytes.Add(large));
  EXPECT_LE(bytes.Seal().bytes(), kStatementBytesMax);
}

TEST(BatchBuilderTest, ConflictClauses) {
  BatchBuilder nothing(Target(OnConflict::kNothing));
  nothing.SetColumns({"a"}, {ColumnType::kBigInt});
  ASSERT_TRUE(*nothing.Add(RecordOf({Cell::String("1")})));
  EXPECT_TRUE(nothing.Seal().Sql(0, 1).ends_with("(1) ON CONFLICT DO NOTHING"));

  BatchBuilder update(Target(OnConflict::kUpdate));
  update.SetColumns({"a", "b"}, {ColumnType::kBigInt, ColumnType::kText});
  ASSERT_TRUE(*update.Add(RecordOf({Cell::String("1"), Cell::String("x")})));
  EXPECT_TRUE(update.Seal().Sql(0, 1).ends_with(
      "(1,'x') ON CONFLICT (\"a\") DO UPDATE SET \"b\"=excluded.\"b\""));
}

TEST(BatchBuilderTest, AnUpsertNeverHoldsAKeyTwice) {
  BatchBuilder builder(Target(OnConflict::kUpdate));
  builder.SetColumns({"a", "b"}, {ColumnType::kBigInt, ColumnType::kText});
  const SourceRecord one = RecordOf({Cell::String("1"), Cell::String("x")});
  EXPECT_TRUE(*builder.Add(one));
  EXPECT_FALSE(*builder.Add(one));
  builder.Seal();
  EXPECT_TRUE(*builder.Add(one));
  EXPECT_FALSE(*builder.Add(one));
}

TEST(BatchBuilderTest, NamesTheColumnAtFault) {
  BatchBuilder builder(Target());
  builder.SetColumns({"a"}, {ColumnType::kText});
  EXPECT_EQ(builder.Add(RecordOf({Cell::String("\xff")})).status().message(),
            "column \"a\": the text is not UTF-8");
  EXPECT_TRUE(builder.empty());
}

TEST(CreateTableTest, UsesTheKeyOrMakesOne) {
  const std::vector<std::string> names = {"a", "b"};
  const std::vector<ColumnType> types = {ColumnType::kBigInt, ColumnType::kUnseen};
  EXPECT_EQ(CreateTableSql(NewTable::kShared, "\"t\"", names, types, {"a", "b"}),
            "CREATE SHARED TABLE \"t\" (\"a\" BIGINT, \"b\" TEXT, PRIMARY KEY (\"a\",\"b\"))");
  EXPECT_EQ(CreateTableSql(NewTable::kUser, "\"t\"", names, types, {}),
            "CREATE USER TABLE \"t\" (\"id\" BIGINT NOT NULL DEFAULT SNOWFLAKE_ID(), "
            "\"a\" BIGINT, \"b\" TEXT, PRIMARY KEY (\"id\"))");
  EXPECT_EQ(CreateTableSql(NewTable::kShared, "\"t\"", {"id"}, {ColumnType::kText}, {}),
            "CREATE SHARED TABLE \"t\" (\"id\" TEXT, PRIMARY KEY (\"id\"))");
}

TEST(ProgressTest, Texts) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(63465), "63,465");
  EXPECT_EQ(Grouped(1234567), "1,234,567");
  EXPECT_EQ(BytesText(999), "999 B");
  EXPECT_EQ(BytesText(18'200'000), "18.2 MB");
  EXPECT_EQ(DurationText(1'234'000'000), "1.2 s");
  EXPECT_EQ(DurationText(185'000'000'000), "3 min 05 s");
  EXPECT_EQ(FinalText(63465, "default.packages", 1'220'000'000),
            "imported 63,465 rows into default.packages in 1.2 s (52,000 rows/s)");
  EXPECT_EQ(FinalText(1, "t", 1'000'000'000), "imported 1 row into t in 1.0 s (1 rows/s)");
}

TEST(ProgressTest, TheBarShowsShareRateAndTimeLeft) {
  ProgressState state{28'000, 9'000'000, 18'000'000, 2'000'000'000};
  EXPECT_EQ(
      ProgressText(state),
      "[==========>         ]  50 %  9.0 MB of 18.0 MB  28,000 rows  14,000 rows/s  ETA 2.0 s");
  state.bytes_total = 0;
  EXPECT_EQ(ProgressText(state), "9.0 MB  28,000 rows  14,000 rows/s");
}

TEST(ProgressTest, PrintsNowAndThen) {
  ManualClock clock;
  std::ostringstream out;
  ProgressReporter lines(clock, out, ProgressStyle::kLines);
  lines.Update({});
  EXPECT_EQ(out.str(), "");
  clock.AdvanceMicros(5'000'000);
  lines.Update({10, 5, 10, 0});
  lines.Update({10, 5, 10, 0});
  EXPECT_EQ(out.str(), "[==========>         ]  50 %  5 B of 10 B  10 rows  2 rows/s  ETA 5.0 s\n");
  std::ostringstream quiet;
  ProgressReporter none(clock, quiet, ProgressStyle::kNone);
  clock.AdvanceMicros(60'000'000);
  none.Update({});
  EXPECT_EQ(quiet.str(), "");
}

}  // namespace
}  // namespace millrace::cli
