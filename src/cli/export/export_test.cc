// Exports without a server: what the file holds, and that it is whole or not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/export/exporter.h"
#include "cli/export/output_file.h"
#include "cli/export/record_writer.h"
#include "cli/fake_executor.h"
#include "cli/import/input_file.h"

namespace millrace::cli {
namespace {

using client::Cell;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class ExportTest : public ::testing::Test {
 protected:
  ExportTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    options_.file = Path("out.csv");
    options_.table = "Shop.Orders";
    services_.executor = &executor_;
    services_.clock = &clock_;
    services_.messages = &messages_;
    client::StatementResult result;
    result.columns = {
        {.name = "id", .data_type = "BigInt"},    {.name = "note", .data_type = "Text"},
        {.name = "at", .data_type = "Timestamp"}, {.name = "raw", .data_type = "Bytes"},
        {.name = "doc", .data_type = "Json"},     {.name = "e", .data_type = "Embedding(2)"}};
    result.rows = {{Cell::String("9007199254740993"),
                    Cell::String("a \"b\",\nc"),
                    Cell::Number("1795274893250000"),
                    {client::CellKind::kJson, "[1,255]"},
                    Cell::String("{\"x\":null}"),
                    {client::CellKind::kJson, "[0.5,1]"}},
                   {Cell::String("-1"), Cell::String(""), Cell::Null(), Cell::Null(),
                    Cell::String("null"), Cell::Null()}};
    result.summary = {.has_rows = true, .row_count = 2};
    executor_.Answer("SELECT * FROM \"shop\".\"orders\"", result);
  }
  ~ExportTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ / name; }
  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  const fs::path folder_ =
      fs::path(::testing::TempDir()) / ("export_test_" + std::to_string(::getpid()));
  FakeExecutor executor_;
  ManualClock clock_;
  std::ostringstream messages_;
  ExportOptions options_;
  ExporterServices services_;
};

TEST_F(ExportTest, CsvTellsNullFromTheEmptyText) {
  EXPECT_EQ(RunExporter(options_, services_), kExitOk);
  EXPECT_EQ(ReadFile(options_.file),
            "id,note,at,raw,doc,e\n"
            "9007199254740993,\"a \"\"b\"\",\nc\",2026-11-21 15:28:13.25,\\x01ff,"
            "\"{\"\"x\"\":null}\",\"[0.5,1]\"\n"
            "-1,\"\",,,null,\n");
  EXPECT_EQ(messages_.str(), "exported 2 rows to " + options_.file + " in 0.0 s (2 rows/s)\n");
  EXPECT_THAT(Files(), ElementsAre("out.csv"));
}

TEST_F(ExportTest, CsvFollowsItsStyle) {
  options_.header = false;
  options_.delimiter = ';';
  options_.null_text = "null";
  EXPECT_EQ(RunExporter(options_, services_), kExitOk);
  EXPECT_EQ(ReadFile(options_.file),
            "9007199254740993;\"a \"\"b\"\",\nc\";2026-11-21 15:28:13.25;\\x01ff;"
            "\"{\"\"x\"\":null}\";[0.5,1]\n"
            "-1;\"\";null;null;\"null\";null\n");
}

TEST_F(ExportTest, JsonLinesKeepEveryDigitAndEveryNull) {
  options_.file = Path("out.jsonl");
  EXPECT_EQ(RunExporter(options_, services_), kExitOk);
  EXPECT_EQ(ReadFile(options_.file),
            "{\"id\":\"9007199254740993\",\"note\":\"a \\\"b\\\",\\nc\","
            "\"at\":\"2026-11-21 15:28:13.25\",\"raw\":\"\\\\x01ff\","
            "\"doc\":\"{\\\"x\\\":null}\",\"e\":[0.5,1]}\n"
            "{\"id\":\"-1\",\"note\":\"\",\"at\":null,\"raw\":null,\"doc\":\"null\",\"e\":null}\n");
}

TEST_F(ExportTest, TheFormatFollowsTheNameUnlessItIsNamed) {
  EXPECT_EQ(FormatOfName("x.jsonl.gz"), ExportFormat::kJsonLines);
  EXPECT_EQ(FormatOfName("x.ndjson"), ExportFormat::kJsonLines);
  EXPECT_EQ(FormatOfName("x.csv.gz"), ExportFormat::kCsv);
  EXPECT_EQ(FormatOfName("-"), ExportFormat::kCsv);
  options_.format = ExportFormat::kJsonLines;
  EXPECT_EQ(RunExporter(options_, services_), kExitOk);
  EXPECT_TRUE(ReadFile(options_.file).starts_with("{\"id\""));
}

TEST_F(ExportTest, AFileIsPackedByItsName) {
  options_.file = Path("out.csv.gz");
  EXPECT_EQ(RunExporter(options_, services_), kExitOk);
  EXPECT_TRUE(ReadFile(options_.file).starts_with("\x1f\x8b"));
  auto input = InputFile::Open(options_.file);
  ASSERT_TRUE(input.ok());
  char buffer[4096];
  const auto got = (*input)->Read(buffer, sizeof(buffer));
  ASSERT_TRUE(got.ok());
  EXPECT_TRUE(std::string(buffer, *got).starts_with("id,note,at,raw,doc,e\n9007"));
}

TEST_F(ExportTest, AFailureLeavesTheOldFileAndNothingElse) {
  std::ofstream(options_.file) << "old";
  executor_.Fail("SELECT * FROM \"shop\".\"orders\"",
                 NotFound("table \"shop.orders\" does not exist").WithSqlState("42P01"));
  EXPECT_EQ(RunExporter(options_, services_), kExitSqlError);
  EXPECT_THAT(messages_.str(), HasSubstr("ERROR:  table \"shop.orders\" does not exist"));
  EXPECT_EQ(ReadFile(options_.file), "old");
  EXPECT_THAT(Files(), ElementsAre("out.csv"));
}

TEST_F(ExportTest, CtrlCIsSentToTheServerAndLeavesNothing) {
  std::atomic<bool> interrupt = false;
  services_.interrupt = &interrupt;
  executor_.set_before(
      [&](const client::SqlRequest& request) { EXPECT_EQ(request.cancel, &interrupt); });
  executor_.Fail("SELECT * FROM \"shop\".\"orders\"", Cancelled("interrupted"));
  EXPECT_EQ(RunExporter(options_, services_), kExitSqlError);
  EXPECT_TRUE(Files().empty());
}

TEST_F(ExportTest, AFileThatIsThereIsReplacedAndKeepsItsMode) {
  std::ofstream(options_.file) << "old";
  fs::permissions(options_.file, fs::perms(0640));
  EXPECT_EQ(RunExporter(options_, services_), kExitOk);
  EXPECT_TRUE(ReadFile(options_.file).starts_with("id,"));
  EXPECT_EQ(fs::status(options_.file).permissions(), fs::perms(0640));
}

TEST_F(ExportTest, OnlyStatementsWithOneResultAreTaken) {
  options_.table.clear();
  options_.query = "DELETE FROM t WHERE TRUE;\n";
  EXPECT_EQ(RunExporter(options_, services_), kExitSqlError);
  EXPECT_EQ(executor_.Sent().back(), "DELETE FROM t WHERE TRUE");
  EXPECT_THAT(messages_.str(), HasSubstr("the statement gives no rows"));
  EXPECT_TRUE(Files().empty());
}

TEST_F(ExportTest, WhereNothingCanBeWrittenIsAUsageError) {
  for (const std::string& path : {Path("nosuch/out.csv"), folder_.string()}) {
    options_.file = path;
    EXPECT_EQ(RunExporter(options_, services_), kExitUsageError) << path;
  }
  EXPECT_TRUE(executor_.requests.empty());
}

TEST_F(ExportTest, ADeviceIsWrittenInPlace) {
  options_.file = "/dev/null";
  EXPECT_EQ(RunExporter(options_, services_), kExitOk);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  options_.file = "/dev/full";
  messages_.str("");
  EXPECT_EQ(RunExporter(options_, services_), kExitSqlError);
  EXPECT_THAT(messages_.str(), HasSubstr("SQLSTATE 53100"));
}

TEST_F(ExportTest, TheBarGoesByTheServersEstimate) {
  services_.progress = ProgressStyle::kBar;
  client::StatementResult stats;
  stats.columns = {{.name = "table_name"}, {.name = "estimated_rows"}};
  stats.rows = {{Cell::String("shop.orders"), Cell::String("1024")}};
  stats.summary = {.has_rows = true, .row_count = 1};
  executor_.Answer("SHOW STATS FOR TABLE \"shop\".\"orders\"", stats);
  client::StatementResult rows;
  rows.columns = {{.name = "id", .data_type = "Int"}};
  rows.rows.assign(512, {Cell::Number("7")});
  rows.summary = {.has_rows = true, .row_count = 512};
  executor_.Answer("SELECT * FROM \"shop\".\"orders\"", rows);
  executor_.set_before([this](const client::SqlRequest&) { clock_.AdvanceMicros(1'000'000); });
  EXPECT_EQ(RunExporter(options_, services_), kExitOk);
  EXPECT_THAT(messages_.str(), HasSubstr("[=====>              ]  25 %  515 B  256 rows"));
}

TEST(OutputFileTest, LargeFilesPassThroughASmallBuffer) {
  const std::string path =
      fs::path(::testing::TempDir()) / ("large_" + std::to_string(::getpid()) + ".gz");
  {
    auto file = OutputFile::Open(path);
    ASSERT_TRUE(file.ok());
    const std::string line(1000, 'x');
    for (int i = 0; i < 5000; ++i) ASSERT_TRUE((*file)->Write(line).ok());
    EXPECT_EQ((*file)->bytes(), 5'000'000u);
    EXPECT_FALSE(fs::exists(path));
    ASSERT_TRUE((*file)->Commit().ok());
  }
  auto input = InputFile::Open(path);
  ASSERT_TRUE(input.ok());
  std::string buffer(1 << 20, '\0');
  size_t total = 0;
  for (size_t got = 1; got > 0; total += got) got = *(*input)->Read(buffer.data(), buffer.size());
  EXPECT_EQ(total, 5'000'000u);
  fs::remove(path);
}

}  // namespace
}  // namespace millrace::cli
