// Values, widths, result printers and error texts.
#include <gtest/gtest.h>

#include <sstream>

#include "cli/error_text.h"
#include "cli/fake_executor.h"
#include "cli/projecting_sink.h"
#include "cli/result_printer.h"
#include "cli/text_width.h"
#include "cli/value_text.h"

namespace millrace::cli {
namespace {

std::string Print(const PrintSettings& settings, const client::StatementResult& result,
                  std::string* messages = nullptr) {
  FakeExecutor executor;
  executor.Answer("q", result);
  std::ostringstream out;
  std::ostringstream other;
  const auto printer = MakePrinter(settings, out, other);
  EXPECT_TRUE(executor.Execute({.sql = "q"}, *printer).ok());
  if (messages != nullptr) *messages = other.str();
  return out.str();
}

client::StatementResult People() {
  return RowSet({{"id", "BigInt"}, {"name", "Text"}}, {{"7", "Ann"}, {"12", "~"}, {"3", "日本"}});
}

client::StatementResult Message(std::string text, uint64_t rows) {
  client::StatementResult result;
  result.summary.message = std::move(text);
  result.summary.row_count = rows;
  return result;
}

TEST(ValueTextTest, ShowsPointsInTime) {
  EXPECT_EQ(TimestampText(0), "1970-01-01 00:00:00");
  EXPECT_EQ(TimestampText(1'700'000'000'250'000), "2023-11-14 22:13:20.25");
  EXPECT_EQ(TimestampText(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(DateText(19'782), "2024-02-29");
  EXPECT_EQ(DateText(-719'528), "0000-01-01");
  EXPECT_EQ(DateText(INT64_MAX), "9223372036854775807");
  EXPECT_EQ(TimeText(86'399'000'001), "23:59:59.000001");
  EXPECT_EQ(ReadableText(client::Cell::Number("0"), "DateTime"), "1970-01-01 00:00:00+00");
  EXPECT_EQ(ReadableText(client::Cell::String("soon"), "Timestamp"), "soon");
}

TEST(ValueTextTest, ShowsBytesAsHexadecimal) {
  const auto bytes = [](std::string json) {
    return ReadableText({client::CellKind::kJson, std::move(json)}, "Bytes");
  };
  EXPECT_EQ(bytes("[0,171,255]"), "\\x00abff");
  EXPECT_EQ(bytes("[]"), "\\x");
  EXPECT_EQ(bytes("[256]"), "[256]");
}

TEST(TextWidthTest, CountsCells) {
  EXPECT_EQ(TextWidth("abc"), 3u);
  EXPECT_EQ(TextWidth("é"), 1u);
  EXPECT_EQ(TextWidth("e\u0301"), 1u);
  EXPECT_EQ(TextWidth("日本"), 4u);
  EXPECT_EQ(TextWidth("\U0001F600"), 2u);
  EXPECT_EQ(CutToWidth("日本語", 4), "日…");
  EXPECT_EQ(CutToWidth("abc", 3), "abc");
  EXPECT_EQ(CutToWidth("abcd", 3), "ab…");
}

TEST(TextWidthTest, ControlsAndBadBytesCannotReachTheTerminal) {
  EXPECT_EQ(EscapeControls("a\033[31m\t\r\n\x7f"), "a\\x1b[31m\\t\\r\n\\x7f");
  EXPECT_EQ(EscapeControls("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(EscapeControls("\u009b"), "\\xc2\\x9b");
  EXPECT_EQ(EscapeControls("\xe0\x80\x80"), "\\xe0\\x80\\x80");
}

TEST(TablePrinterTest, AlignsByWidthAndType) {
  EXPECT_EQ(Print({}, People()),
            " id | name\n"
            "----+------\n"
            "  7 | Ann\n"
            " 12 | NULL\n"
            "  3 | 日本\n"
            "(3 rows)\n\n");
}

TEST(TablePrinterTest, NullIsDimOnATerminal) {
  PrintSettings settings;
  settings.coloring = Coloring::kColored;
  const std::string text = Print(settings, RowSet({{"a", "Text"}}, {{"~"}, {"NULL"}}));
  EXPECT_NE(text.find("\033[2mNULL\033[0m"), std::string::npos);
  EXPECT_NE(text.find(" NULL\n"), std::string::npos);
}

TEST(TablePrinterTest, ValuesOfSeveralLinesStayInTheirColumn) {
  EXPECT_EQ(Print({}, RowSet({{"a", "Text"}, {"b", "Text"}}, {{"x\nlong", "y"}})),
            "  a   | b\n"
            "------+---\n"
            " x   +| y\n"
            " long |\n"
            "(1 row)\n\n");
}

TEST(TablePrinterTest, EmptyResultsAndMessages) {
  EXPECT_EQ(Print({}, RowSet({{"a", "Int"}}, {})), " a\n---\n(0 rows)\n\n");
  EXPECT_EQ(Print({}, Message("Inserted 3 row(s)", 3)), "Inserted 3 row(s)\n");
}

TEST(TablePrinterTest, CutsTheWidestColumnsOnlyWhenAsked) {
  const auto wide = RowSet({{"id", "Int"}, {"text", "Text"}}, {{"1", std::string(50, 'x')}});
  EXPECT_NE(Print({}, wide).find(std::string(50, 'x')), std::string::npos);
  PrintSettings settings;
  settings.width_max = 20;
  EXPECT_NE(Print(settings, wide).find("  1 | xxxxxxxxxxxx…\n"), std::string::npos)
      << Print(settings, wide);
}

TEST(TablePrinterTest, LongResultsStreamWithTheWidthsOfTheirBeginning) {
  std::vector<std::vector<std::string>> rows(10'001, {"1"});
  rows.back() = {"123456"};
  const std::string text = Print({}, RowSet({{"n", "Int"}}, rows));
  EXPECT_NE(text.find("\n 123456\n(10001 rows)\n"), std::string::npos);
}

TEST(ExpandedPrinterTest, OneLinePerValue) {
  PrintSettings settings;
  settings.expansion = Expansion::kOn;
  EXPECT_EQ(Print(settings, RowSet({{"id", "Int"}, {"note", "Text"}}, {{"1", "a\nb"}})),
            "-[ RECORD 1 ]---------------------------\n"
            "id   | 1\n"
            "note | a\n"
            "     | b\n"
            "(1 row)\n\n");
}

TEST(JsonPrinterTest, KeepsValuesAsOnTheWire) {
  PrintSettings settings;
  settings.format = OutputFormat::kJson;
  auto rows =
      RowSet({{"t", "Timestamp"}, {"s", "Text"}}, {{"1700000000000000", "a\"b"}, {"0", "~"}});
  EXPECT_EQ(Print(settings, rows),
            "[{\"t\":1700000000000000,\"s\":\"a\\\"b\"},\n {\"t\":0,\"s\":null}]\n");
  EXPECT_EQ(Print(settings, Message("done", 2)), "{\"message\":\"done\",\"row_count\":2}\n");
  EXPECT_EQ(Print(settings, RowSet({{"t", "Int"}}, {})), "[]\n");
}

TEST(CsvPrinterTest, TellsNullFromEmptyAndKeepsMessagesOut) {
  PrintSettings settings;
  settings.format = OutputFormat::kCsv;
  const auto rows = RowSet({{"a", "Text"}, {"b,c", "Text"}, {"t", "Timestamp"}},
                           {{"", "~", "0"}, {"x\ny", "say \"hi\"", "~"}});
  EXPECT_EQ(Print(settings, rows),
            "a,\"b,c\",t\n\"\",,1970-01-01 00:00:00\n\"x\ny\",\"say \"\"hi\"\"\",\n");
  std::string messages;
  EXPECT_EQ(Print(settings, Message("done", 0), &messages), "");
  EXPECT_EQ(messages, "done\n");
}

TEST(ProjectingSinkTest, ShowsChosenColumnsOrElseAll) {
  FakeExecutor executor;
  executor.Answer("q", RowSet({{"a", "Text"}, {"b", "Text"}}, {{"1", "2"}}));
  client::CollectingSink collected;
  ProjectingSink some(collected, {{"b", "Bee"}, {"missing", "x"}});
  ASSERT_TRUE(executor.Execute({.sql = "q"}, some).ok());
  ProjectingSink none(collected, {{"missing", "x"}});
  ASSERT_TRUE(executor.Execute({.sql = "q"}, none).ok());
  const auto results = collected.Take();
  ASSERT_EQ(results[0].columns.size(), 1u);
  EXPECT_EQ(results[0].columns[0].name, "Bee");
  EXPECT_EQ(results[0].rows[0][0].text, "2");
  EXPECT_EQ(results[1].columns.size(), 2u);
}

TEST(ErrorTextTest, PointsAtTheToken) {
  const Status status = InvalidArgument("syntax error at or near \"FORM\"")
                            .WithSqlState("42601")
                            .WithPosition({2, 4, "FORM"})
                            .WithDetail("d")
                            .WithHint("h");
  EXPECT_EQ(ErrorText(status, "SELECT 1,\n é FORM t\nWHERE x", Coloring::kPlain),
            "ERROR:  syntax error at or near \"FORM\" (SQLSTATE 42601)\n"
            "LINE 2:  é FORM t\n"
            "           ^\n"
            "DETAIL:  d\n"
            "HINT:  h\n");
}

TEST(ErrorTextTest, CutsLongLinesAroundTheToken) {
  const std::string sql = std::string(200, 'a') + " FORM " + std::string(200, 'b');
  const std::string text =
      ErrorText(InvalidArgument("x").WithPosition({1, 202, "FORM"}), sql, Coloring::kPlain);
  const size_t line = text.find("LINE 1: ...");
  ASSERT_NE(line, std::string::npos) << text;
  const size_t caret_line = text.find('\n', line) + 1;
  const size_t caret = text.find('^', caret_line) - caret_line;
  EXPECT_EQ(text.substr(line + caret, 4), "FORM") << text;
  EXPECT_LT(caret_line - line, 100u);
}

TEST(ErrorTextTest, APlaceOutsideTheTextIsLeftOut) {
  const Status status = InvalidArgument("x").WithPosition({9, 1, ""});
  EXPECT_EQ(ErrorText(status, "a", Coloring::kPlain), "ERROR:  x (SQLSTATE 22023)\n");
}

TEST(ErrorTextTest, ADetailThatOnlyRepeatsTheStatementIsLeftOut) {
  EXPECT_EQ(ErrorText(InvalidArgument("x").WithDetail("SELECT 1"), "SELECT 1", Coloring::kPlain),
            "ERROR:  x (SQLSTATE 22023)\n");
  EXPECT_EQ(ErrorText(InvalidArgument("x").WithDetail("why"), "SELECT 1", Coloring::kPlain),
            "ERROR:  x (SQLSTATE 22023)\nDETAIL:  why\n");
}

TEST(ErrorTextTest, APasswordInTheLineIsNotShown) {
  const Status status = InvalidArgument("x").WithPosition({1, 23, "PASWORD"});
  EXPECT_EQ(
      ErrorText(status, "CREATE USER bob WITH PASWORD 'hunter2'", Coloring::kPlain).find("hunter2"),
      std::string::npos);
}

TEST(ErrorTextTest, ExitCodesTellTheKindOfFailure) {
  EXPECT_EQ(ExitCodeFor(Status::Ok()), 0);
  EXPECT_EQ(ExitCodeFor(InvalidArgument("x")), 1);
  EXPECT_EQ(ExitCodeFor(Unavailable("x").WithSqlState("08001")), 2);
  EXPECT_EQ(ExitCodeFor(Unauthenticated("x")), 2);
}

}  // namespace
}  // namespace millrace::cli
