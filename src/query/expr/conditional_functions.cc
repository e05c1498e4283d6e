// NOT, IS tests, GREATEST and LEAST: the functions that see nulls.
#include "query/expr/compare.h"
#include "query/expr/families.h"
#include "query/expr/kernel.h"

namespace millrace::expr {
namespace {

Status Not(KernelCall& call, Column* out) {
  return MapRows<uint8_t>(call, out, [](uint8_t a) { return a == 0; });
}

// True where the argument is (is not) null.
template <bool kExpected>
Status IsNull(KernelCall& call, Column* out) {
  const std::span<uint8_t> payloads = out->Resize<uint8_t>(call.rows);
  for (size_t row = 0; row < call.rows; ++row) {
    payloads[row] = call.arguments[0].is_null(row) == kExpected ? 1 : 0;
  }
  return Status::Ok();
}

// True where the argument is (is not) a given truth value; never null.
template <Ternary kWanted, bool kExpected>
Status IsTruth(KernelCall& call, Column* out) {
  const std::span<uint8_t> payloads = out->Resize<uint8_t>(call.rows);
  for (size_t row = 0; row < call.rows; ++row) {
    payloads[row] = (TernaryAt(call.arguments[0], row) == kWanted) == kExpected ? 1 : 0;
  }
  return Status::Ok();
}

// The largest (kSign 1) or smallest (-1) argument; nulls are passed over.
template <int kSign>
Status Extreme(KernelCall& call, Column* out) {
  out->Reserve(call.rows);
  for (size_t row = 0; row < call.rows; ++row) {
    const ColumnHandle* best = nullptr;
    for (const ColumnHandle& argument : call.arguments) {
      if (argument.is_null(row)) continue;
      if (best == nullptr ||
          kSign * ComparePayloads(call.type.id, argument.column(), argument.IndexOf(row),
                                  best->column(), best->IndexOf(row)) >
              0) {
        best = &argument;
      }
    }
    if (best == nullptr) {
      out->AppendNull();
    } else {
      out->AppendFrom(best->column(), best->IndexOf(row));
    }
  }
  return Status::Ok();
}

// GREATEST is null only when all its arguments are.
constexpr FunctionTraits kExtreme = {
    .can_fail = false, .may_give_null = true, .nulls = NullRule::kCalledOnNull};
constexpr FunctionTraits kTest = {
    .can_fail = false, .is_operator = true, .nulls = NullRule::kCalledOnNull};

}  // namespace

void AddConditional(std::vector<Function>* functions) {
  const Function all[] = {
      Define("NOT(boolean) boolean", Not, kTotalOperator),
      Define("IS NULL(any) boolean", IsNull<true>, kTest),
      Define("IS NOT NULL(any) boolean", IsNull<false>, kTest),
      Define("IS TRUE(boolean) boolean", IsTruth<Ternary::kTrue, true>, kTest),
      Define("IS NOT TRUE(boolean) boolean", IsTruth<Ternary::kTrue, false>, kTest),
      Define("IS FALSE(boolean) boolean", IsTruth<Ternary::kFalse, true>, kTest),
      Define("IS NOT FALSE(boolean) boolean", IsTruth<Ternary::kFalse, false>, kTest),
      Define("greatest(any...) any", Extreme<1>, kExtreme),
      Define("least(any...) any", Extreme<-1>, kExtreme),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
