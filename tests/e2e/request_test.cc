// What a client may get wrong in a request, and what HTTP allows it to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "test_server.h"

namespace millrace::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RequestTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<TestServer>(); }
  static void TearDownTestSuite() { server_.reset(); }

  Response PostSql(std::string_view body, std::string_view headers = {}) const {
    return server_->Request("POST", "/v1/api/sql", body,
                            Bearer(server_->root_token()) + std::string(headers));
  }
  // The server answers others, whatever one sent.
  static void ExpectAlive() { EXPECT_EQ(server_->Root().Text("SELECT 1"), "1"); }

  static std::unique_ptr<TestServer> server_;
};
std::unique_ptr<TestServer> RequestTest::server_;

TEST_F(RequestTest, ABodyThatIsNoJsonIsRefused) {
  for (const std::string_view body :
       {"", "{", "}", "nul", "{\"sql\":}", "{\"sql\":\"SELECT 1\"", "{\"sql\":\"SELECT 1\"} x",
        "{'sql':'SELECT 1'}", "\xef\xbb\xbf", "SELECT 1", "{\"sql\":\"SELECT 1\",}",
        "{\"sql\":\"\\uD800\"}", "{\"sql\":\"\\x\"}"}) {
    const SqlAnswer answer = ReadAnswer(PostSql(body));
    EXPECT_EQ(answer.http_status, 400) << body;
    EXPECT_EQ(answer.code, "INVALID_INPUT") << body << answer;
  }
  ExpectAlive();
}

TEST_F(RequestTest, JsonOfAnotherShapeIsRefused) {
  for (const std::string_view body :
       {"[]", "1", "null", "\"SELECT 1\"", "{}", R"({"sql":1})", R"({"sql":null})",
        R"({"sql":["SELECT 1"]})", R"({"sql":"SELECT 1","namespace_id":7})", R"({"params":[]})"}) {
    const SqlAnswer answer = ReadAnswer(PostSql(body));
    EXPECT_EQ(answer.http_status, 400) << body;
    EXPECT_EQ(answer.code, "INVALID_INPUT") << body << answer;
    EXPECT_FALSE(answer.message.empty()) << body;
  }
}

TEST_F(RequestTest, ParametersThatAreNoValuesAreRefused) {
  for (const std::string_view params : {"{}", "1", "\"x\"", "[[1]]", "[{}]", "[{\"a\":1}]"}) {
    const SqlAnswer answer = ReadAnswer(PostSql(SqlBody("SELECT $1", params)));
    EXPECT_EQ(answer.http_status, 400) << params;
    EXPECT_EQ(answer.code, "INVALID_PARAMETER") << params << answer;
  }
  const SqlAnswer large =
      ReadAnswer(PostSql(SqlBody("SELECT $1", "[\"" + std::string(600 << 10, 'x') + "\"]")));
  EXPECT_EQ(large.code, "INVALID_PARAMETER") << large;
}

TEST_F(RequestTest, ParametersMustBeAsManyAsTheStatementHas) {
  EXPECT_EQ(ReadAnswer(PostSql(SqlBody("SELECT $1, $2", "[1]"))).http_status, 400);
  EXPECT_EQ(ReadAnswer(PostSql(SqlBody("SELECT 1", "[1]"))).http_status, 400);
  const SqlAnswer batch = ReadAnswer(PostSql(SqlBody("SELECT $1; SELECT $1", "[1]")));
  EXPECT_EQ(batch.code, "PARAMS_WITH_BATCH") << batch;
}

TEST_F(RequestTest, ParametersOfTheWrongTypeNameWhatIsWrong) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE typed (id BIGINT PRIMARY KEY, d DATE, b BOOLEAN, j JSON)");
  for (const auto& [sql, params] : std::vector<std::pair<std::string, std::string>>{
           {"INSERT INTO typed (id) VALUES ($1)", R"(["twelve"])"},
           {"INSERT INTO typed (id) VALUES ($1)", "[1e300]"},
           {"INSERT INTO typed (id) VALUES ($1)", "[18446744073709551615]"},
           {"INSERT INTO typed (id, d) VALUES (1, $1)", R"(["2026-02-30"])"},
           {"INSERT INTO typed (id, b) VALUES (1, $1)", R"(["maybe"])"},
           {"INSERT INTO typed (id, j) VALUES (1, $1)", R"(["{not json"])"},
           {"INSERT INTO typed (id) VALUES ($1)", "[null]"}}) {
    const SqlAnswer answer = root.Run(sql, params);
    EXPECT_EQ(answer.http_status, 400) << sql << params << answer;
    EXPECT_TRUE(answer.sqlstate.starts_with("22") || answer.sqlstate.starts_with("23"))
        << sql << params << answer;
  }
  EXPECT_EQ(root.Text("SELECT COUNT(*) FROM typed"), "0");
}

TEST_F(RequestTest, BytesThatAreNoUtf8AreRefusedWhereverTheyStand) {
  EXPECT_EQ(PostSql("{\"sql\":\"SELECT '\xff\xfe'\"}").status, 400);
  EXPECT_EQ(PostSql("{\"sql\":\"SELECT $1\",\"params\":[\"\xc3\x28\"]}").status, 400);
  EXPECT_EQ(PostSql("{\"sql\":\"SELECT 1\",\"namespace_id\":\"\xed\xa0\x80\"}").status, 400);
  const Response header = PostSql(SqlBody("SELECT 1"), "X-Odd: \xff\xfe\r\n");
  EXPECT_TRUE(header.status == 200 || header.status == 400) << header.status;
  const Response token = server_->Request("POST", "/v1/api/sql", SqlBody("SELECT 1"),
                                          "Authorization: Bearer \xff\xfe\r\n");
  EXPECT_TRUE(token.status == 400 || token.status == 401) << token.status;
  ExpectAlive();
}

TEST_F(RequestTest, ANulInATextIsRefused) {
  for (const char* body : {
           R"~({"sql":"SELECT octet_length($1)","params":["a\u0000b"]})~",
           R"~({"sql":"SELECT 'a\u0000b'"})~",
           R"~({"sql":"SELECT E'a\\000b'"})~",
           R"~({"sql":"SELECT '{\"a\":\"\\u0000\"}'::json ->> 'a'"})~",
       }) {
    const SqlAnswer answer = ReadAnswer(PostSql(body));
    EXPECT_EQ(answer.http_status, 400) << body;
    EXPECT_TRUE(answer.sqlstate.starts_with("22") || answer.sqlstate == "42601") << answer;
  }
}

TEST_F(RequestTest, BodiesBeyondTheLimitAre413AndSqlBeyondAMegabyteIs400) {
  HttpClient client(server_->port());
  client.Send("POST /v1/api/sql HTTP/1.1\r\nHost: e2e\r\n" + Bearer(server_->root_token()) +
              "Content-Length: 99999999999\r\n\r\n{");
  EXPECT_EQ(client.Receive().status, 413);
  const SqlAnswer answer =
      ReadAnswer(PostSql(SqlBody("SELECT '" + std::string(1 << 20, 'x') + "'")));
  EXPECT_EQ(answer.http_status, 400);
  EXPECT_EQ(answer.sqlstate, "54000") << answer;
  ExpectAlive();
}

TEST_F(RequestTest, UnknownPathsAndMethodsAreToldApart) {
  EXPECT_EQ(server_->Request("GET", "/nowhere").status, 404);
  EXPECT_EQ(server_->Request("GET", "/v1/api/sql/").status, 404);
  EXPECT_EQ(server_->Request("GET", "/v1/api/../../etc/passwd").status, 404);
  const Response get = server_->Request("GET", "/v1/api/sql");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.Header("Allow"), "POST");
  EXPECT_EQ(server_->Request("DELETE", "/health").status, 405);
  EXPECT_EQ(server_->Request("BREW", "/health").status, 405);
  EXPECT_EQ(JsonMember(server_->Request("GET", "/nowhere").body, "error"), "not_found");
  EXPECT_EQ(server_->Request("HEAD", "/health").status, 200);
  EXPECT_EQ(server_->Request("GET", "/health?probe=1").status, 200);
}

TEST_F(RequestTest, AConnectionTakesManyRequestsAndPipelinesInOrder) {
  SqlClient client = server_->Root();
  for (int i = 0; i < 100; ++i) client.Start("SELECT " + std::to_string(i));
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ReadAnswer(client.http().Receive()).Text(), std::to_string(i));
  }
  EXPECT_EQ(client.Text("SELECT 'still here'"), "still here");
}

// A slow statement ahead of quick ones holds their answers back, not the order.
TEST_F(RequestTest, PipelinedAnswersKeepTheirOrderBehindASlowOne) {
  SqlClient client = server_->Root();
  client.Start("SELECT COUNT(*) FROM generate_series(1, 3000000) AS t(i) WHERE i % 7 = 0");
  client.Start("SELECT 'second'");
  EXPECT_EQ(ReadAnswer(client.http().Receive()).Text(), "428571");
  EXPECT_EQ(ReadAnswer(client.http().Receive()).Text(), "second");
}

TEST_F(RequestTest, LargeAnswersAreCompressedForThoseWhoAsk) {
  const std::string body = SqlBody("SELECT repeat('abc', 100000)");
  const Response plain = PostSql(body);
  const Response zipped = PostSql(body, "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(plain.Header("Content-Encoding"), "");
  EXPECT_EQ(zipped.Header("Content-Encoding"), "gzip");
  EXPECT_LT(zipped.body.size(), plain.body.size() / 10);
  EXPECT_EQ(ReadAnswer({.status = 200, .head = "", .body = Gunzip(zipped.body)}).rows,
            ReadAnswer(plain).rows);
}

TEST_F(RequestTest, RequestIdsAreEchoedOrMade) {
  EXPECT_EQ(PostSql(SqlBody("SELECT 1"), "X-Request-ID: abc-123\r\n").Header("X-Request-ID"),
            "abc-123");
  const std::string made = PostSql(SqlBody("SELECT 1")).Header("X-Request-ID");
  EXPECT_FALSE(made.empty());
  EXPECT_NE(made, PostSql(SqlBody("SELECT 1")).Header("X-Request-ID"));
  EXPECT_EQ(server_->Request("GET", "/nowhere", "", "X-Request-ID: q\r\n").Header("X-Request-ID"),
            "q");
}

// JavaScript reads numbers beyond 2^53 wrongly, so they travel as strings.
TEST_F(RequestTest, BigIntegersTravelAsStringsBothWays) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE big (id BIGINT PRIMARY KEY, d DECIMAL(38, 10))");
  root.Text("INSERT INTO big VALUES ($1, $2)",
            R"(["9007199254740993","12345678901234567890.0123456789"])");
  root.Text("INSERT INTO big VALUES ($1, 1)", "[-9223372036854775808]");
  const SqlAnswer answer = root.Run("SELECT id, d FROM big ORDER BY id DESC");
  EXPECT_THAT(answer.body, HasSubstr(R"(["9007199254740993","12345678901234567890.0123456789"])"));
  EXPECT_THAT(answer.body, HasSubstr(R"("-9223372036854775808")"));
  EXPECT_EQ(root.Text("SELECT id FROM big WHERE id = $1", R"(["9007199254740993"])"),
            "9007199254740993");
  EXPECT_EQ(root.Run("SELECT CAST(9223372036854775807 AS BIGINT) + 1").sqlstate, "22003");
  EXPECT_THAT(root.Run("SELECT id, _seq FROM big LIMIT 1").body,
              HasSubstr(R"("data_type":"BigInt")"));
}

TEST_F(RequestTest, ANarrowIntegerIsANumber) {
  SqlClient root = server_->Root();
  EXPECT_THAT(root.Run("SELECT CAST(7 AS INT) AS i").body, HasSubstr(R"("rows":[[7]])"));
}

TEST_F(RequestTest, EmptyTextsAreRefusedAndTrailingSemicolonsAreNot) {
  for (const std::string_view sql : {"", "  ", ";", " ; ; ", "-- nothing", "/* nothing */"}) {
    const SqlAnswer answer = ReadAnswer(PostSql(SqlBody(sql)));
    EXPECT_EQ(answer.http_status, 400) << "'" << sql << "'";
    EXPECT_EQ(answer.code, "EMPTY_SQL") << "'" << sql << "' " << answer;
  }
  EXPECT_EQ(ReadAnswer(PostSql(SqlBody("SELECT 1;;"))).Text(), "1");
}

TEST_F(RequestTest, ABatchStopsAtItsFirstErrorAndSaysWhere) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE batch (id BIGINT PRIMARY KEY)");
  const SqlAnswer answer = root.Run(
      "INSERT INTO batch VALUES (1); INSERT INTO batch VALUES (1); INSERT INTO batch VALUES (2)");
  EXPECT_EQ(answer.http_status, 400);
  EXPECT_THAT(answer.message, HasSubstr("Statement 2 failed"));
  EXPECT_EQ(root.Text("SELECT id FROM batch"), "1");
}

// The form of older clients: results of SELECT and DDL in order, then one sum for each
// verb in the order insert, update, delete.
TEST_F(RequestTest, TheMergedFormSumsCountsForEachVerb) {
  const std::string_view script =
      "CREATE TABLE merged (id BIGINT PRIMARY KEY, n INT); INSERT INTO merged VALUES (1, 0);"
      "DELETE FROM merged WHERE id = 9; SELECT id FROM merged;"
      "INSERT INTO merged VALUES (2, 0), (3, 0); UPDATE merged SET n = 1 WHERE id > 1";
  const Response merged = PostSql(SqlBody(script), "X-Millrace-Results: merged\r\n");
  EXPECT_EQ(merged.status, 200) << merged.body;
  const std::string_view body = merged.body;
  size_t at = 0;
  for (const std::string_view part : {R"_("message":"Table)_", R"_("rows":[["1"]],"row_count":1)_",
                                      R"_({"row_count":3,"message":"Inserted 3 row(s)")_",
                                      R"_({"row_count":2,"message":"Updated 2 row(s)")_",
                                      R"_({"row_count":0,"message":"Deleted 0 row(s)")_"}) {
    const size_t found = body.find(part, at);
    ASSERT_NE(found, std::string_view::npos) << part << " in " << body;
    at = found + part.size();
  }
  EXPECT_EQ(body.find("Inserted 1 row"), std::string_view::npos) << body;

  const Response each =
      PostSql(SqlBody("INSERT INTO merged VALUES (4, 0);"
                      "INSERT INTO merged VALUES (5, 0)"));
  EXPECT_EQ(each.body.find("Inserted 2 row"), std::string::npos) << each.body;
}

TEST_F(RequestTest, ManglingAGoodRequestNeverKillsTheServer) {
  const std::string good =
      MakeRequest("POST", "/v1/api/sql", SqlBody("SELECT 1"), Bearer(server_->root_token()));
  SeededRandom random(20'261'121);
  for (int i = 0; i < 500; ++i) {
    std::string bad = good;
    for (uint64_t changes = 1 + random.Below(4); changes > 0; --changes) {
      bad[random.Below(bad.size())] = static_cast<char>(random.Below(256));
    }
    HttpClient client(server_->port());
    client.Send(bad);
    client.ShutdownSend();
    client.Receive();
  }
  ExpectAlive();
}

}  // namespace
}  // namespace millrace::e2e
