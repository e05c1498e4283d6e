// What `millrace export` writes, `millrace import` reads back: every type with its
// extremes, NULL beside the empty text, quotes, line ends, through a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cli/export/exporter.h"
#include "cli/import/importer.h"
#include "client/client.h"
#include "test_server.h"
#include "testing/temporary_directory.h"

namespace millrace::e2e {
namespace {

constexpr char kColumns[] =
    "(id INT PRIMARY KEY, b BOOLEAN, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, "
    "n DECIMAL(38,10), t TEXT, y BYTES, j JSON, ts TIMESTAMP, dt DATE, dz DATETIME, tm TIME, "
    "u UUID, e EMBEDDING(3))";

constexpr const char* kRows[] = {
    "(1, TRUE, 1, 2, 3, 1.5, 2.5, 12.5, 'text', X'00ff', '{\"a\": [1, 2]}', "
    "'2024-02-29 12:34:56.789', '2024-02-29', '2024-02-29T12:34:56+02:00', '23:59:59.999999', "
    "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '[1, 2.5, -3]')",
    "(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
    "NULL, NULL)",
    "(3, FALSE, -32768, -2147483648, -9223372036854775808, -3.4028235e38, "
    "-1.7976931348623157e308, -9999999999999999999999999999.9999999999, '', X'', 'null', "
    "'0001-01-01 00:00:00', '0001-01-01', '1970-01-01T00:00:00Z', '00:00:00', "
    "'00000000-0000-0000-0000-000000000000', '[0, 0, 0]')",
    "(4, TRUE, 32767, 2147483647, 9223372036854775807, 3.4028235e38, 1.7976931348623157e308, "
    "9999999999999999999999999999.9999999999, 'ünïcödé 🚀', X'deadbeef', '\"x\"', "
    "'9999-12-31 23:59:59.999999', '9999-12-31', '9999-12-31T23:59:59Z', '23:59:59.999999', "
    "'ffffffff-ffff-ffff-ffff-ffffffffffff', '[1e30, -1e30, 1e-30]')",
    "(5, NULL, NULL, NULL, NULL, 'NaN', 'NaN', 0, 'a \"b\", c', NULL, '[]', NULL, NULL, NULL, "
    "NULL, NULL, NULL)",
    "(6, NULL, NULL, NULL, NULL, 'Infinity', '-Infinity', -0.1, E'one\\ntwo\\r\\nthree\\rfour', "
    "NULL, '{\"q\": \"\\\"\"}', NULL, NULL, NULL, NULL, NULL, NULL)",
    "(7, NULL, NULL, NULL, NULL, NULL, 4.9e-324, 1e-10, 'NULL', X'0a0d2c22', '1.50', NULL, NULL, "
    "NULL, NULL, NULL, NULL)",
    "(8, NULL, NULL, NULL, NULL, 0.1, 0.1, 0.3, ' spaces ', NULL, 'true', NULL, NULL, NULL, "
    "NULL, NULL, NULL)",
    "(9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, E'\\t\\\\x00 ''quoted''; -- no comment', NULL, "
    "NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
};

class ExportRoundTripTest : public ::testing::Test {
 protected:
  ExportRoundTripTest() : directory_(*testing::TemporaryDirectory::Make()) {
    client::ClientOptions options;
    options.http.base_url = "http://127.0.0.1:" + std::to_string(server_.port());
    options.token = server_.root_token();
    client_ = std::move(*client::Client::Connect(options));
  }

  // The exit code of the export.
  int Export(const std::string& what, const std::string& file, bool is_query = false) {
    cli::ExportOptions options;
    options.file = file;
    (is_query ? options.query : options.table) = what;
    cli::ExporterServices services;
    services.executor = client_.get();
    services.clock = &clock_;
    services.messages = &messages_;
    return cli::RunExporter(options, services);
  }

  int Import(const std::string& file, const std::string& table) {
    cli::ImportOptions options;
    options.table = table;
    cli::ImporterServices services;
    services.control = client_.get();
    services.upload = {client_.get()};
    services.clock = &clock_;
    services.out = &messages_;
    services.errors = &messages_;
    return cli::Importer(options, {file}, std::move(services)).Run();
  }

  TestServer server_;
  const testing::TemporaryDirectory directory_;
  std::unique_ptr<client::Client> client_;
  const SystemClock clock_;
  std::ostringstream messages_;
};

TEST_F(ExportRoundTripTest, EveryTypeComesBackAsItWas) {
  SqlClient root = server_.Root();
  root.Text(std::string("CREATE TABLE forms ") + kColumns);
  for (const char* row : kRows) root.Text(std::string("INSERT INTO forms VALUES ") + row);
  const std::string wanted = root.Run("SELECT * FROM forms").Text();
  ASSERT_EQ(root.Text("SELECT COUNT(*) FROM forms"), "9");
  int copies = 0;
  for (const char* name : {"forms.csv", "forms.jsonl", "forms.csv.gz", "forms.jsonl.gz"}) {
    const std::string file = directory_ / name;
    const std::string copy = "copy" + std::to_string(++copies);
    root.Text("CREATE TABLE " + copy + " " + kColumns);
    ASSERT_EQ(Export("forms", file), cli::kExitOk) << messages_.str();
    ASSERT_EQ(Import(file, copy), cli::kExitOk) << name << ": " << messages_.str();
    EXPECT_EQ(root.Run("SELECT * FROM " + copy).Text(), wanted) << name;
  }
}

TEST_F(ExportRoundTripTest, AColumnOfNullsAloneKeepsItsRows) {
  SqlClient root = server_.Root();
  root.Text("CREATE TABLE notes (id BIGINT PRIMARY KEY DEFAULT SNOWFLAKE_ID(), note TEXT)");
  root.Text("CREATE TABLE copy (id BIGINT PRIMARY KEY DEFAULT SNOWFLAKE_ID(), note TEXT)");
  root.Text("INSERT INTO notes (id, note) VALUES (1, NULL), (2, ''), (3, NULL), (4, 'x')");
  const std::string file = directory_ / "notes.csv";
  ASSERT_EQ(Export("SELECT note FROM notes ORDER BY id", file, true), cli::kExitOk);
  ASSERT_EQ(Import(file, "copy"), cli::kExitOk) << messages_.str();
  EXPECT_EQ(root.Text("SELECT COUNT(*), COUNT(note), COUNT(NULLIF(note, '')) FROM copy"), "4,2,1");
}

TEST_F(ExportRoundTripTest, ManyRowsPassThroughWithoutBeingHeld) {
  SqlClient root = server_.Root();
  root.Text("CREATE TABLE many (id INT PRIMARY KEY, t TEXT)");
  root.Text(
      "INSERT INTO many SELECT x, 'row number ' || CAST(x AS TEXT) FROM generate_series(1, 30000) "
      "AS g(x)");
  const std::string file = directory_ / "many.jsonl.gz";
  ASSERT_EQ(Export("many", file), cli::kExitOk) << messages_.str();
  root.Text("CREATE TABLE copy (id INT PRIMARY KEY, t TEXT)");
  ASSERT_EQ(Import(file, "copy"), cli::kExitOk) << messages_.str();
  EXPECT_EQ(root.Text("SELECT COUNT(*), SUM(id), MIN(t), MAX(t) FROM copy"),
            root.Text("SELECT COUNT(*), SUM(id), MIN(t), MAX(t) FROM many"));
}

TEST_F(ExportRoundTripTest, AStatementThatFailsHalfWayLeavesNoFile) {
  SqlClient root = server_.Root();
  root.Text("CREATE TABLE n (id INT PRIMARY KEY)");
  root.Text("INSERT INTO n SELECT x FROM generate_series(1, 20000) AS g(x)");
  const std::string file = directory_ / "bad.csv";
  EXPECT_EQ(Export("SELECT id, 1 / (id - 19999) FROM n ORDER BY id", file, true),
            cli::kExitSqlError);
  EXPECT_THAT(messages_.str(), ::testing::HasSubstr("22012"));
  EXPECT_FALSE(std::ifstream(file).is_open());
}

TEST_F(ExportRoundTripTest, ATableThatIsNotThereIsTold) {
  EXPECT_EQ(Export("nosuch", directory_ / "x.csv"), cli::kExitSqlError);
  EXPECT_THAT(messages_.str(), ::testing::HasSubstr("42P01"));
}

}  // namespace
}  // namespace millrace::e2e
