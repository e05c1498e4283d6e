#include "server/server.h"

#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

#include "millrace_version.h"
#include "runtime/await_on_worker.h"
#include "types/json_text.h"

namespace millrace {
namespace {

uint32_t Cores() { return std::max(1u, std::thread::hardware_concurrency()); }

uint64_t DefaultCacheBytes() {
  struct sysinfo info{};
  if (sysinfo(&info) != 0) return uint64_t{256} << 20;
  return std::min<uint64_t>(uint64_t{info.totalram} * info.mem_unit / 4, uint64_t{8} << 30);
}

// The data hold password hashes and the keys that tokens are signed with: they are for
// the server's own user only, whatever the umask says.
void CloseToOthers(const std::string& directory, Log& log) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(directory, error);  // who opens the store reports what is wrong
  fs::permissions(directory, fs::perms::owner_all, fs::perm_options::replace, error);
  if (error) {
    log.Warn("data_directory_open_to_others",
             {{"directory", directory}, {"error", error.message()}});
  }
}

// Creates the engine's first instances while everything else is opened: both take
// some 60 ms of a start.
class EngineWarmUp {
 public:
  EngineWarmUp(engine::Engine& engine, Log& log)
      : thread_([&engine, &log] {
          const Status warm = engine.Warm();
          if (!warm.ok()) log.Warn("warm_up_failed", {{"error", warm.ToString()}});
        }) {}
  ~EngineWarmUp() { thread_.join(); }

 private:
  std::thread thread_;
};

}  // namespace

Server::Server(ServerOptions options, const Clock& clock, Random& random, Log& log)
    : options_(std::move(options)), clock_(clock), random_(random), log_(log) {}

Result<std::unique_ptr<Server>> Server::Start(ServerOptions options, const Clock& clock,
                                              Random& random, Log& log) {
  auto server = std::unique_ptr<Server>(new Server(std::move(options), clock, random, log));
  CloseToOthers(server->options_.data_directory, log);
  RETURN_IF_ERROR(server->OpenEngine());
  std::optional<EngineWarmUp> warm_up;
  if (server->options_.warm_up) warm_up.emplace(*server->engine_, log);
  RETURN_IF_ERROR(server->OpenStorage());
  RETURN_IF_ERROR(server->OpenExecution());
  RETURN_IF_ERROR(server->OpenAccounts());
  RETURN_IF_ERROR(server->OpenDoors());
  return server;
}

Status Server::OpenEngine() {
  engine::EngineOptions engine;
  engine.memory_bytes_per_query = static_cast<int64_t>(options_.query_memory_bytes);
  engine.spill_directory = options_.data_directory + "/spill";
  ASSIGN_OR_RETURN(engine_, engine::Engine::Open(engine));
  return Status::Ok();
}

Status Server::OpenStorage() {
  KvStoreOptions options;
  options.directory = options_.data_directory + "/hot";
  options.block_cache_bytes =
      options_.block_cache_bytes > 0 ? options_.block_cache_bytes : DefaultCacheBytes();
  options.faults = options_.faults;
  ASSIGN_OR_RETURN(store_, KvStore::Open(options, log_));
  ASSIGN_OR_RETURN(catalog_, Catalog::Load(*store_));
  ASSIGN_OR_RETURN(commit_log_, LocalLog::Open({}, *store_, metrics_, clock_));
  log_.Info("storage_opened", {{"directory", options_.data_directory},
                               {"replayed_wal_bytes", store_->recovery().wal_bytes},
                               {"milliseconds", store_->recovery().micros / 1000},
                               {"tables", catalog_->Tables().size()},
                               {"applied_lsn", commit_log_->applied().value}});
  if (options_.column_cache_bytes > 0) {
    column_cache_ = std::make_unique<ColumnCache>(
        ColumnCacheOptions{.bytes_max = options_.column_cache_bytes}, *catalog_, metrics_);
  }
  applier_ = std::make_unique<Applier>(*store_, *catalog_, column_cache_.get());
  commit_log_->Start(*applier_);
  RegisterStoreMetrics();
  RETURN_IF_ERROR(CreateDefaultNamespace());
  jobs_ = std::make_unique<BackgroundJobs>(
      options_.jobs,
      BackgroundJobsServices{*store_, *catalog_, *commit_log_, clock_, random_, metrics_, log_});
  return Status::Ok();
}

// In the shape of system.jobs (query/plan/virtual_catalog.cc).
void Server::AppendJobs(Batch* batch) const {
  auto time = [](int64_t micros) {
    return micros == 0 ? Value::Null(TypeId::kTimestamp)
                       : Value::Integer(TypeId::kTimestamp, micros);
  };
  const Value no_text = Value::Null(TypeId::kText);
  const Value zero = Value::Integer(TypeId::kInt, 0);
  const Value no_number = Value::Null(TypeId::kBigInt);
  for (const JobRecord& job : jobs_->History()) {
    std::string parameters = R"({"table":)";
    AppendJsonString(&parameters, job.table);
    const bool failed = job.state == JobState::kFailed;
    const Value row[] = {Value::Text(job.job_id),
                         Value::Text(std::string(JobTypeName(job.type))),
                         Value::Text(std::string(JobStateName(job.state))),
                         no_text,
                         Value::String(TypeId::kJson, parameters + "}"),
                         Value::Text(job.message),
                         failed ? Value::Text(job.message) : no_text,
                         no_text,
                         no_text,
                         Value::Null(TypeId::kInt),
                         zero,
                         zero,
                         no_number,
                         no_number,
                         Value::Text("1"),
                         no_text,
                         time(job.created_at),
                         time(job.updated_at),
                         time(job.started_at),
                         time(job.finished_at)};
    batch->AppendRow(row);
  }
}

void Server::RegisterStoreMetrics() {
  for (const auto& [name, value] : store_->Statistics()) {
    auto read = [this, wanted = name] {
      for (const auto& [candidate, now] : store_->Statistics()) {
        if (candidate == wanted) return now;
      }
      return 0.0;
    };
    gauges_.push_back(metrics_.AddCallbackGauge(name, "Of the hot tier.", std::move(read)));
  }
}

Status Server::CreateDefaultNamespace() {
  if (catalog_->FindNamespace("default") != nullptr) return Status::Ok();
  NamespaceDefinition definition{
      .name = "default", .description = "", .created_at = clock_.WallMicros()};
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kPutNamespace,
                     .name = definition.name,
                     .expected = static_cast<uint64_t>(Expect::kNew),
                     .body = EncodeNamespace(definition)});
  LogEntry entry;
  entry.payload = EncodeCatalogCommand(changes);
  return commit_log_->AppendBlocking(std::move(entry)).status();
}

Status Server::OpenExecution() {
  EventLoopGroupOptions loops;
  loops.loops = options_.loops > 0 ? options_.loops : Cores();
  ASSIGN_OR_RETURN(loops_, EventLoopGroup::Create(std::move(loops), clock_, metrics_, log_));
  BlockingPoolOptions pool;
  pool.threads = options_.blocking_threads > 0 ? options_.blocking_threads : 4 * Cores();
  pool_ = std::make_unique<BlockingPool>(pool, clock_, metrics_);
  ids_ = std::make_unique<expr::ClockIdGenerator>(clock_, random_);
  counters_ = std::make_unique<exec::ExecCounters>(metrics_);
  return Status::Ok();
}

Status Server::OpenAccounts() {
  EventLoop& loop = loops_->loop(0);
  journal_ = std::make_unique<auth::AccountJournal>(*commit_log_, clock_, random_);
  token_keys_ = std::make_unique<auth::TokenKeys>(
      std::max(options_.tokens.access_lifetime, options_.tokens.refresh_lifetime), *catalog_,
      *journal_, clock_, random_, log_);
  RETURN_IF_ERROR(AwaitOnWorker(loop, token_keys_->Open()));
  // A pool of its own: hashing is pure CPU and must not hold back reads.
  password_pool_ = std::make_unique<BlockingPool>(
      BlockingPoolOptions{.name = "passwords", .threads = 2}, clock_, metrics_);
  auth::AsyncPasswordsOptions hashing;
  if (options_.password_cost.has_value()) hashing.cost = *options_.password_cost;
  passwords_ = std::make_unique<auth::AsyncPasswords>(hashing, *password_pool_, metrics_);
  accounts_ = std::make_unique<auth::Accounts>(options_.accounts, *catalog_, *journal_, *passwords_,
                                               clock_, log_);
  RETURN_IF_ERROR(AwaitOnWorker(loop, accounts_->EnsureRoot(options_.root_password)));
  authenticator_ = std::make_unique<auth::Authenticator>(options_.tokens, *token_keys_, *accounts_,
                                                         *passwords_, clock_, random_, log_);
  grants_ = std::make_unique<auth::Grants>(*catalog_, *journal_, clock_, log_);
  api_keys_ = std::make_unique<auth::ApiKeys>(*catalog_, *journal_, clock_, random_, log_);
  RETURN_IF_ERROR(OpenOidc());
  identities_ = std::make_unique<auth::Identities>(*authenticator_, *api_keys_, oidc_.get());
  return Status::Ok();
}

Status Server::OpenOidc() {
  if (options_.oidc.issuers.empty()) return Status::Ok();
  if (options_.oidc.issuers.front().audience.empty()) {
    return InvalidArgument("oidc.issuer needs oidc.audience")
        .WithHint("It is the client id that the issuer's tokens are made for.");
  }
  ASSIGN_OR_RETURN(http_client_, HttpClient::Create(options_.oidc_fetch));
  auto fetch = [client = http_client_.get()](std::string url) {
    return client->Get(std::move(url));
  };
  ASSIGN_OR_RETURN(oidc_,
                   auth::Oidc::Create(options_.oidc, std::move(fetch), *accounts_, clock_, log_));
  return Status::Ok();
}

Status Server::OpenDoors() {
  exec::Services services{
      .store = *store_,
      .catalog = *catalog_,
      .log = *commit_log_,
      .pool = *pool_,
      .engine = *engine_,
      .clock = clock_,
      .random = random_,
      .ids = *ids_,
      .metrics = metrics_,
      .counters = *counters_,
      .column_cache = column_cache_.get(),
      .default_durability = options_.durability,
      .query_memory_bytes = options_.query_memory_bytes,
      .wake_cleanup = [jobs = jobs_.get()] { jobs->WakeCleanup(); },
      .append_jobs = [this](Batch* batch) { AppendJobs(batch); },
      .build_index = [jobs = jobs_.get()](
                         TableId table, uint32_t index,
                         const StopToken& stop) { return jobs->BuildIndex(table, index, stop); }};
  sessions_ = std::make_unique<SessionServices>(
      SessionOptions{.statement_timeout_ms = options_.statement_timeout_ms,
                     .transactions = options_.transactions},
      std::move(services), AccountServices{*accounts_, *grants_, *api_keys_, *token_keys_}, log_);
  front::HttpDoorOptions door;
  door.default_form = options_.result_form;
  door.allow_remote_setup = options_.allow_remote_setup;
  door.version = MILLRACE_VERSION;
  door_ = std::make_unique<front::HttpDoor>(std::move(door), *sessions_, *authenticator_,
                                            *identities_, *accounts_, metrics_, clock_, log_);
  HttpServerOptions http = options_.http;
  http.host = options_.http_host;
  http.port = options_.http_port;
  http.request.body_bytes_max = options_.body_bytes_max;
  http.error_response = &front::HttpDoor::ServerError;
  auto handle = [door = door_.get()](const HttpRequest& request, ResponseWriter& response) {
    return door->Handle(request, response);
  };
  http_ =
      std::make_unique<HttpServer>(std::move(http), std::move(handle),
                                   HttpServerServices{*loops_, clock_, random_, metrics_, log_});
  return http_->Start();
}

Server::~Server() {
  const std::chrono::milliseconds limit(options_.shutdown_drain_ms);
  if (options_.exit_when_stuck && store_ != nullptr) {
    auto save = [this] { FlushStore(); };
    deadline_ = std::make_unique<ShutdownDeadline>(limit, std::move(save), log_);
  }
  // Requests that are cut need a moment to end.
  if (http_ != nullptr) http_->Shutdown(limit * 3 / 4);
  http_.reset();
  gauges_.clear();
  door_.reset();
  sessions_.reset();
  if (store_ == nullptr) return;
  if (jobs_ != nullptr) jobs_->Stop();
  jobs_.reset();
  commit_log_.reset();  // commits what is queued
  if (deadline_ != nullptr) deadline_->ForgetSave();
  FlushStore();
}

void Server::FlushStore() {
  const Status flushed = store_->Flush();
  if (!flushed.ok()) log_.Warn("flush_at_shutdown_failed", {{"error", flushed.ToString()}});
}

}  // namespace millrace
