// One client of the server that knows, of each statement, whether it happened.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "client/client.h"

namespace millrace::crash {

// Where a server listens, and who asks.
struct Endpoint {
  uint16_t port = 0;
  std::string token;
};

enum class Outcome : uint8_t {
  kAcknowledged,  // it happened, and must be there after a crash
  kRefused,       // it did not happen, and must not be there
  kUnknown,       // the connection was cut: wholly there, or wholly absent
};

struct Answer {
  Outcome outcome = Outcome::kUnknown;
  Status status;
  std::vector<client::Row> rows;  // of the first result
  uint64_t row_count = 0;
};

// Blocking; one thread.
class SqlSession {
 public:
  static Result<SqlSession> Connect(const Endpoint& endpoint);
  Answer Run(std::string sql);
  // For statements that must work: an error of any kind is returned.
  Result<std::vector<client::Row>> Query(std::string sql);

 private:
  explicit SqlSession(std::unique_ptr<client::Client> client) : client_(std::move(client)) {}
  std::unique_ptr<client::Client> client_;
};

// Returns an access token; tokens stay good over restarts of the server.
Result<std::string> LogIn(uint16_t port, const std::string& user, const std::string& password);

}  // namespace millrace::crash
