// A way into the server. Every file is run through each of them, and the answers
// must have the same text.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "host.h"

namespace millrace::slt {

struct StatementText {
  bool has_rows = false;
  std::vector<std::string> names;  // of the columns
  std::vector<std::string> types;  // "BigInt", "Decimal(10,2)"
  std::vector<std::vector<std::string>> rows;
  uint64_t row_count = 0;  // rows changed, or rows returned
  std::string message;
  std::string as_user;
};

// What one request gave: the results of its statements, or the error.
struct Outcome {
  Status status;
  std::vector<StatementText> statements;
  std::string transaction_id;  // still open after the request
};

struct Request {
  std::string sql;
  std::string params;  // JSON array; empty: none
  std::string namespace_name;
  std::string transaction;  // "keep", or the id of an open one; empty: none outlives it
};

// Blocking; not thread-safe.
class Door {
 public:
  virtual ~Door() = default;
  // Becomes `user`, whose password is kPassword. To be called again after the
  // server was restarted.
  virtual Status LogIn(const std::string& user) = 0;
  virtual Outcome Run(const Request& request) = 0;
};

// Statements through Session directly; values as Value::ToText writes them.
std::unique_ptr<Door> OpenInProcessDoor(Host& host);
// POST /v1/api/sql over a socket; values read from their wire form.
std::unique_ptr<Door> OpenHttpDoor(Host& host);

// An empty text cannot be seen, and a line end would be another row.
std::string CellText(std::string text);

}  // namespace millrace::slt
