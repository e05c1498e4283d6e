// A client that creates, alters, fills and drops tables until its connection
// breaks, and remembers what it was told. The only one that touches its tables.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "sql_session.h"

namespace millrace::crash {

class DdlWorker {
 public:
  explicit DdlWorker(uint64_t seed) : random_(seed) {}

  // Writes as root until the server is gone or `stop` is set. Blocks.
  void Run(const Endpoint& root, const std::atomic<bool>& stop);
  // Compares the tables after a restart with what was acknowledged. Blocks.
  Status Verify(const Endpoint& root);

  uint64_t acknowledged() const { return acknowledged_; }
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  static constexpr size_t kTables = 5;

  // What there is to know of a table; a statement changes it wholly or not at all.
  struct Shape {
    bool exists = false;
    int64_t columns = 0;
    int64_t rows = 0;
    bool operator==(const Shape&) const = default;
  };
  struct Table {
    Shape shape;
    std::optional<Shape> open;  // what it is if the statement that was cut off happened
    int64_t names_given = 0;    // to columns
  };
  struct Change {
    std::string sql;
    Shape after;
  };

  Change MakeChange(size_t index);
  Change Create(size_t index);
  Change InsertRows(size_t index);
  static std::string Name(size_t index) { return "ddl_" + std::to_string(index); }
  Result<Shape> Read(SqlSession* session, size_t index);

  SeededRandom random_;
  std::array<Table, kTables> tables_;
  uint64_t acknowledged_ = 0;
  std::vector<std::string> failures_;
};

}  // namespace millrace::crash
