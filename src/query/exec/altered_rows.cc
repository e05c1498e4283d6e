#include "query/exec/altered_rows.h"

#include <algorithm>
#include <utility>

#include "query/exec/catalog_commit.h"
#include "query/exec/read_rows.h"
#include "query/plan/row_expression.h"
#include "tables/snapshot.h"

namespace millrace::exec {
namespace {

Status CheckNulls(const AlteredTable& altered, const Batch& batch) {
  const auto& columns = altered.table.columns();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].nullable) continue;
    for (size_t row = 0; row < batch.rows; ++row) {
      if (!batch.columns[i].is_null(row)) continue;
      return FailedPrecondition("column \"" + columns[i].name + "\" of relation \"" +
                                altered.table.name + "\" contains null values")
          .WithSqlState("23502")
          .WithHint(altered.needs_default ? "Give the new column a DEFAULT." : "");
    }
  }
  return Status::Ok();
}

struct Condition {
  std::string constraint;
  expr::NodePtr node;
};

Result<std::vector<Condition>> ConditionsToCheck(const AlteredTable& altered) {
  std::vector<Condition> conditions;
  for (const std::string& name : altered.constraints_to_check) {
    const ConstraintDefinition* constraint = altered.table.FindConstraint(name);
    if (constraint == nullptr) continue;  // dropped by a later action
    ASSIGN_OR_RETURN(plan::RowExpression bound,
                     plan::BindCheck(constraint->check_sql, altered.table));
    conditions.push_back({name, std::move(bound.node)});
  }
  return conditions;
}

// Whose row it is, and what it holds, is not the caller's business.
Status CheckConditions(const std::string& table, const std::vector<Condition>& conditions,
                       const Batch& batch, expr::EvalContext& context) {
  for (const Condition& condition : conditions) {
    ASSIGN_OR_RETURN(const Column holds, expr::Evaluate(*condition.node, batch, context));
    for (size_t row = 0; row < batch.rows; ++row) {
      if (holds.is_null(row) || holds.value<uint8_t>(row) != 0) continue;
      return FailedPrecondition("check constraint \"" + condition.constraint + "\" of relation \"" +
                                table + "\" is violated by some row")
          .WithSqlState("23514");
    }
  }
  return Status::Ok();
}

Status CheckBatch(const AlteredTable& altered, const std::vector<Condition>& conditions,
                  const Batch& batch, expr::EvalContext& context) {
  if (altered.needs_empty && batch.rows > 0) {
    return Unimplemented("cannot add a generated column to relation \"" + altered.table.name +
                         "\" because it has rows");
  }
  RETURN_IF_ERROR(CheckNulls(altered, batch));
  return CheckConditions(altered.table.name, conditions, batch, context);
}

// Blocking.
Status CheckRows(const Services& services, const AlteredTable& altered, const Request& request) {
  ASSIGN_OR_RETURN(const std::vector<Condition> conditions, ConditionsToCheck(altered));
  ASSIGN_OR_RETURN(SnapshotPtr snapshot,
                   Snapshot::Open(services.store, request.statement_time_micros));
  auto codec =
      std::make_shared<const TableCodec>(std::make_shared<const TableDefinition>(altered.table));
  std::string prefix = codec->FullKey("");
  std::vector<size_t> columns(altered.table.columns().size());
  for (size_t i = 0; i < columns.size(); ++i) columns[i] = i;
  RowScan scan(std::move(snapshot), codec, {prefix, PrefixSuccessor(prefix)}, columns);
  expr::EvalContext context = MakeEvalContext(services, request);
  while (true) {
    RETURN_IF_ERROR(CheckStop(request));
    Batch batch;
    ASSIGN_OR_RETURN(const bool more, scan.Next(&batch));
    if (!more) return Status::Ok();
    RETURN_IF_ERROR(CheckBatch(altered, conditions, batch, context));
  }
}

// A new version of the table with the same columns and other constraints.
Task<Result<Verdict>> PutVersion(const Services& services, const TableDefinition& now,
                                 TableDefinition next, SchemaVersion columns) {
  columns.version = now.version() + 1;
  next.versions = now.versions;
  next.versions.push_back(std::make_shared<const SchemaVersion>(std::move(columns)));
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kPutTable,
                     .name = now.qualified_name(),
                     .expected = now.version(),
                     .body = EncodeTable(next)});
  co_return co_await CommitCatalog(services, std::move(changes));
}

enum class Outcome : uint8_t { kValidated, kViolated };

// The table's definition now, once the new constraints are settled; null when there is
// nothing left to settle.
std::shared_ptr<TableDefinition> Settled(const TableDefinition& now, const AlteredTable& altered,
                                         Outcome outcome) {
  auto next = std::make_shared<TableDefinition>(now);
  bool changed = false;
  for (const std::string& name : altered.constraints_to_check) {
    const auto found = std::ranges::find(next->constraints, name, &ConstraintDefinition::name);
    if (found == next->constraints.end() || found->validated) continue;
    changed = true;
    if (outcome == Outcome::kValidated) {
      found->validated = true;
    } else {
      next->constraints.erase(found);
    }
  }
  return changed ? next : nullptr;
}

// Others may alter the table at the same time: then what is settled is their table.
Task<Status> Settle(const Services& services, const AlteredTable& altered, Outcome outcome) {
  constexpr int kAttemptsMax = 100;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const TablePtr now = services.catalog.FindTable(altered.table.id);
    if (now == nullptr) co_return Status::Ok();
    const auto next = Settled(*now, altered, outcome);
    if (next == nullptr) co_return Status::Ok();
    ASSIGN_OR_CO_RETURN(const Verdict verdict,
                        co_await PutVersion(services, *now, *next, now->current()));
    if (verdict == Verdict::kApplied) co_return Status::Ok();
  }
  co_return Aborted("the definition was changed by other statements at the same time");
}

}  // namespace

Task<Status> CheckRowsOrRevert(const Services& services, TablePtr before, AlteredTable altered,
                               RequestPtr request) {
  auto now = std::make_shared<const AlteredTable>(std::move(altered));
  auto check = [&services, now, request] { return CheckRows(services, *now, *request); };
  Status checked = co_await services.pool.Run(std::move(check));
  if (checked.ok()) co_return co_await Settle(services, *now, Outcome::kValidated);
  ASSIGN_OR_CO_RETURN(const Verdict reverted,
                      co_await PutVersion(services, now->table, *before, before->current()));
  if (reverted != Verdict::kApplied) {
    CO_RETURN_IF_ERROR(co_await Settle(services, *now, Outcome::kViolated));
  }
  co_return checked;
}

}  // namespace millrace::exec
