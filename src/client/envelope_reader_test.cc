// The reply envelope read whole and in pieces.
#include "client/envelope_reader.h"

#include <gtest/gtest.h>

namespace millrace::client {
namespace {

struct Read {
  Status status;
  std::vector<StatementResult> results;
  std::optional<ServerError> error;
};

Read ReadAll(std::string_view text, size_t piece = 1000) {
  CollectingSink sink;
  EnvelopeReader reader(sink);
  Status status;
  for (size_t at = 0; at < text.size() && status.ok(); at += piece) {
    status = reader.Feed(text.substr(at, piece));
  }
  if (status.ok()) status = reader.Finish();
  return {status, sink.Take(), reader.error()};
}

constexpr std::string_view kTwoResults = R"json({"status":"success","results":[
  {"schema":[{"name":"id","data_type":"BigInt","index":0,"flags":["pk","nn"]},
             {"name":"price","data_type":{"Decimal":{"precision":10,"scale":2}},"index":1},
             {"name":"v","data_type":{"Embedding":3},"index":2}],
   "rows":[["7","1.50",[0.5,1,-2]],["8",null,[]]],"row_count":2,"as_user":"ann"},
  {"row_count":3,"message":"Inserted 3 row(s)","as_user":"ann"}],
  "took":1.234,"error":null,"later":{"unknown":[1,{"x":2}]}})json";

TEST(EnvelopeReaderTest, ReadsRowsAndMessagesPieceByPiece) {
  for (const size_t piece : {1, 5, 1000}) {
    const Read read = ReadAll(kTwoResults, piece);
    ASSERT_TRUE(read.status.ok()) << read.status.ToString();
    EXPECT_FALSE(read.error.has_value());
    ASSERT_EQ(read.results.size(), 2u);
    const StatementResult& rows = read.results[0];
    ASSERT_EQ(rows.columns.size(), 3u);
    EXPECT_TRUE(rows.columns[0].primary_key);
    EXPECT_TRUE(rows.columns[0].not_null);
    EXPECT_FALSE(rows.columns[1].primary_key);
    EXPECT_EQ(rows.columns[1].data_type, "Decimal(10,2)");
    EXPECT_EQ(rows.columns[2].data_type, "Embedding(3)");
    ASSERT_EQ(rows.rows.size(), 2u);
    EXPECT_EQ(rows.rows[0][0], Cell::String("7"));
    EXPECT_EQ(rows.rows[0][2], (Cell{CellKind::kJson, "[0.5,1,-2]"}));
    EXPECT_TRUE(rows.rows[1][1].is_null());
    EXPECT_EQ(rows.summary.row_count, 2u);
    EXPECT_TRUE(rows.summary.has_rows);
    EXPECT_EQ(rows.summary.as_user, "ann");
    EXPECT_FALSE(read.results[1].summary.has_rows);
    EXPECT_EQ(read.results[1].summary.message, "Inserted 3 row(s)");
  }
}

TEST(EnvelopeReaderTest, ReadsEveryFieldOfAnError) {
  const Read read = ReadAll(R"({"status":"error","results":[],"took":0.1,"error":{
      "code":"INVALID_SQL","message":"syntax error at or near \"slect\"","details":null,
      "sqlstate":"42601","line":2,"column":3,"token":"slect","hint":"Try SELECT.",
      "detail":"Nothing starts like this."}})");
  ASSERT_TRUE(read.status.ok());
  ASSERT_TRUE(read.error.has_value());
  const Status status = ToStatus(*read.error, 400);
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(status.sqlstate(), "42601");
  EXPECT_EQ(status.hint(), "Try SELECT.");
  EXPECT_EQ(status.detail(), "Nothing starts like this.");
  ASSERT_NE(status.position(), nullptr);
  EXPECT_EQ(status.position()->line, 2u);
  EXPECT_EQ(status.position()->column, 3u);
  EXPECT_EQ(status.position()->token, "slect");
}

TEST(EnvelopeReaderTest, ReadsTheErrorsOfTheAuthEndpoints) {
  const Read read = ReadAll(R"({"error":"unauthorized","message":"Invalid credentials"})");
  ASSERT_TRUE(read.error.has_value());
  EXPECT_EQ(read.error->code, "unauthorized");
  EXPECT_EQ(ToStatus(*read.error, 401).code(), Code::kUnauthenticated);
  EXPECT_EQ(ToStatus(*read.error, 401).message(), "Invalid credentials");
}

TEST(EnvelopeReaderTest, RefusesBodiesThatAreNoAnswer) {
  for (const char* text :
       {"", "<html>bad gateway</html>", "[]", "7", R"({"results":[{"schema":[{"name":"a"}],)",
        R"({"results":[{"rows":[[1]]}]})",
        R"({"results":[{"schema":[{"name":"a"}],"rows":[[1,2]]}]})", R"({"results":[5]})"}) {
    EXPECT_EQ(ReadAll(text).status.code(), Code::kUnavailable) << text;
  }
}

TEST(EnvelopeReaderTest, RowsLeaveBeforeTheBodyIsComplete) {
  CollectingSink sink;
  EnvelopeReader reader(sink);
  ASSERT_TRUE(reader.Feed(kTwoResults.substr(0, kTwoResults.find("{\"row_count\":3"))).ok());
  const auto results = sink.Take();
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].rows.size(), 2u);
}

TEST(EnvelopeReaderTest, TheSinksFailureStopsTheReading) {
  class Refusing final : public ResultSink {
    Status OnSchema(std::vector<Column>) override { return Status::Ok(); }
    Status OnRow(Row&) override { return Cancelled("enough"); }
    Status OnResultEnd(const ResultSummary&) override { return Status::Ok(); }
  } sink;
  EnvelopeReader reader(sink);
  EXPECT_EQ(reader.Feed(kTwoResults).message(), "enough");
  EXPECT_EQ(reader.sink_failure().message(), "enough");
}

}  // namespace
}  // namespace millrace::client
