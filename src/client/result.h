// What a server answers, statement by statement: columns, rows of cells in their
// JSON form, and a closing summary.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace millrace::client {

enum class CellKind : uint8_t { kNull, kBool, kNumber, kString, kJson };

// One value as it came over the wire. `text` is the number as written, the
// unescaped string, the array or object as compact JSON, "true"/"false", or
// empty for null. What it means is in the column's data type: a BigInt is a
// string of digits, a Timestamp a number of microseconds.
struct Cell {
  CellKind kind = CellKind::kNull;
  std::string text;

  bool is_null() const { return kind == CellKind::kNull; }
  static Cell Null() { return {}; }
  static Cell Bool(bool value) { return {CellKind::kBool, value ? "true" : "false"}; }
  static Cell Number(std::string text) { return {CellKind::kNumber, std::move(text)}; }
  static Cell String(std::string text) { return {CellKind::kString, std::move(text)}; }
  friend bool operator==(const Cell&, const Cell&) = default;
};

using Row = std::vector<Cell>;

struct Column {
  std::string name;
  // The wire name, with parameters written out: "BigInt", "Decimal(10,2)", "Embedding(3)".
  std::string data_type;
  uint32_t index = 0;
  bool primary_key = false;
  bool not_null = false;
  bool unique = false;
};

struct ResultSummary {
  // False for a statement that answers with a message only (DDL, DML).
  bool has_rows = false;
  uint64_t row_count = 0;
  std::string message;
  std::string as_user;
};

struct StatementResult {
  std::vector<Column> columns;
  std::vector<Row> rows;
  ResultSummary summary;
};

// Receives results while the body arrives. A failed Status stops the request and
// is what Execute returns.
class ResultSink {
 public:
  virtual ~ResultSink() = default;
  // Before the first row. Not called for a statement without a row set.
  virtual Status OnSchema(std::vector<Column> columns) = 0;
  // `row` may be moved from; it has one cell per column.
  virtual Status OnRow(Row& row) = 0;
  // After a statement's last row, once per statement.
  virtual Status OnResultEnd(const ResultSummary& summary) = 0;
};

// Keeps everything: for answers known to be small.
class CollectingSink final : public ResultSink {
 public:
  Status OnSchema(std::vector<Column> columns) override {
    open_.columns = std::move(columns);
    return Status::Ok();
  }
  Status OnRow(Row& row) override {
    open_.rows.push_back(std::move(row));
    return Status::Ok();
  }
  Status OnResultEnd(const ResultSummary& summary) override {
    open_.summary = summary;
    results_.push_back(std::move(open_));
    open_ = {};
    return Status::Ok();
  }
  std::vector<StatementResult> Take() { return std::move(results_); }

 private:
  StatementResult open_;
  std::vector<StatementResult> results_;
};

}  // namespace millrace::client
