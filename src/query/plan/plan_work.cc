// How much a plan computes for one row, which decides where it may run.
#include "query/plan/plan.h"

namespace millrace::plan {
namespace {

expr::Work WorkOfRead(const TableRead& read) {
  expr::Work work = expr::WorkOf(read.filter.get());
  for (const ValueBound& bound : read.bounds) work += expr::WorkOf(bound.value.get());
  work += expr::WorkOf(read.limit.get());
  work += expr::WorkOf(read.offset.get());
  return work;
}

void Estimate(SelectConstant& plan) {
  plan.work = expr::WorkOf(plan.filter.get());
  plan.work += expr::WorkOf(plan.limit.get());
  plan.work += expr::WorkOf(plan.offset.get());
  plan.work += plan.output.work;
}

void Estimate(SelectTable& plan) {
  plan.read.work = WorkOfRead(plan.read);
  plan.read.work += plan.output.work;
}

void Estimate(SelectEngine&) {}

void Estimate(InsertPlan& plan) {
  for (const ComputedCell& cell : plan.computed) plan.work += expr::WorkOf(cell.expression.get());
}

void Estimate(UpdatePlan& plan) {
  plan.read.work = WorkOfRead(plan.read);
  for (const SetColumn& set : plan.assignments) {
    plan.read.work += expr::WorkOf(set.expression.get());
  }
}

void Estimate(DeletePlan& plan) { plan.read.work = WorkOfRead(plan.read); }

void Estimate(TruncatePlan&) {}

void Estimate(OtherPlan&) {}

void Estimate(SelectPlan& plan) {
  std::visit([](auto& route) { Estimate(route); }, plan);
}

}  // namespace

void EstimateWork(Plan* plan) {
  std::visit([](auto& statement) { Estimate(statement); }, *plan);
}

bool IsQuick(const Plan& plan) {
  // Rows and parameters are rarely longer; when they are, the work is still
  // bounded by the length of one value.
  constexpr size_t kInputBytes = 4096;
  if (const auto* select = std::get_if<SelectPlan>(&plan)) {
    const auto* table = std::get_if<SelectTable>(select);
    return table != nullptr && table->read.point && table->read.work.FitsOnLoop(kInputBytes);
  }
  if (const auto* insert = std::get_if<InsertPlan>(&plan)) {
    return insert->source == nullptr && insert->work.FitsOnLoop(kInputBytes);
  }
  if (const auto* update = std::get_if<UpdatePlan>(&plan)) {
    return update->read.point && !update->read.needs_engine &&
           update->read.work.FitsOnLoop(kInputBytes);
  }
  return false;
}

}  // namespace millrace::plan
