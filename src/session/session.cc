#include "session/session.h"

#include <span>
#include <utility>

#include "query/sql/parser.h"
#include "session/session_call.h"

namespace millrace {

// Texts from this size on are parsed and planned on a worker: a bulk INSERT costs
// milliseconds.
static constexpr size_t kTextBytesOnLoopMax = 16 << 10;
// How often a statement is planned anew because the catalog changed under it.
static constexpr int kPlansMax = 20;

SessionServices::SessionServices(SessionOptions options, exec::Services exec_services,
                                 AccountServices accounts, Log& log)
    : options_(options),
      executor_(exec_services),
      planner_(exec_services.catalog),
      cache_(options.cached_statements_max, exec_services.metrics),
      transactions_(options.transactions, exec_services.store, exec_services.catalog,
                    exec_services.clock, exec_services.random, deadlines_),
      deadlines_(exec_services.clock),
      accounts_(accounts),
      log_(log) {}

static bool HasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// As in PostgreSQL, no TEXT holds U+0000.
static Status NulInText() {
  return InvalidArgument("invalid byte sequence for encoding \"UTF8\": 0x00")
      .WithSqlState("22021")
      .WithHint("A TEXT cannot hold the character U+0000; use BYTES.");
}

static Status CheckTexts(std::span<const Value> params) {
  for (const Value& value : params) {
    if (IsTextual(value.type().id) && !value.is_null() && HasNul(value.string())) {
      return NulInText();
    }
  }
  return Status::Ok();
}

Task<Result<Script>> Session::Parse(std::string text) {
  if (HasNul(text)) co_return NulInText();
  Script script;
  const uint64_t generation = services_.exec_services().catalog.generation();
  script.prepared = services_.cache_.Find(namespace_name_, text, generation);
  if (script.prepared != nullptr) {
    script.text = std::move(text);
    co_return script;
  }
  if (text.size() <= kTextBytesOnLoopMax) {
    ASSIGN_OR_CO_RETURN(script.statements, sql::ParseStatements(text));
  } else {
    auto parse = [this, &text, &script] { return ParseLong(text, &script); };
    CO_RETURN_IF_ERROR(co_await services_.exec_services().pool.Run(std::move(parse)));
  }
  script.text = std::move(text);
  co_return script;
}

// A bulk INSERT is planned where it was parsed: its tree is large to copy, and another
// trip to a worker takes a tenth of its time.
Status Session::ParseLong(const std::string& text, Script* script) const {
  ASSIGN_OR_RETURN(script->statements, sql::ParseStatements(text));
  if (script->statements.size() != 1 || script->statements.front().If<sql::Insert>() == nullptr) {
    return Status::Ok();
  }
  auto prepared =
      services_.planner_.Prepare(std::move(script->statements.front()), namespace_name_);
  if (prepared.ok()) {
    script->statements.clear();
    script->prepared = std::move(*prepared);
    return Status::Ok();
  }
  // Whoever executes it gets the error, which is one of the statement, not of the text.
  ASSIGN_OR_RETURN(script->statements, sql::ParseStatements(text));
  return Status::Ok();
}

Task<Result<exec::StatementResult>> Session::Execute(std::shared_ptr<const Script> script,
                                                     size_t index, std::vector<Value> params,
                                                     StopToken client) {
  // A script may run for long, and its user be dropped or logged out meanwhile.
  CO_RETURN_IF_ERROR(services_.accounts_.accounts.CheckPrincipal(principal_));
  CO_RETURN_IF_ERROR(CheckTexts(params));
  auto call = std::make_shared<Call>();
  call->script = std::move(script);
  call->index = index;
  call->params = std::move(params);
  call->client = std::move(client);
  const bool fails_transaction = call->statement().If<sql::Transaction>() == nullptr;
  Result<exec::StatementResult> result = co_await Run(std::move(call));
  if (!result.ok() && fails_transaction && transaction_ != nullptr) {
    transaction_->state = TransactionState::kFailed;
  }
  co_return result;
}

static bool IsAccountStatement(const sql::Statement& statement) {
  return statement.If<sql::CreateUser>() != nullptr || statement.If<sql::AlterUser>() != nullptr ||
         statement.If<sql::DropUser>() != nullptr || statement.If<sql::Grant>() != nullptr ||
         statement.If<sql::CreateApiKey>() != nullptr ||
         statement.If<sql::DropApiKey>() != nullptr ||
         statement.If<sql::RotateTokenKey>() != nullptr;
}

Task<Result<exec::StatementResult>> Session::Run(std::shared_ptr<Call> call) {
  if (const auto* transaction = call->statement().If<sql::Transaction>()) {
    co_return co_await RunTransaction(*transaction);
  }
  if (transaction_ != nullptr && transaction_->state == TransactionState::kFailed) {
    co_return TransactionFailed();
  }
  if (const auto* as_user = call->statement().If<sql::ExecuteAs>()) {
    co_return co_await RunAs(call, *as_user);
  }
  if (IsAccountStatement(call->statement())) {
    if (transaction_ != nullptr) co_return NotInTransaction();
    co_return co_await RunAccountStatement(call->statement());
  }
  Status last;
  for (int plans = 0; plans < kPlansMax; ++plans) {
    Result<plan::PreparedPtr> planned = co_await Prepare(*call);
    if (!planned.ok()) co_return AfterFailedPlan(call->statement(), planned.status());
    plan::PreparedPtr prepared = *std::move(planned);
    CO_RETURN_IF_ERROR(Authorize(*prepared));
    CO_RETURN_IF_ERROR(CheckInTransaction(*prepared));
    const uint64_t generation = prepared->generation;
    Result<exec::StatementResult> result = co_await RunPrepared(call, std::move(prepared));
    if (result.ok() || result.status().code() != Code::kAborted) co_return result;
    if (services_.exec_services().catalog.generation() == generation) co_return result;
    last = result.status();
  }
  co_return last;
}

Task<Result<plan::PreparedPtr>> Session::Prepare(const Call& call) {
  const uint64_t generation = services_.exec_services().catalog.generation();
  const plan::PreparedPtr& cached = call.script->prepared;
  if (!call.has_inner && cached != nullptr && cached->generation == generation) co_return cached;
  const bool whole_text = !call.has_inner && call.script->size() == 1;
  Result<plan::PreparedPtr> prepared = plan::PreparedPtr();
  if (call.script->text.size() <= kTextBytesOnLoopMax) {
    prepared = services_.planner_.Prepare(call.statement(), namespace_name_);
  } else {
    auto prepare = [this, &call] {
      return services_.planner_.Prepare(call.statement(), namespace_name_);
    };
    prepared = co_await services_.exec_services().pool.Run(std::move(prepare));
  }
  if (prepared.ok() && whole_text) {
    services_.cache_.Put(namespace_name_, call.script->text, *prepared);
  }
  co_return prepared;
}

namespace {

// The request together with what ends it.
struct ScopedRequest : exec::Request {
  std::unique_ptr<StatementScope> scope;
};

}  // namespace

Task<Result<exec::StatementResult>> Session::RunPrepared(std::shared_ptr<Call> call,
                                                         plan::PreparedPtr prepared) {
  auto request = std::make_shared<ScopedRequest>();
  request->user_id = principal_.user_id;
  request->row_scope = RowScope(principal_.user_id, principal_.account);
  request->role = principal_.role;
  request->namespace_name = namespace_name_;
  request->params = call->params;
  request->statement_time_micros = services_.exec_services().clock.WallMicros();
  request->planned_generation = prepared->generation;
  if (transaction_ != nullptr) {
    request->transaction = std::shared_ptr<Transaction>(transaction_, &transaction_->work);
  }
  if (plan::IsQuick(prepared->plan)) {
    request->stop = call->client;
  } else {
    request->scope = std::make_unique<StatementScope>(services_.deadlines_, call->client,
                                                      services_.options_.statement_timeout_ms);
    request->stop = request->scope->token();
  }
  co_return co_await services_.executor_.Execute(std::move(prepared), std::move(request));
}

}  // namespace millrace
