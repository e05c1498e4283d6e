#include "server/serve.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/thread_role.h"
#include "millrace_version.h"
#include "server/service_notifier.h"

namespace millrace {
namespace {

// Set before threads start, read by the reporter, which has no other way to a log.
Log* g_blocking_log = nullptr;

void ReportBlocking(std::string_view file, uint32_t line, std::string_view function) {
  if (g_blocking_log == nullptr) return;
  g_blocking_log->Warn("blocking_call_on_event_loop",
                       {{"file", file}, {"line", line}, {"function", function}});
}

int WaitForSignal(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

void PrintError(const Status& status) {
  std::fprintf(stderr, "millrace: %s\n", status.message().c_str());
  if (!status.detail().empty()) std::fprintf(stderr, "detail: %s\n", status.detail().c_str());
  if (!status.hint().empty()) std::fprintf(stderr, "hint: %s\n", status.hint().c_str());
}

std::string NotifySocket() {
  const char* path = std::getenv("NOTIFY_SOCKET");
  return path == nullptr ? std::string() : path;
}

void LogFailure(Log& log, const Status& notified) {
  if (!notified.ok()) log.Warn("service_manager_not_told", {{"error", notified.message()}});
}

}  // namespace

int RunServe(const ServeOptions& options) {
  // Blocked here so that every thread inherits it and sigwait gets them all.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const SystemClock clock;
  SystemRandom random;
  Result<std::unique_ptr<Log>> log = OpenLog(options.log, clock, nullptr);
  if (!log.ok()) {
    PrintError(log.status());
    return 1;
  }
  g_blocking_log = log->get();
#ifdef NDEBUG
  SetBlockingCheck(BlockingCheck::kReport, &ReportBlocking);
#else
  SetBlockingCheck(BlockingCheck::kFatal, &ReportBlocking);
#endif
  Result<std::unique_ptr<Server>> server = Server::Start(options.server, clock, random, **log);
  if (!server.ok()) {
    PrintError(server.status());
    return 1;
  }
  (*log)->Info("server_started", {{"version", MILLRACE_VERSION},
                                  {"http", options.server.http_host},
                                  {"port", (*server)->port()},
                                  {"config", options.config_path}});
  const std::string url =
      "http://" + options.server.http_host + ":" + std::to_string((*server)->port());
  std::printf("millrace %s is ready at %s\n", MILLRACE_VERSION, url.c_str());
  std::fflush(stdout);
  ServiceNotifier notifier(NotifySocket());
  LogFailure(**log, notifier.Ready("serving at " + url));
  const int signal = WaitForSignal(signals);
  (*log)->Info("server_stopping", {{"signal", signal}});
  LogFailure(**log, notifier.Stopping());
  // A second signal does not wait for requests and flushes any more.
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  server->reset();
  (*log)->Info("server_stopped");
  return 0;
}

}  // namespace millrace
