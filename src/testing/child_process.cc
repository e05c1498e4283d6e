#include "testing/child_process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdlib.h>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

extern char** environ;

namespace millrace::testing {
namespace {

constexpr int kExecFailedExitCode = 127;

std::string ErrnoText(std::string_view doing) {
  return std::string(doing) + ": " + ::strerror(errno);
}

// The C strings of `texts`, null at the end; valid as long as `texts`.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Ours, without the variables that `additions` set anew.
std::vector<std::string> Environment(const std::vector<std::string>& additions) {
  std::vector<std::string> all = additions;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const std::string_view name = variable.substr(0, variable.find('=') + 1);
    bool replaced = false;
    for (const std::string& addition : additions) replaced |= addition.starts_with(name);
    if (!replaced) all.emplace_back(variable);
  }
  return all;
}

struct Identity {
  bool change = false;
  uid_t user = 0;
  gid_t group = 0;
};

Result<Identity> FindIdentity(const std::string& user) {
  if (user.empty()) return Identity{};
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return NotFound("there is no user \"" + user + "\" on this machine");
  return Identity{true, entry->pw_uid, entry->pw_gid};
}

// What the child does between fork and exec: only calls that are safe there.
[[noreturn]] void BecomeProgram(char* const* arguments, char* const* environment, int output,
                                const Identity& identity, pid_t parent) {
  bool ready = true;
  if (output >= 0) ready = ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(output, STDERR_FILENO) >= 0;
  if (ready && identity.change) {
    ready = ::setgroups(1, &identity.group) == 0 && ::setgid(identity.group) == 0 &&
            ::setuid(identity.user) == 0;
  }
  // After setuid, which would undo it. The parent may be gone already.
  ready = ready && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
  if (ready) ::execve(arguments[0], arguments, environment);
  ::_exit(kExecFailedExitCode);
}

// The first number after `label` in a file of /proc; nothing when it is absent.
std::optional<uint64_t> NumberAfter(std::string_view text, std::string_view label) {
  const size_t found = text.find(label);
  if (found == std::string_view::npos) return std::nullopt;
  const size_t begin = text.find_first_of("0123456789", found + label.size());
  if (begin == std::string_view::npos) return std::nullopt;
  uint64_t number = 0;
  std::from_chars(text.data() + begin, text.data() + text.size(), number);
  return number;
}

std::string ReadSmallFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

Result<ChildProcess> ChildProcess::Start(const ChildOptions& options) {
  ASSIGN_OR_RETURN(const Identity identity, FindIdentity(options.user));
  if (::access(options.program.c_str(), X_OK) != 0) {
    return NotFound(ErrnoText("cannot run \"" + options.program + "\""));
  }
  std::vector<std::string> arguments = {options.program};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment = Environment(options.environment);
  const std::vector<char*> argument_pointers = Pointers(arguments);
  const std::vector<char*> environment_pointers = Pointers(environment);
  int output = -1;
  if (!options.output_path.empty()) {
    output = ::open(options.output_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (output < 0) return Internal(ErrnoText("cannot open \"" + options.output_path + "\""));
  }
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    BecomeProgram(argument_pointers.data(), environment_pointers.data(), output, identity, parent);
  }
  const std::string fork_error = child < 0 ? ErrnoText("cannot fork") : std::string();
  if (output >= 0) ::close(output);
  if (child < 0) return Internal(fork_error);
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  MR_ASSERT(descriptor >= 0, "a child that nobody has waited for has a pidfd");
  return ChildProcess(child, descriptor);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(other.pid_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      exit_code_(other.exit_code_) {}

ChildProcess::~ChildProcess() {
  if (descriptor_ < 0) return;
  Signal(SIGKILL);
  WaitForExit(/*timeout_ms=*/-1);
  ::close(descriptor_);
}

void ChildProcess::Signal(int signal) {
  // By the descriptor: a process id may belong to somebody else by now.
  if (!exit_code_) ::syscall(SYS_pidfd_send_signal, descriptor_, signal, nullptr, 0);
}

std::optional<int> ChildProcess::WaitForExit(int timeout_ms) {
  if (exit_code_) return exit_code_;
  pollfd ended{.fd = descriptor_, .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    ready = ::poll(&ended, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return std::nullopt;
  int state = 0;
  if (::waitpid(pid_, &state, 0) != pid_) return std::nullopt;
  exit_code_ = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
  return exit_code_;
}

Result<ProcessUsage> ReadProcessUsage(pid_t pid) {
  const std::string directory = "/proc/" + std::to_string(pid);
  const std::optional<uint64_t> resident_kib =
      NumberAfter(ReadSmallFile(directory + "/status"), "VmRSS:");
  // The program's name may hold spaces and brackets; the fields follow the last one.
  const std::string stat = ReadSmallFile(directory + "/stat");
  size_t at = stat.rfind(')');
  if (!resident_kib || at == std::string::npos) return NotFound("no process " + directory);
  constexpr int kFieldsBeforeUserTime = 12;  // from the state, field 3, to utime, field 14
  for (int field = 0; field < kFieldsBeforeUserTime; ++field) at = stat.find(' ', at + 1);
  const size_t system_at = stat.find(' ', at + 1);
  const uint64_t ticks =
      std::strtoull(stat.c_str() + at, nullptr, 10) + std::strtoull(&stat[system_at], nullptr, 10);
  const int64_t tick_nanos = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  return ProcessUsage{*resident_kib * 1024, static_cast<int64_t>(ticks) * tick_nanos};
}

Result<uint16_t> FreeLoopbackPort() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) return Internal(ErrnoText("cannot make a socket"));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = ::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  const std::string error = bound ? std::string() : ErrnoText("no free port on 127.0.0.1");
  ::close(listener);
  if (!bound) return Unavailable(error);
  return ::ntohs(address.sin_port);
}

}  // namespace millrace::testing
