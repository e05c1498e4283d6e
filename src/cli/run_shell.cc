#include "cli/run_shell.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/completion.h"
#include "cli/connect.h"
#include "cli/credentials.h"
#include "cli/highlight.h"
#include "cli/interrupt.h"
#include "cli/line_editor.h"
#include "cli/shell.h"
#include "cli/terminal.h"
#include "cli/text_editor.h"
#include "cli/text_width.h"
#include "millrace_version.h"

namespace millrace::cli {
namespace {

Coloring ChooseColoring(const ShellOptions& options) {
  const bool wanted = options.color && std::getenv("NO_COLOR") == nullptr;
  return wanted && IsTerminal(STDOUT_FILENO) ? Coloring::kColored : Coloring::kPlain;
}

std::string HistoryFile(const ShellOptions& options) {
  if (!options.history_file.empty()) return options.history_file;
  const char* home = std::getenv("HOME");
  return home == nullptr ? std::string() : std::string(home) + "/.millrace_history";
}

ProgressStyle ProgressOfCopies() {
  return IsTerminal(STDERR_FILENO) ? ProgressStyle::kBar : ProgressStyle::kNone;
}

std::function<std::unique_ptr<PagedOutput>()> Pager() {
  const std::string command = PagerCommand();
  if (command.empty() || !IsTerminal(STDOUT_FILENO)) return nullptr;
  return [command] {
    const PagerOptions options{.command = command,
                               .screen_height = TerminalHeight(STDOUT_FILENO),
                               .screen_width = TerminalWidth(STDOUT_FILENO)};
    return std::make_unique<PagedOutput>(options, std::cout);
  };
}

Result<std::string> Edit(const std::string& text, const std::string& file) {
  const std::string command = EditorCommand();
  return file.empty() ? EditText(command, text) : EditFile(command, file);
}

std::function<std::string(std::string_view)> Colored(const Shell& shell) {
  if (shell.settings().print.coloring == Coloring::kPlain) return nullptr;
  return [&shell](std::string_view line) { return Highlight(line, shell.pending()); };
}

// An entry of the history is a statement, on however many lines it was typed.
class Prompting {
 public:
  Prompting(Shell& shell, client::Executor& executor, const ShellOptions& options)
      : shell_(shell),
        completer_(executor, [&shell] { return shell.settings().namespace_id; }),
        editor_(
            {.history_file = HistoryFile(options),
             .candidates = [this](std::string_view line) { return completer_.Candidates(line); },
             .word_at_end = &Completer::WordAtEnd,
             .colored = Colored(shell)}) {
    shell_.set_hooks({.interrupt = &InterruptFlag(),
                      .history = [this] { return editor_.History(); },
                      .names_changed = [this] { completer_.Forget(); },
                      .page = Pager(),
                      .wait = &WaitForInterrupt,
                      .edit = &Edit,
                      .progress = ProgressOfCopies()});
    shell_.set_on_error(OnError::kContinue);
  }

  void Run() {
    std::string entry;
    while (!shell_.finished()) {
      const std::string prompt = shell_.Prompt();
      std::string line;
      const LineOutcome outcome = editor_.ReadLine(prompt, line);
      if (outcome == LineOutcome::kEnd) break;
      if (outcome == LineOutcome::kInterrupted) {
        shell_.ClearPending();
        entry.clear();
        continue;
      }
      entry.append(entry.empty() ? "" : "\n").append(line);
      shell_.FeedLine(line);
      InterruptFlag().store(false, std::memory_order_release);
      if (!shell_.has_pending()) {
        editor_.Remember(entry);
        entry.clear();
      }
    }
    std::cout << '\n' << std::flush;
  }

 private:
  Shell& shell_;
  Completer completer_;
  LineEditor editor_;
};

void Greet(const ConnectionInfo& info) {
  std::cout << "Millrace " << MILLRACE_VERSION << ", connected to " << info.url;
  if (!info.user.empty()) std::cout << " as " << info.user;
  std::cout << ".\nType \\? for help, \\q to quit.\n\n";
}

int RunScripts(Shell& shell, const ShellOptions& options) {
  shell.set_hooks({.interrupt = &InterruptFlag(), .wait = &WaitForInterrupt});
  for (const std::string& command : options.commands) {
    if (!shell.finished()) shell.RunText(command);
  }
  for (const std::string& file : options.files) {
    if (!shell.finished()) shell.RunFile(file);
  }
  if (options.commands.empty() && options.files.empty()) shell.RunFile("-");
  std::cout.flush();
  return shell.exit_code();
}

int Tell(const Status& status, const std::string& done) {
  if (status.ok()) {
    std::cout << done << "\n";
    return kExitOk;
  }
  std::cerr << ErrorText(status, {}, Coloring::kPlain);
  return kExitUsageError;
}

// Users and addresses; passwords are not for the screen.
int ShowCredentials() {
  const auto all = CredentialsFile(CredentialsPath()).Load();
  if (!all.ok()) return Tell(all.status(), {});
  if (all->empty()) std::cout << "There are no saved credentials.\n";
  for (const auto& [url, credentials] : *all) {
    std::cout << url << "  user " << EscapeControls(credentials.user) << ", password ********\n";
  }
  return kExitOk;
}

Status SaveCredentials(const std::string& url, const client::ClientOptions& login) {
  if (login.user.empty() || !login.token.empty()) {
    return InvalidArgument("only a user and a password can be saved")
        .WithHint("Log in with --user; a token ends soon.");
  }
  return CredentialsFile(CredentialsPath()).Save(url, {login.user, login.password});
}

}  // namespace

int RunShell(const ShellOptions& options) {
  const std::string& url = options.connection.url;
  if (options.show_credentials) return ShowCredentials();
  if (options.delete_credentials) {
    const Status removed = CredentialsFile(CredentialsPath()).Remove(url);
    return Tell(removed, "The saved credentials for " + url + " are deleted.");
  }
  const client::ClientOptions login = ResolveConnection(options.connection);
  auto connected = client::Client::Connect(login);
  if (!connected.ok()) {
    std::cerr << ErrorText(connected.status(), {}, Coloring::kPlain);
    const bool bad_url = connected.status().code() == Code::kInvalidArgument;
    return bad_url ? kExitUsageError : kExitConnectionError;
  }
  if (options.save_credentials) {
    // Now that the server has taken them.
    const Status saved = SaveCredentials(url, login);
    if (!saved.ok()) return Tell(saved, {});
    std::cerr << "The credentials for " << url << " are saved in " << CredentialsPath() << ".\n";
  }
  client::Client& client = **connected;
  InstallInterruptHandler();
  const SystemClock clock;
  ShellSettings settings;
  settings.namespace_id = options.connection.namespace_id;
  settings.print.format = options.format;
  settings.print.coloring = ChooseColoring(options);
  settings.terminal_width = TerminalWidth(STDOUT_FILENO);
  settings.print.terminal_width = settings.terminal_width;
  Shell shell(client, std::cout, std::cerr, clock, settings);
  const ConnectionInfo info{client.base_url(), client.user(), client.role()};
  shell.set_connection_info(info);

  const bool scripted = !options.commands.empty() || !options.files.empty();
  if (scripted || !IsTerminal(STDIN_FILENO)) return RunScripts(shell, options);
  Greet(info);
  Prompting(shell, client, options).Run();
  // Nobody waits for what becomes of it.
  if (client.in_transaction()) {
    const auto rolled_back = client.client::Executor::Execute({.sql = "ROLLBACK"});
  }
  return kExitOk;
}

}  // namespace millrace::cli
