#include "testing/server_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <optional>
#include <string_view>
#include <utility>

namespace millrace::testing {
namespace {

constexpr int64_t kStartNanosMax = 60'000'000'000;
constexpr int kStopMillisMax = 30'000;
// Between two tries; also the resolution of start_nanos.
constexpr int kProbeIntervalMillis = 1;

// Asks once, and waits at most a second for the answer.
bool AnswersHealth(uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const timeval limit{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  address.sin_port = ::htons(port);
  constexpr std::string_view kRequest =
      "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  constexpr std::string_view kGoodAnswer = "HTTP/1.1 200";
  char answer[4096];
  ssize_t received = 0;
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      ::send(socket, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) > 0) {
    received = ::recv(socket, answer, sizeof(answer), 0);
  }
  ::close(socket);
  return received > 0 &&
         std::string_view(answer, static_cast<size_t>(received)).starts_with(kGoodAnswer);
}

std::string SeeLog(const ServerOptions& options) {
  return options.log_path.empty() ? "" : "See its log, " + options.log_path + ".";
}

}  // namespace

Result<ServerProcess> ServerProcess::Start(const ServerOptions& options, const Clock& clock) {
  ASSIGN_OR_RETURN(const uint16_t port, FreeLoopbackPort());
  ChildOptions child;
  child.program = options.program;
  child.arguments = {"serve", "--data", options.data_directory, "--http",
                     "127.0.0.1:" + std::to_string(port)};
  child.arguments.insert(child.arguments.end(), options.arguments.begin(), options.arguments.end());
  child.environment = options.environment;
  child.environment.push_back("MILLRACE_ROOT_PASSWORD=" + options.root_password);
  child.output_path = options.log_path;
  const int64_t began = clock.MonotonicNanos();
  ASSIGN_OR_RETURN(ChildProcess process, ChildProcess::Start(child));
  ServerProcess server(std::move(process), port);
  while (!AnswersHealth(port)) {
    if (const std::optional<int> code = server.process_.WaitForExit(kProbeIntervalMillis)) {
      return Unavailable("the server ended with code " + std::to_string(*code) +
                         " before it was ready")
          .WithHint(SeeLog(options));
    }
    if (clock.MonotonicNanos() - began > kStartNanosMax) {
      return DeadlineExceeded("the server did not answer /health within a minute")
          .WithHint(SeeLog(options));
    }
  }
  server.start_nanos_ = clock.MonotonicNanos() - began;
  return server;
}

Status ServerProcess::Stop() {
  process_.Signal(SIGTERM);
  const std::optional<int> code = process_.WaitForExit(kStopMillisMax);
  if (!code) {
    Kill();
    return DeadlineExceeded("the server did not stop within " +
                            std::to_string(kStopMillisMax / 1000) + " s of SIGTERM");
  }
  if (*code != 0) return Internal("the server ended with code " + std::to_string(*code));
  return Status::Ok();
}

void ServerProcess::Kill() {
  process_.Signal(SIGKILL);
  process_.WaitForExit(/*timeout_ms=*/-1);
}

}  // namespace millrace::testing
