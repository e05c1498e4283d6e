// How AND, OR, CASE, COALESCE, NULLIF, IN and comparisons are evaluated: the
// nodes that decide by themselves which rows their operands see.
#include <algorithm>

#include "query/expr/cast.h"
#include "query/expr/compare.h"
#include "query/expr/node.h"
#include "query/expr/value_set.h"

namespace millrace::expr {
namespace {

constexpr size_t kSetRowsMin = 32;  // building a set for fewer rows costs more than it saves

// A result put together from pieces computed for disjoint sets of rows.
class Assembly {
 public:
  Assembly(const SqlType& type, size_t rows) : type_(type), places_(rows) {}

  // The results of `rows`, in that order. Rows never added are NULL.
  void Add(ColumnHandle piece, std::span<const uint32_t> rows) {
    pieces_.push_back(std::move(piece));
    for (size_t i = 0; i < rows.size(); ++i) {
      places_[rows[i]] = {static_cast<uint32_t>(pieces_.size()), static_cast<uint32_t>(i)};
    }
  }

  Result<ColumnHandle> Finish() && {
    Column result(type_);
    result.Reserve(places_.size());
    for (const Place& place : places_) {
      if (place.piece == 0) {
        result.AppendNull();
      } else {
        RETURN_IF_ERROR(AppendRow(pieces_[place.piece - 1], place.row, &result));
      }
    }
    return ColumnHandle::Own(std::move(result));
  }

 private:
  struct Place {
    uint32_t piece = 0;  // counting from 1
    uint32_t row = 0;
  };
  SqlType type_;
  std::vector<ColumnHandle> pieces_;
  std::vector<Place> places_;
};

// Evaluates a node for some rows of the input.
Result<ColumnHandle> EvaluateFor(const Node& node, const Input& input,
                                 std::span<const uint32_t> rows, EvalContext& context) {
  if (rows.size() == input.rows()) return node.Evaluate(input, context);
  const std::vector<uint32_t> batch_rows = input.ToBatchRows(rows);
  return node.Evaluate(Input(input.batch(), batch_rows), context);
}

// One operand joined to what the operands before it say. `decisive` is the value
// that settles the result: FALSE for AND, TRUE for OR.
Ternary Join(Ternary before, Ternary operand, Ternary decisive) {
  if (before == decisive || operand == decisive) return decisive;
  if (before == Ternary::kNull || operand == Ternary::kNull) return Ternary::kNull;
  return before;
}

Result<ColumnHandle> JoinOneRow(std::span<const NodePtr> operands, Ternary decisive,
                                const Input& input, EvalContext& context) {
  Ternary result = decisive == Ternary::kFalse ? Ternary::kTrue : Ternary::kFalse;
  for (const NodePtr& operand : operands) {
    ASSIGN_OR_RETURN(const ColumnHandle handle, operand->Evaluate(input, context));
    result = Join(result, TernaryAt(handle, 0), decisive);
    if (result == decisive) break;
  }
  return ConstantTernary(result);
}

Result<ColumnHandle> CaseOneRow(const CaseNode& node, const Input& input, EvalContext& context) {
  for (size_t i = 0; i < node.branches(); ++i) {
    ASSIGN_OR_RETURN(const ColumnHandle condition,
                     node.children()[2 * i]->Evaluate(input, context));
    if (TernaryAt(condition, 0) == Ternary::kTrue) {
      return node.children()[2 * i + 1]->Evaluate(input, context);
    }
  }
  return node.children().back()->Evaluate(input, context);
}

// Moves the rows of `open` for which the condition is true to the result.
std::vector<uint32_t> TakeTrue(const ColumnHandle& condition, std::vector<uint32_t>* open) {
  std::vector<uint32_t> taken;
  size_t kept = 0;
  for (size_t i = 0; i < open->size(); ++i) {
    const uint32_t row = (*open)[i];
    if (TernaryAt(condition, i) == Ternary::kTrue) {
      taken.push_back(row);
    } else {
      (*open)[kept++] = row;
    }
  }
  open->resize(kept);
  return taken;
}

Ternary InSet(const ValueSet& set, const ColumnHandle& values, size_t row, std::string* buffer) {
  if (values.is_null(row)) return Ternary::kNull;
  if (set.Contains(values, row, buffer)) return Ternary::kTrue;
  return set.has_null() ? Ternary::kNull : Ternary::kFalse;
}

Ternary Not(Ternary value) {
  if (value == Ternary::kNull) return value;
  return value == Ternary::kTrue ? Ternary::kFalse : Ternary::kTrue;
}

// Looks at every item, found or not: an item that fails does so for one row as
// for many.
Result<ColumnHandle> InOneRow(const InListNode& node, const ColumnHandle& value, const Input& input,
                              EvalContext& context) {
  Ternary found = Ternary::kFalse;
  for (const NodePtr& item : node.items()) {
    ASSIGN_OR_RETURN(const ColumnHandle handle, item->Evaluate(input, context));
    const ColumnHandle equal = CompareColumns(ComparisonOp::kEqual, value, handle, 1);
    found = Join(found, TernaryAt(equal, 0), Ternary::kTrue);
  }
  return ConstantTernary(node.sense() == InListNode::Sense::kIn ? found : Not(found));
}

ColumnHandle ProbeSet(const ValueSet& set, InListNode::Sense sense, const ColumnHandle& values,
                      size_t rows) {
  std::string buffer;
  const size_t results = values.is_constant() ? 1 : rows;
  std::vector<Ternary> found(results);
  for (size_t row = 0; row < results; ++row) {
    found[row] = InSet(set, values, row, &buffer);
    if (sense == InListNode::Sense::kNotIn) found[row] = Not(found[row]);
  }
  if (results == 1) return ConstantTernary(found[0]);
  return ColumnHandle::Own(BooleanColumn(found));
}

}  // namespace

Result<ColumnHandle> ComparisonNode::DoEvaluate(const Input& input, EvalContext& context) const {
  ASSIGN_OR_RETURN(const ColumnHandle left_values, left().Evaluate(input, context));
  ASSIGN_OR_RETURN(const ColumnHandle right_values, right().Evaluate(input, context));
  return CompareColumns(op_, left_values, right_values, input.rows());
}

Result<ColumnHandle> LogicNode::DoEvaluate(const Input& input, EvalContext& context) const {
  const Ternary decisive = kind() == NodeKind::kConjunction ? Ternary::kFalse : Ternary::kTrue;
  const size_t rows = input.rows();
  if (rows == 1) return JoinOneRow(children(), decisive, input, context);

  std::vector<Ternary> result(rows, Not(decisive));
  std::vector<uint32_t> open = input.AllRows();
  for (const NodePtr& operand : children()) {
    std::erase_if(open, [&](uint32_t row) { return result[row] == decisive; });
    if (open.empty()) break;
    const bool dense = !operand->can_fail() && open.size() * Input::kDenseShare > rows;
    ASSIGN_OR_RETURN(const ColumnHandle values, dense
                                                    ? operand->Evaluate(input, context)
                                                    : EvaluateFor(*operand, input, open, context));
    for (size_t i = 0; i < open.size(); ++i) {
      const uint32_t row = open[i];
      result[row] = Join(result[row], TernaryAt(values, dense ? row : i), decisive);
    }
  }
  return ColumnHandle::Own(BooleanColumn(result));
}

Result<ColumnHandle> CaseNode::DoEvaluate(const Input& input, EvalContext& context) const {
  const size_t rows = input.rows();
  if (rows == 1) return CaseOneRow(*this, input, context);

  Assembly assembly(type(), rows);
  std::vector<uint32_t> open = input.AllRows();
  for (size_t i = 0; i < branches() && !open.empty(); ++i) {
    ASSIGN_OR_RETURN(const ColumnHandle condition,
                     EvaluateFor(*children()[2 * i], input, open, context));
    const std::vector<uint32_t> taken = TakeTrue(condition, &open);
    if (taken.empty()) continue;
    ASSIGN_OR_RETURN(ColumnHandle piece,
                     EvaluateFor(*children()[2 * i + 1], input, taken, context));
    if (taken.size() == rows) return piece;
    assembly.Add(std::move(piece), taken);
  }
  if (!open.empty()) {
    ASSIGN_OR_RETURN(ColumnHandle piece, EvaluateFor(*children().back(), input, open, context));
    if (open.size() == rows) return piece;
    assembly.Add(std::move(piece), open);
  }
  return std::move(assembly).Finish();
}

Result<ColumnHandle> CoalesceNode::DoEvaluate(const Input& input, EvalContext& context) const {
  const size_t rows = input.rows();
  Assembly assembly(type(), rows);
  std::vector<uint32_t> open = input.AllRows();
  for (const NodePtr& operand : children()) {
    if (open.empty()) break;
    ASSIGN_OR_RETURN(ColumnHandle piece, EvaluateFor(*operand, input, open, context));
    const bool last = operand == children().back();
    const bool no_nulls = !piece.column().has_nulls();
    if (open.size() == rows && (last || no_nulls)) return piece;
    std::vector<uint32_t> next_open;
    next_open.reserve(open.size());
    for (size_t i = 0; i < open.size(); ++i) {
      if (piece.is_null(i)) next_open.push_back(open[i]);
    }
    assembly.Add(std::move(piece), open);  // nulls are overwritten by the next piece
    open = std::move(next_open);
  }
  return std::move(assembly).Finish();
}

Result<ColumnHandle> NullIfNode::DoEvaluate(const Input& input, EvalContext& context) const {
  const size_t rows = input.rows();
  ASSIGN_OR_RETURN(ColumnHandle value, children()[0]->Evaluate(input, context));
  ASSIGN_OR_RETURN(ColumnHandle other, children()[1]->Evaluate(input, context));
  ASSIGN_OR_RETURN(const ColumnHandle left, CastHandle(value, children()[0]->type(),
                                                       comparison_type_, CastKind::kStrict, rows));
  ASSIGN_OR_RETURN(const ColumnHandle right, CastHandle(std::move(other), children()[1]->type(),
                                                        comparison_type_, CastKind::kStrict, rows));
  const ColumnHandle equal = CompareColumns(ComparisonOp::kEqual, left, right, rows);
  Column result(type());
  result.Reserve(rows);
  for (size_t row = 0; row < rows; ++row) {
    if (TernaryAt(equal, row) == Ternary::kTrue) {
      result.AppendNull();
    } else {
      RETURN_IF_ERROR(AppendRow(value, row, &result));
    }
  }
  return ColumnHandle::Own(std::move(result));
}

Result<ColumnHandle> InListNode::DoEvaluate(const Input& input, EvalContext& context) const {
  if (set_ == nullptr) return CompareOneByOne(input, context);
  ASSIGN_OR_RETURN(const ColumnHandle values, value().Evaluate(input, context));
  return ProbeSet(*set_, sense_, values, input.rows());
}

Result<ColumnHandle> InListNode::CompareOneByOne(const Input& input, EvalContext& context) const {
  const size_t rows = input.rows();
  ASSIGN_OR_RETURN(const ColumnHandle values, value().Evaluate(input, context));
  if (rows == 1) return InOneRow(*this, values, input, context);
  std::vector<ColumnHandle> handles;
  handles.reserve(items().size());
  bool all_constant = true;
  for (const NodePtr& item : items()) {
    ASSIGN_OR_RETURN(ColumnHandle handle, item->Evaluate(input, context));
    all_constant = all_constant && handle.is_constant();
    handles.push_back(std::move(handle));
  }
  if (all_constant && handles.size() >= kSetItemsMin && rows >= kSetRowsMin) {
    ValueSet set;
    for (const ColumnHandle& handle : handles) {
      if (handle.is_null(0)) {
        set.NoteNull();
      } else {
        set.Insert(handle);
      }
    }
    return ProbeSet(set, sense_, values, rows);
  }
  std::vector<Ternary> found(rows, Ternary::kFalse);
  for (const ColumnHandle& handle : handles) {
    const ColumnHandle equal = CompareColumns(ComparisonOp::kEqual, values, handle, rows);
    for (size_t row = 0; row < rows; ++row) {
      found[row] = Join(found[row], TernaryAt(equal, row), Ternary::kTrue);
    }
  }
  if (sense_ == Sense::kNotIn) {
    for (Ternary& result : found) result = Not(result);
  }
  return ColumnHandle::Own(BooleanColumn(found));
}

}  // namespace millrace::expr
