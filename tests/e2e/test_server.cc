// Starts the server, talks to it, and reads its answers and metrics.
#include "test_server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <simdjson.h>

#include <functional>
#include <ostream>
#include <utility>

namespace millrace::e2e {
namespace {

constexpr int64_t kWaitNanosMax = 30'000'000'000;

std::string CellText(simdjson::dom::element cell) {
  std::string_view text;
  if (cell.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(cell);
}

std::string TextMember(simdjson::dom::element object, std::string_view name) {
  simdjson::dom::element member;
  return object[name].get(member) == simdjson::SUCCESS ? CellText(member) : "";
}

void ReadRows(simdjson::dom::element document, SqlAnswer* answer) {
  simdjson::dom::array rows;
  if (document.at_pointer("/results/0/rows").get(rows) != simdjson::SUCCESS) return;
  for (const simdjson::dom::element row : rows) {
    answer->rows.emplace_back();
    for (const simdjson::dom::element cell : simdjson::dom::array(row)) {
      answer->rows.back().push_back(CellText(cell));
    }
  }
}

// Looks a thousand times a second: what happens in another thread tells nobody.
bool WaitUntil(const std::function<bool()>& condition) {
  const SystemClock clock;
  const int64_t began = clock.MonotonicNanos();
  while (!condition()) {
    if (clock.MonotonicNanos() - began > kWaitNanosMax) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

}  // namespace

std::string SqlAnswer::Text() const {
  std::string text;
  for (const auto& row : rows) {
    if (!text.empty()) text += ';';
    for (size_t i = 0; i < row.size(); ++i) text += (i > 0 ? "," : "") + row[i];
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const SqlAnswer& answer) {
  return out << answer.http_status << " " << answer.body.substr(0, 500);
}

SqlAnswer ReadAnswer(const Response& response) {
  SqlAnswer answer{.http_status = response.status, .body = response.body};
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(response.body).get(document) != simdjson::SUCCESS) return answer;
  answer.status = TextMember(document, "status");
  simdjson::dom::element error;
  if (document["error"].get(error) == simdjson::SUCCESS && error.is_object()) {
    answer.code = TextMember(error, "code");
    answer.sqlstate = TextMember(error, "sqlstate");
    answer.message = TextMember(error, "message");
    return answer;
  }
  simdjson::dom::element result;
  if (document.at_pointer("/results/0").get(result) != simdjson::SUCCESS) return answer;
  answer.message = TextMember(result, "message");
  answer.row_count = std::strtoull(TextMember(result, "row_count").c_str(), nullptr, 10);
  ReadRows(document, &answer);
  return answer;
}

std::string JsonText(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (c == '\n') {
      json += "\\n";
    } else {
      json += c;
    }
  }
  return json + "\"";
}

std::string SqlBody(std::string_view sql, std::string_view params) {
  std::string body = "{\"sql\":" + JsonText(sql);
  if (!params.empty()) body += ",\"params\":" + std::string(params);
  return body + "}";
}

std::string JsonMember(std::string_view json, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(json.data(), json.size()).get(document) != simdjson::SUCCESS) return "";
  return TextMember(document, name);
}

SqlAnswer SqlClient::Run(std::string_view sql, std::string_view params) {
  return ReadAnswer(
      http_.Roundtrip(MakeRequest("POST", "/v1/api/sql", SqlBody(sql, params), Bearer(token_))));
}

std::string SqlClient::Text(std::string_view sql, std::string_view params) {
  const SqlAnswer answer = Run(sql, params);
  EXPECT_TRUE(answer.ok()) << sql << "\n" << answer;
  return answer.Text();
}

void SqlClient::Start(std::string_view sql) {
  http_.Send(MakeRequest("POST", "/v1/api/sql", SqlBody(sql), Bearer(token_)));
}

ServerOptions TestServer::Defaults() {
  ServerOptions options;
  options.http_port = 0;
  options.root_password = kRootPassword;
  options.loops = 2;
  options.block_cache_bytes = uint64_t{64} << 20;
  options.shutdown_drain_ms = 2'000;
  options.password_cost = auth::PasswordCost::Cheapest();
  return options;
}

TestServer::TestServer(ServerOptions options, const Clock* clock)
    : directory_(*testing::TemporaryDirectory::Make()),
      options_(std::move(options)),
      clock_(clock != nullptr ? *clock : system_clock_) {
  options_.data_directory = directory_ / "data";
  Restart();
}

TestServer::~TestServer() = default;

void TestServer::Restart() {
  server_.reset();
  auto server = Server::Start(options_, clock_, random_, log_);
  MR_ASSERT(server.ok(), "the server of a test starts");
  server_ = std::move(*server);
  if (options_.root_password.has_value()) root_token_ = LogIn("root", *options_.root_password);
}

Response TestServer::Request(std::string_view method, std::string_view path, std::string_view body,
                             std::string_view headers) const {
  HttpClient client(port());
  client.Send(MakeRequest(method, path, body, headers));
  return client.Receive(method == "HEAD");
}

std::string TestServer::LogIn(const std::string& user, const std::string& password) const {
  const Response response =
      Request("POST", "/v1/api/auth/login",
              "{\"user\":" + JsonText(user) + ",\"password\":" + JsonText(password) + "}");
  EXPECT_EQ(response.status, 200) << response.body;
  return JsonMember(response.body, "access_token");
}

std::string TestServer::TokenOf(const std::string& user, const std::string& role) {
  if (server_->catalog().FindUser(user) == nullptr) {
    Root().Text("CREATE USER '" + user + "' WITH PASSWORD '" + kUserPassword + "' ROLE " + role);
  }
  return LogIn(user, kUserPassword);
}

double TestServer::Metric(std::string_view name) const {
  double sum = 0;
  for (const MetricSample& sample : server_->metrics().Collect()) {
    if (sample.name == name) sum += sample.value;
  }
  return sum;
}

double TestServer::Quantile99(std::string_view name) const {
  double worst = 0;
  for (const MetricSample& sample : server_->metrics().Collect()) {
    if (sample.name == name) worst = std::max(worst, sample.p99);
  }
  return worst;
}

bool TestServer::WaitForMetric(std::string_view name, double least) const {
  return WaitUntil([&] { return Metric(name) >= least; });
}

bool TestServer::WaitForMetricAtMost(std::string_view name, double most) const {
  return WaitUntil([&] { return Metric(name) <= most; });
}

}  // namespace millrace::e2e
