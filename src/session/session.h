// The one door: every statement of every front door comes through here. A Session
// is who asks (a Principal) and where (a namespace).
//
//   text --Parse--> Script --Execute(i)--> privileges -> plan (cached) -> exec
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/accounts.h"
#include "auth/api_keys.h"
#include "auth/grants.h"
#include "auth/principal.h"
#include "auth/token_keys.h"
#include "base/status.h"
#include "query/exec/executor.h"
#include "query/plan/planner.h"
#include "runtime/task.h"
#include "session/deadlines.h"
#include "session/statement_cache.h"
#include "session/transactions.h"

namespace millrace {

struct SessionOptions {
  int64_t statement_timeout_ms = 60'000;  // 0: none
  size_t cached_statements_max = 1024;
  TransactionOptions transactions;
};

// Who writes accounts and what belongs to them. Borrowed.
struct AccountServices {
  auth::Accounts& accounts;
  auth::Grants& grants;
  auth::ApiKeys& api_keys;
  auth::TokenKeys& token_keys;
};

// What sessions share. Thread-safe; everything borrowed outlives it.
class SessionServices {
 public:
  SessionServices(SessionOptions options, exec::Services exec_services, AccountServices accounts,
                  Log& log);

  exec::Executor& executor() { return executor_; }
  const exec::Services& exec_services() const { return executor_.services(); }
  const Transactions& transactions() const { return transactions_; }

 private:
  friend class Session;
  const SessionOptions options_;
  exec::Executor executor_;
  plan::Planner planner_;
  StatementCache cache_;
  Transactions transactions_;
  Deadlines deadlines_;  // its thread ends before the transactions it times out
  const AccountServices accounts_;
  Log& log_;
};

// One request's text, parsed. A text seen before comes with its plan.
struct Script {
  std::string text;
  std::vector<sql::Statement> statements;  // empty when `prepared` is set
  plan::PreparedPtr prepared;

  size_t size() const { return prepared != nullptr ? 1 : statements.size(); }
};

// Not thread-safe: one request at a time, on one event loop.
class Session {
 public:
  Session(SessionServices& services, auth::Principal principal, std::string namespace_name)
      : services_(services),
        principal_(std::move(principal)),
        namespace_name_(std::move(namespace_name)) {}
  // A transaction that was begun here ends with it, unless it was kept.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const auth::Principal& principal() const { return principal_; }

  // From now on a transaction begun here outlives the session.
  void KeepTransactions() { keeps_transactions_ = true; }
  // The same, and works in one that was begun before. Errors: those of Transactions::Take.
  Status Join(std::string_view transaction_id);
  // Of the open transaction that outlives the session; empty when there is none.
  std::string_view kept_transaction_id() const;
  // When all statements of a request have run. Errors: 25001 when a transaction was begun
  // and neither committed nor rolled back; it is rolled back then.
  Status EndRequest();

  // Errors: 42601 with the place. An empty text gives an empty script.
  Task<Result<Script>> Parse(std::string text);

  // Runs statement `index`. Errors: 28000 when what the caller logged in with is worth
  // nothing any more; the statement's own. `client` stops when nobody wants the answer any more.
  Task<Result<exec::StatementResult>> Execute(std::shared_ptr<const Script> script, size_t index,
                                              std::vector<Value> params, StopToken client);

 private:
  struct Call;
  Status ParseLong(const std::string& text, Script* script) const;
  Task<Result<exec::StatementResult>> Run(std::shared_ptr<Call> call);
  Task<Result<exec::StatementResult>> RunPrepared(std::shared_ptr<Call> call,
                                                  plan::PreparedPtr prepared);
  Task<Result<exec::StatementResult>> RunAs(std::shared_ptr<Call> call, sql::ExecuteAs statement);
  Task<Result<plan::PreparedPtr>> Prepare(const Call& call);
  Status Authorize(const plan::Prepared& prepared) const;
  // The error of a statement that cannot be planned: that the caller may not use one of its
  // tables, before anything about that table.
  Status AfterFailedPlan(const sql::Statement& statement, Status error) const;
  Status AuthorizeDefinition(const sql::Statement& statement) const;
  Status AuthorizeTable(const plan::TableAccess& access) const;
  Task<Result<exec::StatementResult>> RunTransaction(const sql::Transaction& statement);
  Task<Result<exec::StatementResult>> Begin(const sql::Transaction& statement);
  Task<Result<exec::StatementResult>> Commit();
  Result<exec::StatementResult> ApplySavepoint(const sql::Transaction& statement);
  Status SetCharacteristics(const sql::Transaction& statement);
  Status CheckInTransaction(const plan::Prepared& prepared) const;
  void EndTransaction();
  // Statements about accounts, their rights and their keys.
  Task<Result<exec::StatementResult>> RunAccountStatement(sql::Statement statement);
  Task<Result<exec::StatementResult>> CreateUser(sql::CreateUser create);
  Task<Result<exec::StatementResult>> AlterUser(sql::AlterUser alter);
  Task<Result<exec::StatementResult>> DropUser(sql::DropUser drop);
  Task<Result<exec::StatementResult>> Grant(sql::Grant grant);
  Task<Result<exec::StatementResult>> CreateApiKey(sql::CreateApiKey create);
  Task<Result<exec::StatementResult>> DropApiKey(sql::DropApiKey drop);
  Task<Result<exec::StatementResult>> RotateTokenKey(sql::RotateTokenKey rotate);
  Result<auth::GrantChange> MakeGrantChange(const sql::Grant& grant) const;

  SessionServices& services_;
  auth::Principal principal_;
  std::string namespace_name_;
  bool impersonating_ = false;
  OpenTransactionPtr transaction_;  // null: every statement commits by itself
  bool keeps_transactions_ = false;
};

}  // namespace millrace
