// BEGIN, COMMIT, ROLLBACK and savepoints.
#include <utility>

#include "query/exec/release.h"
#include "session/session_call.h"

namespace millrace {

using exec::StatementResult;

Status TransactionFailed() {
  return InvalidArgument(
             "current transaction is aborted, commands ignored until end of transaction block")
      .WithSqlState("25P02")
      .WithHint("Send ROLLBACK, or ROLLBACK TO a savepoint set before the statement that failed.");
}

Status NotInTransaction() {
  return InvalidArgument("this statement takes effect at once and cannot run in a transaction")
      .WithSqlState("25001")
      .WithHint("Send it before BEGIN or after COMMIT.");
}

static Status NoneOpen(std::string_view what) {
  return InvalidArgument(std::string(what) + " without an open transaction")
      .WithSqlState("25P01")
      .WithHint("Begin one with BEGIN.");
}

Session::~Session() {
  if (transaction_ == nullptr) return;
  if (keeps_transactions_) {
    services_.transactions_.Release(transaction_);
    exec::ReleaseOnPool(services_.exec_services().pool, std::move(transaction_));
  } else {
    EndTransaction();
  }
}

Status Session::Join(std::string_view transaction_id) {
  ASSIGN_OR_RETURN(transaction_, services_.transactions_.Take(transaction_id, principal_));
  keeps_transactions_ = true;
  return Status::Ok();
}

std::string_view Session::kept_transaction_id() const {
  if (transaction_ == nullptr || !keeps_transactions_) return {};
  return transaction_->id;
}

Status Session::EndRequest() {
  if (transaction_ == nullptr || keeps_transactions_) return Status::Ok();
  EndTransaction();
  return InvalidArgument("the request ended with an open transaction, which was rolled back")
      .WithSqlState("25001")
      .WithHint("Send COMMIT in the same request, or the header X-Millrace-Transaction: keep.");
}

void Session::EndTransaction() {
  services_.transactions_.End(transaction_);
  exec::ReleaseOnPool(services_.exec_services().pool, std::move(transaction_));
  transaction_ = nullptr;
}

Status Session::CheckInTransaction(const plan::Prepared& prepared) const {
  if (transaction_ == nullptr) return Status::Ok();
  const sql::Statement& statement = prepared.statement;
  if (std::holds_alternative<plan::OtherPlan>(prepared.plan)) {
    const bool only_reads =
        statement.If<sql::Show>() != nullptr || statement.If<sql::Describe>() != nullptr ||
        statement.If<sql::Explain>() != nullptr || statement.If<sql::UseNamespace>() != nullptr;
    return only_reads ? Status::Ok() : NotInTransaction();
  }
  if (std::holds_alternative<plan::TruncatePlan>(prepared.plan)) {
    return Unimplemented("TRUNCATE in a transaction is not supported yet")
        .WithSqlState("0A000")
        .WithHint("DELETE FROM … WHERE TRUE does the same, row by row.");
  }
  if (transaction_->read_only && !std::holds_alternative<plan::SelectPlan>(prepared.plan)) {
    return InvalidArgument("cannot change rows in a read-only transaction").WithSqlState("25006");
  }
  return Status::Ok();
}

Status Session::SetCharacteristics(const sql::Transaction& statement) {
  if (statement.isolation == sql::IsolationLevel::kSerializable) {
    return Unimplemented("isolation level SERIALIZABLE is not supported")
        .WithSqlState("0A000")
        .WithHint("Every transaction is a snapshot: REPEATABLE READ is what it is called.");
  }
  if (statement.access == sql::AccessMode::kReadOnly) transaction_->read_only = true;
  if (statement.access != sql::AccessMode::kReadWrite || !transaction_->read_only) {
    return Status::Ok();
  }
  if (transaction_->work.facts().snapshot_lsn != 0) {
    return InvalidArgument("transaction read-write mode must be set before any query")
        .WithSqlState("25001");
  }
  transaction_->read_only = false;
  return Status::Ok();
}

Task<Result<StatementResult>> Session::RunTransaction(const sql::Transaction& statement) {
  if (impersonating_) {
    co_return InvalidArgument("EXECUTE AS USER takes no transaction statements")
        .WithSqlState("42601");
  }
  switch (statement.action) {
    case sql::TransactionAction::kBegin:
      co_return co_await Begin(statement);
    case sql::TransactionAction::kCommit:
      co_return co_await Commit();
    case sql::TransactionAction::kRollback:
      if (transaction_ == nullptr) co_return NoneOpen("ROLLBACK");
      EndTransaction();
      co_return StatementResult::Message("Transaction rolled back");
    case sql::TransactionAction::kSetCharacteristics:
      if (transaction_ == nullptr) co_return NoneOpen("SET TRANSACTION");
      CO_RETURN_IF_ERROR(SetCharacteristics(statement));
      co_return StatementResult::Message("Transaction set");
    default:
      co_return ApplySavepoint(statement);
  }
}

Task<Result<StatementResult>> Session::Begin(const sql::Transaction& statement) {
  if (transaction_ != nullptr) {
    co_return Status(Code::kAlreadyExists, "a transaction is already open")
        .WithSqlState("25001")
        .WithHint("Transactions do not nest; use SAVEPOINT.");
  }
  if (principal_.role < Role::kUser) {
    co_return PermissionDenied("permission denied: a transaction needs the role user");
  }
  ASSIGN_OR_CO_RETURN(transaction_, services_.transactions_.Begin(principal_));
  const Status set = SetCharacteristics(statement);
  if (!set.ok()) {
    EndTransaction();
    co_return set;
  }
  co_return StatementResult::Message("Transaction begun");
}

static Status Conflict(Verdict verdict) {
  if (verdict == Verdict::kNotUnique) {
    return AlreadyExists("duplicate key value violates a unique constraint").WithSqlState("23505");
  }
  Status status = Aborted("could not serialize access due to concurrent update")
                      .WithSqlState("40001")
                      .WithHint("Run the transaction again from its beginning.");
  if (verdict == Verdict::kTableChanged) {
    return std::move(status).WithDetail("A table it had changed was altered or dropped.");
  }
  return std::move(status).WithDetail(
      "Somebody else committed a change of a row that this transaction changed, too.");
}

Task<Result<StatementResult>> Session::Commit() {
  if (transaction_ == nullptr) co_return NoneOpen("COMMIT");
  const exec::Services& services = services_.exec_services();
  if (transaction_->state == TransactionState::kFailed) {
    EndTransaction();
    co_return InvalidArgument("the transaction was rolled back because a statement in it failed")
        .WithSqlState("25P02");
  }
  Transaction& work = transaction_->work;
  if (work.facts().changes > 0) {
    auto make = [&work, &services]() -> Result<LogEntry> {
      return work.MakeEntry(services.clock.WallMicros(), services.default_durability);
    };
    Result<LogEntry> entry = co_await services.pool.Run(std::move(make));
    Result<Receipt> receipt = Receipt();
    if (entry.ok() && !entry->payload.empty()) {
      receipt = co_await services.log.Append(std::move(*entry));
    }
    EndTransaction();
    CO_RETURN_IF_ERROR(entry.status());
    CO_RETURN_IF_ERROR(receipt.status());
    if (receipt->verdict != Verdict::kApplied) co_return Conflict(receipt->verdict);
  } else {
    EndTransaction();
  }
  co_return StatementResult::Message("Transaction committed");
}

Result<StatementResult> Session::ApplySavepoint(const sql::Transaction& statement) {
  const bool failed = transaction_ != nullptr && transaction_->state == TransactionState::kFailed;
  switch (statement.action) {
    case sql::TransactionAction::kSavepoint:
      if (transaction_ == nullptr) return NoneOpen("SAVEPOINT");
      if (failed) return TransactionFailed();
      transaction_->work.SetSavepoint(statement.savepoint);
      return StatementResult::Message("Savepoint set");
    case sql::TransactionAction::kRelease:
      if (transaction_ == nullptr) return NoneOpen("RELEASE SAVEPOINT");
      if (failed) return TransactionFailed();
      RETURN_IF_ERROR(transaction_->work.Release(statement.savepoint));
      return StatementResult::Message("Savepoint released");
    default:
      if (transaction_ == nullptr) return NoneOpen("ROLLBACK TO SAVEPOINT");
      RETURN_IF_ERROR(transaction_->work.RollbackTo(statement.savepoint));
      transaction_->state = TransactionState::kActive;
      return StatementResult::Message("Rolled back to savepoint");
  }
}

}  // namespace millrace
