// The composition root: every service of `millrace serve`, one member each, in
// start order. Members are destroyed in reverse, which is the shutdown order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "auth/account_journal.h"
#include "auth/accounts.h"
#include "auth/api_keys.h"
#include "auth/async_passwords.h"
#include "auth/authenticator.h"
#include "auth/grants.h"
#include "auth/identities.h"
#include "auth/oidc.h"
#include "auth/token_keys.h"
#include "base/clock.h"
#include "base/random.h"
#include "catalog/catalog.h"
#include "front/http/http_door.h"
#include "jobs/background_jobs.h"
#include "log/local/local_log.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "query/exec/engine/engine.h"
#include "query/exec/exec_context.h"
#include "query/expr/id_generator.h"
#include "runtime/blocking_pool.h"
#include "runtime/event_loop_group.h"
#include "server/shutdown_deadline.h"
#include "session/session.h"
#include "storage/hot/kv_store.h"
#include "tables/applier.h"
#include "tables/column_cache.h"

namespace millrace {

struct ServerOptions {
  std::string data_directory = "./data";
  std::string http_host = "127.0.0.1";
  uint16_t http_port = 7400;  // 0: the system picks one
  // Sets root's password at the first start; later ones keep what is stored.
  std::optional<std::string> root_password;
  Durability durability = Durability::kStrict;
  uint32_t loops = 0;              // 0: one per core
  uint32_t blocking_threads = 0;   // 0: four per core
  uint64_t block_cache_bytes = 0;  // 0: a quarter of the machine's memory, at most 8 GiB
  uint64_t column_cache_bytes = uint64_t{256} << 20;  // 0: no column cache
  uint64_t query_memory_bytes = uint64_t{512} << 20;
  int64_t statement_timeout_ms = 60'000;
  TransactionOptions transactions;
  uint64_t body_bytes_max = uint64_t{10} << 20;
  int64_t shutdown_drain_ms = 10'000;
  // Exit the process when the shutdown takes longer than that.
  bool exit_when_stuck = false;
  front::ResultForm result_form = front::ResultForm::kPerStatement;
  bool allow_remote_setup = false;
  // Makes what the first queries would have to wait for before Start returns.
  bool warm_up = false;
  auth::AccountsOptions accounts;
  auth::AuthenticatorOptions tokens;
  auth::OidcOptions oidc;
  HttpClientOptions oidc_fetch;
  BackgroundJobsOptions jobs;
  // Timeouts and limits of connections; address, port and body size are above.
  HttpServerOptions http;
  // Tests: cheap password hashes and faults below the store.
  std::optional<auth::PasswordCost> password_cost;
  DiskFaults* faults = nullptr;
};

class Server {
 public:
  // Opens everything and begins to accept. `clock`, `random` and `log` must outlive
  // the server. Errors: those of the data directory and of the port. Blocking.
  static Result<std::unique_ptr<Server>> Start(ServerOptions options, const Clock& clock,
                                               Random& random, Log& log);
  // Drains requests, then closes everything and leaves nothing to replay. Blocking.
  ~Server();

  uint16_t port() const { return http_->bound_port(); }
  const RecoveryReport& recovery() const { return store_->recovery(); }
  Catalog& catalog() { return *catalog_; }
  KvStore& store() { return *store_; }
  Metrics& metrics() { return metrics_; }
  // For programs that run statements without a socket: tests.
  SessionServices& sessions() { return *sessions_; }
  EventLoopGroup& loops() { return *loops_; }

 private:
  Server(ServerOptions options, const Clock& clock, Random& random, Log& log);
  Status OpenEngine();
  Status OpenStorage();
  Status OpenExecution();
  Status OpenAccounts();
  Status OpenOidc();
  Status OpenDoors();
  Status CreateDefaultNamespace();
  void FlushStore();
  void RegisterStoreMetrics();
  void AppendJobs(Batch* batch) const;

  const ServerOptions options_;
  const Clock& clock_;
  Random& random_;
  Log& log_;
  Metrics metrics_;

  std::unique_ptr<ShutdownDeadline> deadline_;  // destroyed last
  std::unique_ptr<KvStore> store_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ColumnCache> column_cache_;  // may be null
  std::unique_ptr<Applier> applier_;
  std::unique_ptr<LocalLog> commit_log_;
  std::unique_ptr<BackgroundJobs> jobs_;
  std::unique_ptr<EventLoopGroup> loops_;
  std::unique_ptr<BlockingPool> pool_;
  std::unique_ptr<BlockingPool> password_pool_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<expr::ClockIdGenerator> ids_;
  std::unique_ptr<exec::ExecCounters> counters_;
  std::unique_ptr<auth::AsyncPasswords> passwords_;
  std::unique_ptr<auth::AccountJournal> journal_;
  std::unique_ptr<auth::TokenKeys> token_keys_;
  std::unique_ptr<auth::Accounts> accounts_;
  std::unique_ptr<auth::Grants> grants_;
  std::unique_ptr<auth::ApiKeys> api_keys_;
  std::unique_ptr<HttpClient> http_client_;  // null: no issuer is trusted
  std::unique_ptr<auth::Oidc> oidc_;         // likewise
  std::unique_ptr<auth::Identities> identities_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<SessionServices> sessions_;
  std::unique_ptr<front::HttpDoor> door_;
  std::unique_ptr<HttpServer> http_;
  std::vector<Metrics::CallbackGauge> gauges_;
};

}  // namespace millrace
