// Files, the record stream, uploading and whole imports against a fake server.
#include "cli/import/importer.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/fake_executor.h"

namespace millrace::cli {
namespace {

// A server's table: counts the rows of every INSERT; refuses those with a word in them.
class FakeTable final : public client::Executor {
 public:
  using Executor::Execute;
  Status Execute(const client::SqlRequest& request, client::ResultSink& sink) override {
    std::lock_guard lock(mutex_);
    sent_.push_back(request.sql);
    if (after_each_) after_each_();
    if (request.sql.starts_with("DESCRIBE")) {
      if (describe_.columns.empty()) return NotFound("no such table").WithSqlState("42P01");
      RETURN_IF_ERROR(sink.OnSchema(describe_.columns));
      for (client::Row row : describe_.rows) RETURN_IF_ERROR(sink.OnRow(row));
      return sink.OnResultEnd(describe_.summary);
    }
    client::ResultSummary summary;
    if (request.sql.starts_with("INSERT")) {
      if (busy_times_ > 0) {
        --busy_times_;
        return ResourceExhausted("too many requests");
      }
      if (!poison_.empty() && request.sql.find(poison_) != std::string::npos) return refusal_;
      const size_t values = request.sql.find(" VALUES ");
      for (size_t at = values; (at = request.sql.find("('", at + 1)) != std::string::npos;) {
        ++summary.row_count;
      }
      rows_ += summary.row_count;
    }
    return sink.OnResultEnd(summary);
  }

  std::mutex mutex_;
  std::vector<std::string> sent_;
  client::StatementResult describe_;
  std::string poison_;
  Status refusal_ = InvalidArgument("bad value").WithSqlState("22P02");
  int busy_times_ = 0;
  uint64_t rows_ = 0;
  std::function<void()> after_each_;
};

class ImporterTest : public ::testing::Test {
 protected:
  ImporterTest() {
    folder_ = ::testing::TempDir() + "/importer_test_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
    options_.table = "Things";
  }
  ~ImporterTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  int Run(const std::vector<std::string>& files) {
    ImporterServices services;
    services.control = &table_;
    services.upload = {&table_, &table_};
    services.clock = &clock_;
    services.out = &out_;
    services.errors = &errors_;
    services.interrupt = &interrupt_;
    return Importer(options_, files, services).Run();
  }

  std::string folder_;
  ImportOptions options_;
  FakeTable table_;
  ManualClock clock_;
  std::ostringstream out_;
  std::ostringstream errors_;
  std::atomic<bool> interrupt_ = false;
};

constexpr char kTwoPackages[] =
    "Package: bash\nVersion: 5\nArchitecture: amd64\nInstalled-Size: 7\nSize: 12\n\n"
    "Package: zsh\nVersion: 5\nArchitecture: amd64\nSize: 13\n";

TEST_F(ImporterTest, APackageIndexBecomesATable) {
  options_.create = NewTable::kShared;
  EXPECT_EQ(Run({Write("x_Packages", kTwoPackages)}), 0) << errors_.str();
  ASSERT_EQ(table_.sent_.size(), 2u);
  EXPECT_EQ(table_.sent_[0],
            "CREATE SHARED TABLE \"default\".\"things\" (\"package\" TEXT, \"version\" TEXT, "
            "\"architecture\" TEXT, \"installed_size\" BIGINT, \"size\" BIGINT, "
            "PRIMARY KEY (\"package\",\"version\",\"architecture\"))");
  EXPECT_EQ(table_.sent_[1],
            "INSERT INTO \"default\".\"things\" (\"package\",\"version\",\"architecture\","
            "\"installed_size\",\"size\") VALUES ('bash','5','amd64',7,12),"
            "('zsh','5','amd64',NULL,13) ON CONFLICT DO NOTHING");
  EXPECT_EQ(out_.str().substr(0, 40), "imported 2 rows into default.things in 0");
}

TEST_F(ImporterTest, FieldsThatComeLateBecomeColumns) {
  options_.create = NewTable::kShared;
  options_.key = {"name"};
  std::string text;
  for (int i = 0; i < 1001; ++i) text += "{\"name\":\"n" + std::to_string(i) + "\"}\n";
  EXPECT_EQ(Run({Write("a.json", text + "{\"name\":\"last\",\"task\":1}\n")}), 0) << errors_.str();
  const auto alter = std::find(table_.sent_.begin(), table_.sent_.end(),
                               "ALTER TABLE \"default\".\"things\" ADD COLUMN \"task\" TEXT");
  EXPECT_NE(alter, table_.sent_.end());
  EXPECT_EQ(table_.rows_, 1002u);
}

TEST_F(ImporterTest, APackageIndexIsSurveyedForItsRareFields) {
  options_.create = NewTable::kShared;
  std::string text;
  for (int i = 0; i < 1001; ++i) {
    text += "Package: p" + std::to_string(i) + "\nVersion: 1\nArchitecture: all\n\n";
  }
  text += "Package: last\nVersion: 1\nArchitecture: all\nTask: x\n";
  EXPECT_EQ(Run({Write("Packages", text)}), 0) << errors_.str();
  EXPECT_NE(table_.sent_[0].find("\"task\" TEXT"), std::string::npos) << table_.sent_[0];
  for (const std::string& sql : table_.sent_) EXPECT_FALSE(sql.starts_with("ALTER")) << sql;
  EXPECT_EQ(table_.rows_, 1002u);
}

TEST_F(ImporterTest, AnExistingTableGivesTypesAndChecksNames) {
  table_.describe_ =
      RowSet({{"column_name", "Text"}, {"data_type", "Text"}}, {{"name", "TEXT"}, {"n", "BIGINT"}});
  EXPECT_EQ(Run({Write("a.csv", "name,n\n5,6\n")}), 0) << errors_.str();
  EXPECT_TRUE(table_.sent_[1].ends_with("VALUES ('5',6)")) << table_.sent_[1];
  EXPECT_EQ(Run({Write("b.csv", "name,other\n5,6\n")}), 1);
  EXPECT_NE(errors_.str().find("has no column \"other\""), std::string::npos);
}

TEST_F(ImporterTest, AMissingTableIsReportedWithTheWayOut) {
  EXPECT_EQ(Run({Write("a.csv", "x\n1\n")}), 1);
  EXPECT_NE(errors_.str().find("HINT:  --create makes the table"), std::string::npos);
}

std::string Csv(int rows) {
  std::string text = "name\n";
  for (int i = 1; i <= rows; ++i) text += "n" + std::to_string(i) + "x\n";
  return text;
}

TEST_F(ImporterTest, TheRowAtFaultIsFoundAndWhatStandsBeforeItGetsIn) {
  options_.create = NewTable::kShared;
  options_.batch_rows = 100;
  table_.poison_ = "'n137x'";
  const std::string path = Write("a.csv", Csv(1000));
  EXPECT_EQ(Run({path}), 1);
  EXPECT_NE(errors_.str().find(path + ":138: ERROR:  bad value (SQLSTATE 22P02)"),
            std::string::npos)
      << errors_.str();
  EXPECT_GE(table_.rows_, 136u);
  EXPECT_LT(table_.rows_, 1000u);
  EXPECT_NE(out_.str().find("stopped: imported "), std::string::npos);
}

TEST_F(ImporterTest, ErrorsOfTheWholeStatementAreNotSearchedForARow) {
  options_.create = NewTable::kShared;
  table_.poison_ = "INSERT";
  table_.refusal_ = PermissionDenied("no");
  EXPECT_EQ(Run({Write("a.csv", Csv(500))}), 1);
  ASSERT_GE(table_.sent_.size(), 2u);
  EXPECT_TRUE(table_.sent_[0].starts_with("CREATE"));
  EXPECT_TRUE(table_.sent_[1].starts_with("INSERT"));
  for (size_t i = 2; i < table_.sent_.size(); ++i) {
    EXPECT_FALSE(table_.sent_[i].starts_with("INSERT"));
  }
}

TEST_F(ImporterTest, ATableNothingGotIntoIsRemovedAgain) {
  options_.create = NewTable::kShared;
  table_.poison_ = "'n1x'";
  EXPECT_EQ(Run({Write("a.csv", Csv(500))}), 1);
  EXPECT_EQ(table_.rows_, 0u);
  EXPECT_EQ(table_.sent_.back(), "DROP TABLE \"default\".\"things\"");
}

TEST_F(ImporterTest, NoTableIsMadeForAFirstRecordThatCannotBeSent) {
  options_.create = NewTable::kUser;
  const std::string path = Write("a.csv", "name,body\nn1,\xff\n");
  EXPECT_EQ(Run({path}), 1);
  EXPECT_NE(errors_.str().find(path + ":2: column \"body\": the text is not UTF-8"),
            std::string::npos)
      << errors_.str();
  EXPECT_TRUE(table_.sent_.empty());
}

TEST_F(ImporterTest, NeitherDoesATableStayWhoseImportNeverBegan) {
  options_.create = NewTable::kShared;
  options_.on_conflict = OnConflict::kUpdate;  // without a key
  EXPECT_EQ(Run({Write("a.csv", Csv(5))}), 1);
  EXPECT_EQ(table_.sent_.back(), "DROP TABLE \"default\".\"things\"");
}

TEST_F(ImporterTest, ATableWithRowsStaysAndSoDoesOneThatWasThere) {
  options_.create = NewTable::kShared;
  options_.batch_rows = 100;
  table_.poison_ = "'n137x'";
  EXPECT_EQ(Run({Write("a.csv", Csv(1000))}), 1);
  EXPECT_GT(table_.rows_, 0u);
  options_.create = NewTable::kNone;
  table_.poison_ = "INSERT";
  table_.describe_ = RowSet({{"column_name", "Text"}}, {{"name"}});
  EXPECT_EQ(Run({Write("b.csv", Csv(10))}), 1);
  for (const std::string& sql : table_.sent_) EXPECT_FALSE(sql.starts_with("DROP")) << sql;
}

TEST_F(ImporterTest, AValueThatFitsInNoStatementIsRefusedWithItsPlace) {
  options_.create = NewTable::kShared;
  const std::string path =
      Write("a.csv", "name,body\nn1,short\nn2," + std::string(3'000'000, 'x') + "\nn3,short\n");
  EXPECT_EQ(Run({path}), 1);
  EXPECT_NE(errors_.str().find(path + ":3: column \"body\": a value of 3000002 bytes makes"),
            std::string::npos)
      << errors_.str();
  EXPECT_EQ(table_.rows_, 1u);
  for (const std::string& sql : table_.sent_) EXPECT_LE(sql.size(), kSqlBytesMax);
}

TEST_F(ImporterTest, AStatementThatIsTooLargeIsNotSentAgain) {
  options_.create = NewTable::kShared;
  table_.poison_ = "INSERT";
  table_.refusal_ = ResourceExhausted("SQL text is too large").WithSqlState("54000");
  EXPECT_EQ(Run({Write("a.csv", Csv(2))}), 1);
  EXPECT_EQ(std::ranges::count_if(table_.sent_,
                                  [](const std::string& sql) { return sql.starts_with("INSERT"); }),
            1);
}

TEST_F(ImporterTest, ABusyServerIsAskedAgain) {
  table_.busy_times_ = 3;
  BatchBuilder builder({"t", OnConflict::kError, {}, 10});
  builder.SetColumns({"a"}, {ColumnType::kText});
  ASSERT_TRUE(*builder.Add({0, 1, {client::Cell::String("x")}}));
  InsertBatch batch = builder.Seal();
  Uploader uploader({&table_}, {.backoff = std::chrono::milliseconds(0)});
  ASSERT_EQ(uploader.Submit(batch, std::chrono::hours(1)), Uploader::Submitted::kYes);
  const UploadOutcome outcome = uploader.Finish();
  EXPECT_TRUE(outcome.failure.ok() && !outcome.failed_at);
  EXPECT_EQ(outcome.rows_imported, 1u);
  EXPECT_EQ(table_.sent_.size(), 4u);
}

TEST_F(ImporterTest, CtrlCStopsAfterTheRunningBatchAndSaysHowFarItCame) {
  options_.create = NewTable::kShared;
  options_.batch_rows = 10;
  table_.after_each_ = [this] {
    if (table_.sent_.size() == 3) interrupt_ = true;
  };
  const std::string path = Write("a.csv", Csv(1000));
  EXPECT_EQ(Run({path}), 1);
  EXPECT_NE(out_.str().find("interrupted: imported "), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("; everything up to " + path + ":"), std::string::npos) << out_.str();
  EXPECT_LT(table_.rows_, 100u);
}

TEST_F(ImporterTest, AMalformedRecordStopsTheImportAtItsLine) {
  options_.create = NewTable::kShared;
  std::string text = Csv(1500);
  text += "a,b\n";
  const std::string path = Write("a.csv", text);
  EXPECT_EQ(Run({path}), 1);
  EXPECT_NE(errors_.str().find(path + ": line 1502: the record has 2 fields"), std::string::npos);
}

TEST_F(ImporterTest, RowsThatWereThereAreCounted) {
  options_.create = NewTable::kShared;
  // The fake counts rows by "('", so numbers count as not inserted.
  EXPECT_EQ(Run({Write("a.csv", "id\n1\n2\n")}), 0);
  EXPECT_NE(out_.str().find(", 2 were already there"), std::string::npos) << out_.str();
}

TEST_F(ImporterTest, UpsertsNeedAKeyAndUseOneConnection) {
  table_.describe_ = RowSet({{"column_name", "Text"}, {"data_type", "Text"}}, {{"name", "TEXT"}});
  options_.on_conflict = OnConflict::kUpdate;
  const std::string path = Write("a.csv", "name\na\na\n");
  EXPECT_EQ(Run({path}), 1);
  EXPECT_NE(errors_.str().find("needs a key"), std::string::npos);
  options_.key = {"name"};
  EXPECT_EQ(Run({path}), 0);
  EXPECT_EQ(table_.sent_.size(), 4u);  // two descriptions, two inserts of one row
}

TEST_F(ImporterTest, FilesMayBeCompressedAndSeveral) {
  const std::string packed = folder_ + "/b.csv.gz";
  gzFile file = gzopen(packed.c_str(), "wb");
  gzputs(file, "name\nfrom gzip\n");
  gzclose(file);
  options_.create = NewTable::kShared;
  EXPECT_EQ(Run({Write("a.csv", "name\nplain\n"), packed}), 0) << errors_.str();
  EXPECT_TRUE(table_.sent_.back().ends_with("VALUES ('plain'),('from gzip')"))
      << table_.sent_.back();
}

TEST_F(ImporterTest, ADamagedGzipFileIsAnError) {
  const std::string packed = folder_ + "/b.csv.gz";
  gzFile file = gzopen(packed.c_str(), "wb");
  for (int i = 0; i < 1000; ++i) gzputs(file, (std::to_string(i * 7919) + "\n").c_str());
  gzclose(file);
  std::filesystem::resize_file(packed, FileBytes(packed) / 2);
  options_.create = NewTable::kShared;
  EXPECT_EQ(Run({packed}), 1);
  EXPECT_NE(errors_.str().find("cannot unpack"), std::string::npos) << errors_.str();
}

TEST_F(ImporterTest, FoldersAndPatternsBecomeFiles) {
  const std::string index = Write("m_Packages", "A: 1\n");
  const std::string other = Write("InRelease", "x");
  EXPECT_EQ(*ExpandFiles({folder_}), std::vector<std::string>{index});
  EXPECT_EQ(*ExpandFiles({folder_ + "/*ages"}), std::vector<std::string>{index});
  EXPECT_EQ(*ExpandFiles({other}), std::vector<std::string>{other});
  EXPECT_EQ(ExpandFiles({folder_ + "/none*"}).status().code(), Code::kNotFound);
}

TEST(RecordStreamTest, FormatsAreTold) {
  EXPECT_EQ(DetectFormat("a.csv.gz", ""), RecordFormat::kCsv);
  EXPECT_EQ(DetectFormat("a.jsonl", ""), RecordFormat::kJsonLines);
  EXPECT_EQ(DetectFormat("x_main_binary-amd64_Packages.lz4", ""), RecordFormat::kDeb822);
  EXPECT_EQ(DetectFormat("-", "{\"a\":1}"), RecordFormat::kJsonLines);
  EXPECT_EQ(DetectFormat("status", "Package: x\n"), RecordFormat::kDeb822);
  EXPECT_EQ(DetectFormat("data", "a,b:c\n"), RecordFormat::kCsv);
}

TEST(RecordStreamTest, FieldNamesBecomeColumnNames) {
  EXPECT_EQ(ColumnName("Installed-Size"), "installed_size");
  EXPECT_EQ(ColumnName("SHA256"), "sha256");
  EXPECT_EQ(ColumnName("  first name! "), "first_name");
  EXPECT_EQ(ColumnName("2024"), "c2024");
  EXPECT_EQ(ColumnName("_seq"), "seq");
  EXPECT_EQ(ColumnName("é"), "column");
  EXPECT_LE(ColumnName(std::string(100, 'x')).size(), 64u);
}

}  // namespace
}  // namespace millrace::cli
