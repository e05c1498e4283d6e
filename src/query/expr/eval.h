// Evaluating bound expressions over batches.
//
// Order of evaluation: AND, OR, CASE, COALESCE and NULLIF look at their next
// operand only for the rows whose result is still open, so an operand that would
// fail (division by zero) is never computed for rows that do not need it.
// Everything else computes all operands. Errors: 22003 out of range, 22012
// division by zero, 22P02 bad text, and what a function says of itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "query/expr/column_handle.h"
#include "query/expr/id_generator.h"
#include "types/batch.h"
#include "types/value.h"

namespace millrace::expr {

class Node;

// What an expression may ask of the statement it runs in. Borrows everything;
// one per statement, used by one thread at a time. The services may be null
// where no volatile function can occur.
struct EvalContext {
  std::span<const Value> params;      // $1 is params[0]
  int64_t statement_time_micros = 0;  // now()
  std::string_view user_id;
  std::string_view role;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  IdGenerator* ids = nullptr;

  // Bytes of computed text that are held at once: by temporary columns, and by
  // what was evaluated in this context before.
  size_t held_bytes = 0;
  size_t held_bytes_max = size_t{512} << 20;
  size_t BytesLeft() const { return held_bytes_max > held_bytes ? held_bytes_max - held_bytes : 0; }

  // Whether nobody wants the result any more; asked once per operation.
  bool (*stop_requested)(const void* stop) = nullptr;
  const void* stop = nullptr;
  bool StopRequested() const { return stop_requested != nullptr && stop_requested(stop); }
};

// 53200: past EvalContext::held_bytes_max.
Status TooMuchHeld();
// 57014.
Status StatementStopped();

// The rows an expression is evaluated on: all of a batch or a selection of it.
class Input {
 public:
  // Once fewer than one row in this many is still open, gathering the columns of
  // the open rows is cheaper than computing an operand for all of them.
  static constexpr size_t kDenseShare = 4;

  explicit Input(const Batch& batch) : batch_(batch), rows_(batch.rows) {}
  Input(const Batch& batch, std::span<const uint32_t> selection)
      : batch_(batch), selection_(selection), rows_(selection.size()), selected_(true) {}

  const Batch& batch() const { return batch_; }
  size_t rows() const { return rows_; }
  bool is_selection() const { return selected_; }
  // Rows of the batch, ascending. Only when is_selection().
  std::span<const uint32_t> selection() const { return selection_; }
  // 0, 1, ..., rows() - 1.
  std::vector<uint32_t> AllRows() const;
  // These rows of this input as rows of the batch.
  std::vector<uint32_t> ToBatchRows(std::span<const uint32_t> rows) const;

 private:
  const Batch& batch_;
  std::span<const uint32_t> selection_;
  size_t rows_;
  bool selected_ = false;
};

// One result per row of `input`, of the node's type.
Result<Column> Evaluate(const Node& node, const Batch& input, EvalContext& context);
// The same without copying borrowed columns or repeating constants; the handle
// may refer to `input` and to `node`.
Result<ColumnHandle> EvaluateHandle(const Node& node, const Batch& input, EvalContext& context);

// For expressions without columns: constants, defaults, LIMIT.
Result<Value> EvaluateScalar(const Node& node, EvalContext& context);

// The rows for which a BOOLEAN expression is true (neither false nor NULL), ascending.
Result<std::vector<uint32_t>> SelectRows(const Node& predicate, const Batch& input,
                                         EvalContext& context);
// Whether it is true for one row of the batch.
Result<bool> IsTrue(const Node& predicate, const Batch& input, size_t row, EvalContext& context);

}  // namespace millrace::expr
