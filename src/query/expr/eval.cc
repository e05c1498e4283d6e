#include "query/expr/eval.h"

#include <numeric>

#include "query/expr/compare.h"
#include "query/expr/node.h"

namespace millrace::expr {
namespace {

// Keeps the rows of `open` for which `booleans` is true; booleans has one result
// per row of the batch, or one per element of `open`.
enum class Indexing : uint8_t { kByBatchRow, kByPosition };
void KeepTrue(const ColumnHandle& booleans, Indexing indexing, std::vector<uint32_t>* open) {
  size_t kept = 0;
  for (size_t i = 0; i < open->size(); ++i) {
    const uint32_t row = (*open)[i];
    const size_t at = indexing == Indexing::kByBatchRow ? row : i;
    if (TernaryAt(booleans, at) == Ternary::kTrue) (*open)[kept++] = row;
  }
  open->resize(kept);
}

Status NarrowBy(const Node& predicate, const Batch& batch, EvalContext& context,
                std::vector<uint32_t>* open) {
  if (open->empty()) return Status::Ok();
  if (predicate.kind() == NodeKind::kConjunction) {
    for (const NodePtr& operand : predicate.children()) {
      RETURN_IF_ERROR(NarrowBy(*operand, batch, context, open));
    }
    return Status::Ok();
  }
  const bool all_open = open->size() == batch.rows;
  if (all_open || (!predicate.can_fail() && open->size() * Input::kDenseShare > batch.rows)) {
    ASSIGN_OR_RETURN(const ColumnHandle booleans, predicate.Evaluate(Input(batch), context));
    KeepTrue(booleans, Indexing::kByBatchRow, open);
  } else {
    const Input input(batch, *open);
    ASSIGN_OR_RETURN(const ColumnHandle booleans, predicate.Evaluate(input, context));
    KeepTrue(booleans, Indexing::kByPosition, open);
  }
  return Status::Ok();
}

}  // namespace

Status TooMuchHeld() {
  return ResourceExhausted("the expressions of this statement need more memory than it may use")
      .WithSqlState("53200")
      .WithHint(
          "Compute shorter texts or fewer rows at once, or start the server with a larger "
          "--query-memory-bytes.");
}

Status StatementStopped() {
  return Cancelled("canceling statement because its client is gone or its time is up");
}

std::vector<uint32_t> Input::AllRows() const {
  std::vector<uint32_t> all(rows_);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

std::vector<uint32_t> Input::ToBatchRows(std::span<const uint32_t> rows) const {
  std::vector<uint32_t> batch_rows(rows.begin(), rows.end());
  if (selected_) {
    for (uint32_t& row : batch_rows) row = selection_[row];
  }
  return batch_rows;
}

Result<Column> Evaluate(const Node& node, const Batch& input, EvalContext& context) {
  ASSIGN_OR_RETURN(ColumnHandle handle, node.Evaluate(Input(input), context));
  return std::move(handle).Materialize(node.type(), input.rows);
}

Result<ColumnHandle> EvaluateHandle(const Node& node, const Batch& input, EvalContext& context) {
  return node.Evaluate(Input(input), context);
}

Result<Value> EvaluateScalar(const Node& node, EvalContext& context) {
  if (node.kind() == NodeKind::kConstant) return static_cast<const ConstantNode&>(node).value();
  if (node.kind() == NodeKind::kParameter) {
    return static_cast<const ParameterNode&>(node).CoercedValue(context);
  }
  const Batch no_columns{.columns = {}, .rows = 1};
  ASSIGN_OR_RETURN(ColumnHandle handle, node.Evaluate(Input(no_columns), context));
  if (handle.column().type() == node.type()) return handle.column().GetValue(0);
  ASSIGN_OR_RETURN(const Column column, std::move(handle).Materialize(node.type(), 1));
  return column.GetValue(0);
}

Result<std::vector<uint32_t>> SelectRows(const Node& predicate, const Batch& input,
                                         EvalContext& context) {
  MR_ASSERT(predicate.type().id == TypeId::kBoolean, "a predicate is BOOLEAN");
  std::vector<uint32_t> open = Input(input).AllRows();
  RETURN_IF_ERROR(NarrowBy(predicate, input, context, &open));
  return open;
}

Result<bool> IsTrue(const Node& predicate, const Batch& input, size_t row, EvalContext& context) {
  const auto only = static_cast<uint32_t>(row);
  const Input one = input.rows == 1 ? Input(input) : Input(input, {&only, 1});
  ASSIGN_OR_RETURN(const ColumnHandle booleans, predicate.Evaluate(one, context));
  return TernaryAt(booleans, 0) == Ternary::kTrue;
}

}  // namespace millrace::expr
