// For tests: one expression over one small batch, by our evaluator and by the
// analytical engine.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/exec/engine/engine.h"
#include "query/exec/engine_sql.h"
#include "query/plan/expression_scope.h"
#include "types/batch.h"
#include "types/schema.h"
#include "types/virtual_table.h"

namespace millrace::engine {
class MemorySource;
}

namespace millrace::exec {

// A result column: its type and one value per row.
struct Answer {
  SqlType type;
  std::vector<Value> values;
};

// "INT: 1, NULL"
std::string ToString(const Answer& answer);
// The same, or '!' and the error.
std::string ToString(const Result<Answer>& answer);

class BothPaths {
 public:
  // The rows of table `t`.
  BothPaths(Schema schema, Batch batch);
  ~BothPaths();

  // Errors for which plan::IsNotNative holds: only the engine can tell.
  Result<Answer> Natively(std::string_view expression);
  // `plan` and the text given to the engine are the real ones.
  Result<Answer> ByEngine(std::string_view expression);
  // The first column of any query over `t`.
  Result<Answer> Query(std::string_view sql);
  // What the engine was given last.
  const std::string& printed() const { return printed_; }

  void SetBatch(Batch batch);
  // What the last query asked of the scan.
  ScanRequest LastScan() const;
  Request& request() { return request_; }

 private:
  Schema schema_;
  Batch batch_;
  plan::RelationScope scope_;
  std::shared_ptr<engine::MemorySource> source_;
  std::unique_ptr<engine::Engine> engine_;
  Request request_;
  std::string printed_;
};

// One column of each type, named after it (bool_, small, int_, big, dec, float_,
// double_, text_, json_, bytes, ts, dt, date_, time_, uuid_), another integer and
// another text (int2, text2), and four rows, the last of them all null.
Schema EveryTypeSchema();
Batch EveryTypeBatch();

}  // namespace millrace::exec
