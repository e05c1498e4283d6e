// The client against a canned server: results, errors, tokens, cancelling.
#include "client/client.h"

#include <gtest/gtest.h>

#include "client/fake_server.h"

namespace millrace::client {
namespace {

constexpr char kLoginReply[] =
    R"({"user":{"id":"ann","role":"dba"},"access_token":"a1","refresh_token":"r1"})";
constexpr char kOneRow[] =
    R"({"status":"success","results":[{"schema":[{"name":"x","data_type":"Int","index":0}],)"
    R"("rows":[[1]],"row_count":1}],"took":0.5,"error":null})";
constexpr char kExpired[] =
    R"({"status":"error","results":[],"took":0,"error":{"code":"TOKEN_EXPIRED","message":"old"}})";

ClientOptions AnnAt(const FakeServer& server) {
  ClientOptions options;
  options.http.base_url = server.url();
  options.user = "ann";
  options.password = "pa\"ss";
  return options;
}

TEST(ClientTest, LogsInOnceAndKeepsOneConnection) {
  FakeServer server([](const FakeRequest& request) {
    return FakeReply{.body = request.path == "/v1/api/auth/login" ? kLoginReply : kOneRow};
  });
  auto client = Client::Connect(AnnAt(server));
  ASSERT_TRUE(client.ok()) << client.status().ToString();
  EXPECT_EQ((*client)->role(), "dba");
  SqlRequest request{.sql = "SELECT $1", .params = {Cell::Number("1"), Cell::Null()}};
  for (int i = 0; i < 3; ++i) {
    const auto results = (*client)->Execute(request);
    ASSERT_TRUE(results.ok()) << results.status().ToString();
    EXPECT_EQ((*results)[0].rows[0][0], Cell::Number("1"));
  }
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[0].body, R"({"user":"ann","password":"pa\"ss"})");
  EXPECT_EQ(requests[1].authorization, "Bearer a1");
  EXPECT_EQ(requests[1].body, R"({"sql":"SELECT $1","params":[1,null],"namespace_id":"default"})");
  EXPECT_EQ(server.connections(), 1);
}

TEST(ClientTest, WrongCredentialsAreUnauthenticated) {
  FakeServer server([](const FakeRequest&) {
    return FakeReply{.status = 401,
                     .body = R"({"error":"unauthorized","message":"Invalid credentials"})"};
  });
  const auto client = Client::Connect(AnnAt(server));
  EXPECT_EQ(client.status().code(), Code::kUnauthenticated);
  EXPECT_EQ(client.status().message(), "Invalid credentials");
}

TEST(ClientTest, AServerWithoutPasswordsAsksForSetUp) {
  FakeServer server([](const FakeRequest&) {
    return FakeReply{.status = 428, .body = R"({"error":"setup_required","message":"set up"})"};
  });
  const auto client = Client::Connect(AnnAt(server));
  EXPECT_EQ(client.status().code(), Code::kFailedPrecondition);
  EXPECT_NE(client.status().hint(), "");
}

TEST(ClientTest, AnExpiredTokenIsRefreshedOnce) {
  FakeServer server([](const FakeRequest& request) {
    if (request.path == "/v1/api/auth/login") return FakeReply{.body = kLoginReply};
    if (request.path == "/v1/api/auth/refresh") {
      return FakeReply{.body = R"({"access_token":"a2","refresh_token":"r2"})"};
    }
    if (request.authorization == "Bearer a2") return FakeReply{.body = kOneRow};
    return FakeReply{.status = 401, .body = kExpired};
  });
  auto client = Client::Connect(AnnAt(server));
  ASSERT_TRUE(client.ok());
  EXPECT_TRUE((*client)->Execute({.sql = "SELECT 1"}).ok());
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[2].path, "/v1/api/auth/refresh");
  EXPECT_EQ(requests[2].authorization, "Bearer r1");
}

TEST(ClientTest, WhenTheRefreshFailsItLogsInAgainAndThenGivesUp) {
  FakeServer server([](const FakeRequest& request) {
    if (request.path == "/v1/api/auth/login") return FakeReply{.body = kLoginReply};
    return FakeReply{.status = 401, .body = kExpired};
  });
  auto client = Client::Connect(AnnAt(server));
  ASSERT_TRUE(client.ok());
  EXPECT_EQ((*client)->Execute({.sql = "SELECT 1"}).status().code(), Code::kUnauthenticated);
  std::string paths;
  for (const FakeRequest& request : server.requests()) {
    paths += request.path.substr(request.path.rfind('/'));
  }
  EXPECT_EQ(paths, "/login/sql/refresh/login/sql");
}

TEST(ClientTest, ErrorsCarrySqlStateAndPosition) {
  FakeServer server([](const FakeRequest& request) {
    if (request.path != "/v1/api/sql") return FakeReply{.body = kLoginReply};
    return FakeReply{.status = 400,
                     .body =
                         R"({"status":"error","results":[],"took":1,"error":{"code":"X",)"
                         R"("message":"duplicate key","sqlstate":"23505","line":1,"column":8}})"};
  });
  auto client = Client::Connect(AnnAt(server));
  const Status status = (*client)->Execute({.sql = "INSERT"}).status();
  EXPECT_EQ(status.code(), Code::kAlreadyExists);
  EXPECT_EQ(status.sqlstate(), "23505");
  ASSERT_NE(status.position(), nullptr);
  EXPECT_EQ(status.position()->column, 8u);
}

TEST(ClientTest, ReadsAnswersInManySmallPieces) {
  FakeServer server([](const FakeRequest& request) {
    if (request.path != "/v1/api/sql") return FakeReply{.body = kLoginReply};
    return FakeReply{.body = kOneRow, .piece_bytes = 3};
  });
  auto client = Client::Connect(AnnAt(server));
  const auto results = (*client)->Execute({.sql = "SELECT 1"});
  ASSERT_TRUE(results.ok()) << results.status().ToString();
  EXPECT_EQ((*results)[0].rows.size(), 1u);
}

TEST(ClientTest, APageThatIsNoAnswerIsReportedByItsStatus) {
  FakeServer server([](const FakeRequest& request) {
    if (request.path != "/v1/api/sql") return FakeReply{.body = kLoginReply};
    return FakeReply{.status = 502, .body = "<html>bad gateway</html>"};
  });
  auto client = Client::Connect(AnnAt(server));
  const Status status = (*client)->Execute({.sql = "SELECT 1"}).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_NE(status.message().find("502"), std::string::npos);
}

TEST(ClientTest, AnAnswerCutShortIsUnavailableAndTheNextRequestReconnects) {
  std::atomic<bool> cut = true;
  FakeServer server([&cut](const FakeRequest& request) {
    if (request.path != "/v1/api/sql") return FakeReply{.body = kLoginReply};
    return FakeReply{.body = kOneRow, .cut_off = cut.exchange(false)};
  });
  auto client = Client::Connect(AnnAt(server));
  EXPECT_EQ((*client)->Execute({.sql = "SELECT 1"}).status().code(), Code::kUnavailable);
  EXPECT_TRUE((*client)->Execute({.sql = "SELECT 1"}).ok());
  EXPECT_EQ(server.connections(), 2);
}

// The server may have done what it was asked before it went away.
TEST(ClientTest, ARequestThatWasSentIsNeverSentAgain) {
  FakeServer server([](const FakeRequest& request) {
    if (request.path != "/v1/api/sql") return FakeReply{.body = kLoginReply};
    return FakeReply{.vanish = true};
  });
  auto client = Client::Connect(AnnAt(server));  // leaves a connection to be used again
  const Status status = (*client)->Execute({.sql = "INSERT INTO t VALUES (1)"}).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(status.sqlstate(), "08006");
  EXPECT_EQ(server.requests().size(), 2);  // the login and one INSERT
}

TEST(ClientTest, CancellingClosesTheConnection) {
  std::atomic<bool> cancel = false;
  {
    FakeServer server([&cancel](const FakeRequest& request) {
      if (request.path != "/v1/api/sql") return FakeReply{.body = kLoginReply};
      cancel = true;
      return FakeReply{.hang = true};
    });
    auto client = Client::Connect(AnnAt(server));
    SqlRequest request{.sql = "SELECT slow()"};
    request.cancel = &cancel;
    const Status status = (*client)->Execute(request).status();
    EXPECT_EQ(status.code(), Code::kCancelled);
    EXPECT_EQ(status.sqlstate(), "57014");
    while (server.abandoned() == 0) std::this_thread::yield();
    EXPECT_EQ(server.abandoned(), 1);
  }
}

TEST(ClientTest, ARequestThatTakesTooLongIsGivenUp) {
  FakeServer server([](const FakeRequest&) { return FakeReply{.hang = true}; });
  ClientOptions options = AnnAt(server);
  options.http.request_timeout_ms = 30;
  EXPECT_EQ(Client::Connect(options).status().code(), Code::kDeadlineExceeded);
}

TEST(ClientTest, AWrongTokenFailsAtConnect) {
  FakeServer server([](const FakeRequest&) {
    return FakeReply{.status = 401,
                     .body = R"({"status":"error","error":{"code":"INVALID_CREDENTIALS",)"
                             R"("message":"bad token"}})"};
  });
  ClientOptions options;
  options.http.base_url = server.url();
  options.token = "forged";
  EXPECT_EQ(Client::Connect(options).status().code(), Code::kUnauthenticated);
}

TEST(ClientTest, AnUnreachableServerAndABadUrlAreToldApart) {
  std::string closed_url;
  {
    FakeServer server([](const FakeRequest&) { return FakeReply{}; });
    closed_url = server.url();
  }
  ClientOptions options;
  options.user = "ann";
  options.http.base_url = closed_url;
  EXPECT_EQ(Client::Connect(options).status().code(), Code::kUnavailable);
  options.http.base_url = "ftp://example";
  EXPECT_EQ(Client::Connect(options).status().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace millrace::client
