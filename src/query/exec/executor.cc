#include "query/exec/executor.h"

#include <utility>

#include "query/exec/definition.h"
#include "query/exec/explain.h"
#include "query/exec/insert.h"
#include "query/exec/modify.h"
#include "query/exec/read_rows.h"
#include "query/exec/select.h"
#include "query/exec/show.h"
#include "query/exec/truncate.h"

namespace millrace::exec {

ExecCounters::ExecCounters(Metrics& metrics)
    : point_gets(metrics.AddCounter("exec_point_gets_total",
                                    "Key look-ups, tried on the event loop first.")),
      point_get_hops(metrics.AddCounter("exec_point_get_hops_total",
                                        "Key look-ups that had to go to the blocking pool.")),
      range_scans(metrics.AddCounter("exec_range_scans_total", "Native scans of a key range.")),
      engine_queries(
          metrics.AddCounter("exec_engine_queries_total", "Queries run by the analytical engine.")),
      rows_written(
          metrics.AddCounter("exec_rows_written_total", "Rows inserted, updated and deleted.")),
      write_conflicts(
          metrics.AddCounter("exec_write_conflicts_total",
                             "Writes tried again because another statement was first.")) {}

static Status CheckParameters(const plan::Prepared& prepared, const Request& request) {
  if (request.params.size() == prepared.parameters) return Status::Ok();
  return InvalidArgument("statement needs " + std::to_string(prepared.parameters) +
                         " parameter(s), but " + std::to_string(request.params.size()) +
                         " were given")
      .WithSqlState("08P01");
}

Task<Result<StatementResult>> Executor::Execute(plan::PreparedPtr prepared, RequestPtr request) {
  CO_RETURN_IF_ERROR(CheckParameters(*prepared, *request));
  CO_RETURN_IF_ERROR(CheckStop(*request));
  if (const auto* select = std::get_if<plan::SelectPlan>(&prepared->plan)) {
    // Shares the ownership of the prepared statement.
    const std::shared_ptr<const plan::SelectPlan> plan(prepared, select);
    co_return co_await ExecuteSelect(services_, tables_, plan, request);
  }
  if (std::holds_alternative<plan::InsertPlan>(prepared->plan)) {
    co_return co_await ExecuteInsert(services_, tables_, prepared, request);
  }
  if (std::holds_alternative<plan::UpdatePlan>(prepared->plan)) {
    co_return co_await ExecuteUpdate(services_, tables_, prepared, request);
  }
  if (std::holds_alternative<plan::DeletePlan>(prepared->plan)) {
    co_return co_await ExecuteDelete(services_, tables_, prepared, request);
  }
  if (std::holds_alternative<plan::TruncatePlan>(prepared->plan)) {
    co_return co_await ExecuteTruncate(services_, tables_, prepared, request);
  }
  co_return co_await ExecuteOther(prepared, request);
}

Task<Result<StatementResult>> Executor::ExecuteOther(plan::PreparedPtr prepared,
                                                     RequestPtr request) {
  const sql::Statement& statement = prepared->statement;
  if (const auto* show = statement.If<sql::Show>()) {
    if (show->kind != sql::ShowKind::kStats) co_return Show(services_, *show, *request);
    auto ask = [this, show, request] { return Show(services_, *show, *request); };
    co_return co_await services_.pool.Run(std::move(ask));
  }
  if (const auto* describe = statement.If<sql::Describe>()) {
    co_return Describe(services_, *describe, *request);
  }
  if (statement.If<sql::Explain>() != nullptr) {
    co_return co_await Explain(*this, prepared, request);
  }
  if (const auto* use = statement.If<sql::UseNamespace>()) {
    // Nothing to remember between requests: clients send the namespace with each.
    if (services_.catalog.FindNamespace(use->name) == nullptr) {
      co_return NotFound("namespace \"" + use->name + "\" does not exist").WithSqlState("3F000");
    }
    co_return StatementResult::Message("Using namespace \"" + use->name + "\"");
  }
  co_return co_await ExecuteDefinition(services_, tables_, prepared, request);
}

}  // namespace millrace::exec
