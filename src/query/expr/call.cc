// How a function call is evaluated: arguments, nulls of strict functions, and
// once instead of for every row when all arguments are constant.
#include <array>

#include "query/expr/function.h"
#include "query/expr/node.h"

namespace millrace::expr {
namespace {

// The arguments of one call; most have few and need no allocation.
class Arguments {
 public:
  explicit Arguments(size_t size) : size_(size) {
    if (size > few_.size()) many_.resize(size);
  }
  std::span<ColumnHandle> handles() {
    return many_.empty() ? std::span(few_).first(size_) : std::span(many_);
  }

 private:
  size_t size_;
  std::array<ColumnHandle, 3> few_;
  std::vector<ColumnHandle> many_;
};

// 1 where no argument is null; empty when none is.
std::vector<uint8_t> CommonValidity(std::span<const ColumnHandle> arguments, size_t rows) {
  std::vector<uint8_t> validity;
  for (const ColumnHandle& argument : arguments) {
    if (argument.is_constant() || !argument.column().has_nulls()) continue;
    const std::vector<uint8_t>& other = argument.column().validity();
    if (validity.empty()) {
      validity = other;
    } else {
      for (size_t row = 0; row < rows; ++row) validity[row] &= other[row];
    }
  }
  return validity;
}

bool HasNullConstant(std::span<const ColumnHandle> arguments) {
  for (const ColumnHandle& argument : arguments) {
    if (argument.is_constant() && argument.is_null(0)) return true;
  }
  return false;
}

bool AllConstant(std::span<const ColumnHandle> arguments) {
  for (const ColumnHandle& argument : arguments) {
    if (!argument.is_constant()) return false;
  }
  return true;
}

}  // namespace

Result<ColumnHandle> CallNode::DoEvaluate(const Input& input, EvalContext& context) const {
  Arguments arguments(children().size());
  for (size_t i = 0; i < children().size(); ++i) {
    ASSIGN_OR_RETURN(arguments.handles()[i], children()[i]->Evaluate(input, context));
  }
  const std::span<const ColumnHandle> handles = arguments.handles();
  const bool strict = function_.nulls == NullRule::kStrict;
  if (strict && HasNullConstant(handles)) return ColumnHandle::Null(type());

  const bool once = function_.volatility != Volatility::kVolatile && AllConstant(handles);
  KernelCall call{.arguments = handles,
                  .rows = once ? 1 : input.rows(),
                  .type = type(),
                  .context = context,
                  .validity = {}};
  if (strict && !once) call.validity = CommonValidity(handles, call.rows);
  Column result(type());
  RETURN_IF_ERROR(function_.kernel(call, &result));
  return once ? ColumnHandle::OwnConstant(std::move(result)) : ColumnHandle::Own(std::move(result));
}

}  // namespace millrace::expr
