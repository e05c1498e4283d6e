#include "query/exec/truncate.h"

#include <utility>

#include "tables/mutation.h"

namespace millrace::exec {

// What is lost with one table must be lost with all.
static Durability DurabilityOf(const Services& services, const plan::TruncatePlan& plan) {
  for (const TablePtr& table : plan.tables) {
    const Durability durability = table->durability.value_or(services.default_durability);
    if (durability == Durability::kStrict) return durability;
  }
  return Durability::kRelaxed;
}

static std::string Message(const plan::TruncatePlan& plan) {
  std::string names;
  for (const TablePtr& table : plan.tables) {
    if (!names.empty()) names += ", ";
    names += "\"" + table->qualified_name() + "\"";
  }
  return (plan.tables.size() == 1 ? "Table " : "Tables ") + names + " truncated";
}

Task<Result<StatementResult>> ExecuteTruncate(const Services& services, TableCache& tables,
                                              plan::PreparedPtr prepared, RequestPtr request) {
  const auto& plan = std::get<plan::TruncatePlan>(prepared->plan);
  MutationBatch mutation(request->statement_time_micros);
  for (const TablePtr& table : plan.tables) {
    ASSIGN_OR_CO_RETURN(const PreparedTablePtr prepared_table, tables.Find(table));
    const std::string_view scope = ScopeOf(*table, *request);
    mutation.BeginTable(*table, scope);
    mutation.Truncate(prepared_table->codec->RelativeScope(scope));
  }
  LogEntry entry;
  entry.payload = mutation.Finish();
  entry.durability = DurabilityOf(services, plan);
  ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await services.log.Append(std::move(entry)));
  if (receipt.verdict != Verdict::kApplied) {
    co_return Aborted("a table was changed while the statement ran");
  }
  co_return StatementResult::Message(Message(plan));
}

}  // namespace millrace::exec
