// For tests and fuzz targets: whether our evaluator and the engine agree on an
// expression, and as a WHERE on the rows of a table.
#pragma once

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

#include "query/exec/both_paths_for_test.h"
#include "types/column_bound_for_test.h"
#include "types/random_values_for_test.h"

namespace millrace::exec {

class PathComparison {
 public:
  struct Counters {
    uint64_t values = 0;      // both gave the same values
    uint64_t errors = 0;      // both refused
    uint64_t not_native = 0;  // only the engine can tell
    uint64_t excused = 0;     // one refused, and may
  };

  PathComparison() : paths_(EveryTypeSchema(), EveryTypeBatch()) {}

  // What differs; nothing when the paths agree.
  std::optional<std::string> Compare(const std::string& expression) {
    const Result<Answer> native = paths_.Natively(expression);
    if (IsForEngineOnly(native)) return std::nullopt;
    const Result<Answer> engine = paths_.ByEngine(expression);
    if (Agree(expression, native, engine)) return std::nullopt;
    return Difference(expression, native, engine);
  }

  // The rows that a condition selects. They must also lie within the bounds by which
  // the engine lets the scan skip rows.
  std::optional<std::string> CompareRows(const std::string& condition) {
    const Result<Answer> native = paths_.RowsNatively(condition);
    if (IsForEngineOnly(native)) return std::nullopt;
    const size_t scans = paths_.scans();
    const Result<Answer> engine = paths_.RowsByEngine(condition);
    const std::string text = "WHERE " + condition;
    if (!Agree(condition, native, engine)) return Difference(text, native, engine);
    if (!native.ok() || paths_.scans() == scans) return std::nullopt;
    for (const Value& row : native->values) {
      if (!IsWithinBounds(static_cast<size_t>(row.integer()))) {
        return Difference(text + ", row " + row.ToText() + " would be skipped", native, engine);
      }
    }
    return std::nullopt;
  }

  void SetBatch(Batch batch) { paths_.SetBatch(std::move(batch)); }
  const Counters& counters() const { return counters_; }

 private:
  // Neither path promises (nor does PostgreSQL) which operands of AND, OR and IN, which
  // is made of ORs, are computed, so one may meet an error that the other does not.
  static bool MayStopEarly(std::string_view expression) {
    return Contains(expression, " AND ") || Contains(expression, " OR ") ||
           Contains(expression, " IN (");
  }

  static bool Contains(std::string_view text, std::string_view word) {
    return std::ranges::search(text, word, [](char a, char b) {
             return std::toupper(a) == b;
           }).begin() != text.end();
  }

  // DIALECT.md, "Differences that stay": the optimizer solves comparisons of integer
  // arithmetic and of casts, and then meets no error in what it dropped. CASE x WHEN y
  // compares, too.
  static bool MayBeSolved(std::string_view expression, const Result<Answer>& native,
                          const Result<Answer>& engine) {
    if (native.ok() || !engine.ok()) return false;
    const std::string_view sqlstate = native.status().sqlstate();
    if (sqlstate != "22003" && sqlstate != "22012") return false;
    return expression.find_first_of("=<>") != std::string_view::npos ||
           Contains(expression, " IS ") || Contains(expression, " WHEN ");
  }

  bool IsForEngineOnly(const Result<Answer>& native) {
    if (native.ok()) return false;
    // DIALECT.md: a table's name as a value is its row, in the engine alone.
    const bool is_row = native.status().message().starts_with("column \"t\" does not exist");
    if (!is_row && !plan::IsNotNative(native.status())) return false;
    ++counters_.not_native;
    return true;
  }

  // Both errors, or both the same values.
  bool Agree(std::string_view expression, const Result<Answer>& native,
             const Result<Answer>& engine) {
    if (native.ok() && engine.ok()) {
      ++counters_.values;
      return ToString(engine) == ToString(native);
    }
    if (native.ok() != engine.ok()) {
      if (!MayStopEarly(expression) && !MayBeSolved(expression, native, engine)) return false;
      ++counters_.excused;
      return true;
    }
    ++counters_.errors;
    return IsSameKind(native.status().sqlstate(), engine.status().sqlstate());
  }

  // Several operands may fail; then either error is right. Only whether the text or its
  // values are wrong must be the same, except that a bad literal is met as early as a
  // bad name.
  static bool IsSameKind(std::string_view native, std::string_view engine) {
    const auto is_bad_literal = [](std::string_view sqlstate) {
      return sqlstate == "22P02" || sqlstate == "22007" || sqlstate == "22008";
    };
    if (engine.starts_with("XX")) return false;
    return native.starts_with("42") == engine.starts_with("42") || is_bad_literal(native) ||
           is_bad_literal(engine);
  }

  bool IsWithinBounds(size_t row) const {
    for (const ColumnBound& bound : paths_.LastScan().bounds) {
      // The number of the row, which only the engine sees.
      if (bound.column == paths_.batch().columns.size()) continue;
      const Value value = paths_.batch().columns[bound.column].GetValue(row);
      if (value.is_null() || !testing::Satisfies(value, bound)) return false;
    }
    return true;
  }

  std::string Difference(const std::string& expression, const Result<Answer>& native,
                         const Result<Answer>& engine) const {
    return expression + "\n  native " + ToString(native) + "\n  engine " + ToString(engine) +
           "\n  " + paths_.printed();
  }

  BothPaths paths_;
  Counters counters_;
};

// Rows of EveryTypeSchema. Most of the values come from rows that look like data, so
// that arithmetic does not overflow everywhere.
inline Batch RandomBatch(Random& random, size_t rows) {
  const Schema schema = EveryTypeSchema();
  const Batch plain = EveryTypeBatch();
  Batch batch = Batch::ForSchema(schema);
  for (size_t row = 0; row < rows; ++row) {
    std::vector<Value> values;
    for (size_t i = 0; i < schema.size(); ++i) {
      const SqlType& type = schema.fields[i].type;
      const bool wild = random.Below(4) == 0;
      if (random.Below(8) == 0) {
        values.push_back(Value::Null(type));
      } else if (wild) {
        values.push_back(testing::RandomValue(random, type));
      } else if (IsNumeric(type.id) && random.Below(2) == 0) {
        values.push_back(
            *CastValue(Value::BigInt(static_cast<int64_t>(random.Below(20)) - 5), type));
      } else {
        values.push_back(plain.columns[i].GetValue(random.Below(plain.rows - 1)));
      }
    }
    batch.AppendRow(values);
  }
  return batch;
}

}  // namespace millrace::exec
