// A whole server inside of the test's process, and clients that talk to it over
// sockets. A blocking call on an event loop aborts here (base/thread_role.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http_client.h"
#include "observe/log.h"
#include "server/server.h"
#include "testing/temporary_directory.h"

namespace millrace::e2e {

inline constexpr char kRootPassword[] = "root password of e2e";
inline constexpr char kUserPassword[] = "user password of e2e";

// What a SQL request gave.
struct SqlAnswer {
  int http_status = 0;
  std::string body;
  std::string status;    // "success" or "error"
  std::string code;      // of the error
  std::string sqlstate;  // of the error
  std::string message;   // of the error, or of the last result
  // Cells of the first result, strings without their quotes, other things as JSON.
  std::vector<std::vector<std::string>> rows;
  uint64_t row_count = 0;

  bool ok() const { return http_status == 200 && status == "success"; }
  // "1,a;2,b"
  std::string Text() const;
};
// For a failed EXPECT.
std::ostream& operator<<(std::ostream& out, const SqlAnswer& answer);

SqlAnswer ReadAnswer(const Response& response);
std::string JsonText(std::string_view text);
// {"sql": …, "params": …}; `params` is a JSON array or empty.
std::string SqlBody(std::string_view sql, std::string_view params = {});
// One member of a flat JSON object as text; empty when there is none.
std::string JsonMember(std::string_view json, std::string_view name);

// One connection of one user.
class SqlClient {
 public:
  SqlClient(uint16_t port, std::string token) : http_(port), token_(std::move(token)) {}
  SqlAnswer Run(std::string_view sql, std::string_view params = {});
  // The same, when it must not fail.
  std::string Text(std::string_view sql, std::string_view params = {});
  // Only sends; read the answer with `http().Receive()`.
  void Start(std::string_view sql);
  HttpClient& http() { return http_; }

 private:
  HttpClient http_;
  const std::string token_;
};

class TestServer {
 public:
  static ServerOptions Defaults();
  explicit TestServer(ServerOptions options = Defaults(), const Clock* clock = nullptr);
  ~TestServer();

  uint16_t port() const { return server_->port(); }
  Server& server() { return *server_; }
  CapturedLog& log() { return log_; }
  const std::string& root_token() const { return root_token_; }
  SqlClient Root() const { return SqlClient(port(), root_token_); }
  // Makes the user when there is none yet.
  std::string TokenOf(const std::string& user, const std::string& role = "user");
  SqlClient As(const std::string& user) { return SqlClient(port(), TokenOf(user)); }
  std::string LogIn(const std::string& user, const std::string& password) const;
  Response Request(std::string_view method, std::string_view path, std::string_view body = {},
                   std::string_view headers = {}) const;

  // Sum over all labels of a counter or gauge.
  double Metric(std::string_view name) const;
  // Waits until the metric is at least (at most) that; false after half a minute.
  bool WaitForMetric(std::string_view name, double least) const;
  bool WaitForMetricAtMost(std::string_view name, double most) const;
  double Quantile99(std::string_view name) const;

  // Ends it as SIGTERM does; the destructor then has nothing to do.
  void Stop() { server_.reset(); }
  // Starts again on the same data.
  void Restart();

 private:
  const testing::TemporaryDirectory directory_;
  ServerOptions options_;
  const SystemClock system_clock_;
  const Clock& clock_;
  SystemRandom random_;
  CapturedLog log_;
  std::unique_ptr<Server> server_;
  std::string root_token_;
};

}  // namespace millrace::e2e
