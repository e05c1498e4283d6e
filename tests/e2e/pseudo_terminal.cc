// A child of forkpty; the kernel plays the terminal.
#include "pseudo_terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace millrace::e2e {
namespace {

constexpr int kPatienceMs = 30'000;

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::string ProgramBeside(std::string_view name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

PseudoTerminal::PseudoTerminal(const Options& options) {
  // Made before the fork: afterwards nothing may be allocated.
  std::vector<std::string> words = {options.program};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> variables = options.environment;
  const std::vector<char*> arguments = Pointers(words);
  const std::vector<char*> environment = Pointers(variables);
  winsize size = {};
  size.ws_row = options.rows;
  size.ws_col = options.columns;
  pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
  if (pid_ == 0) {
    // The server of the test must not live on in here.
    ::close_range(3, ~0U, 0);
    ::execve(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
  }
}

PseudoTerminal::~PseudoTerminal() {
  ::close(terminal_);
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void PseudoTerminal::Type(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(terminal_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

bool PseudoTerminal::ReadMore() {
  pollfd ready = {.fd = terminal_, .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, kPatienceMs) <= 0) return false;
  char buffer[4096];
  const ssize_t got = ::read(terminal_, buffer, sizeof(buffer));
  if (got <= 0) return false;
  output_.append(buffer, static_cast<size_t>(got));
  return true;
}

bool PseudoTerminal::Expect(std::string_view text) {
  size_t at = 0;
  while ((at = output_.find(text)) == std::string::npos) {
    if (!ReadMore()) return false;
  }
  taken_ = output_.substr(0, at + text.size());
  output_.erase(0, taken_.size());
  return true;
}

int PseudoTerminal::WaitForExit() {
  while (ReadMore()) {
  }
  int state = 0;
  ::waitpid(pid_, &state, 0);
  pid_ = -1;
  return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

}  // namespace millrace::e2e
