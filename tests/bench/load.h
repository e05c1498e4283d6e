// One work done over and over by several connections for a while. The loop is
// the same for both sides: one thread, one epoll, one operation in flight on each
// connection, each answer checked; only the connections differ.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace millrace::bench {

enum class ParameterKind : uint8_t { kNumber, kText };

struct Parameter {
  ParameterKind kind = ParameterKind::kNumber;
  std::string text;
};

// One statement and what its answer must be. Reused, so that a round allocates nothing.
struct Operation {
  std::vector<Parameter> parameters;
  std::string sql;           // empty: the statement of the work
  uint64_t rows = 1;         // that the statement must return or change
  std::string answer_holds;  // a text the answer must hold in its last column; empty: none
};

// What to do, the same for both sides.
class Work {
 public:
  virtual ~Work() = default;
  // With $1, $2 … for the parameters; prepared where there is such a thing.
  // Empty when each operation has its own text.
  virtual std::string_view statement() const = 0;
  // Makes `operation` the one of this number; a number is used once in a table's life.
  virtual void Describe(uint64_t number, Operation& operation) const = 0;
};

// A connection to one of the sides, for one work.
class LoadConnection {
 public:
  virtual ~LoadConnection() = default;
  virtual int descriptor() const = 0;
  virtual Status Send(uint64_t number) = 0;
  // Takes in what has arrived, without blocking. True once the answer is there
  // and right; a wrong answer is kDataLoss.
  virtual Result<bool> Receive() = 0;
};

struct LoadOptions {
  int64_t duration_nanos = 0;
  uint64_t first_number = 0;
};

struct LoadResult {
  uint64_t operations = 0;
  double seconds = 0;
  double median_ms = 0;
  double slowest_percent_ms = 0;  // the 99th percentile

  double rate() const { return static_cast<double>(operations) / seconds; }
};

// Every operation that was begun is finished before it returns. Blocks.
Result<LoadResult> RunLoad(const std::vector<std::unique_ptr<LoadConnection>>& connections,
                           const LoadOptions& options, const Clock& clock);

}  // namespace millrace::bench
