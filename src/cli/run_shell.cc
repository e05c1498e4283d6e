#include "cli/run_shell.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/completion.h"
#include "cli/connect.h"
#include "cli/interrupt.h"
#include "cli/line_editor.h"
#include "cli/shell.h"
#include "cli/terminal.h"
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

// An entry of the history is a statement, on however many lines it was typed.
class Prompting {
 public:
  Prompting(Shell& shell, client::Executor& executor, const ShellOptions& options)
      : shell_(shell),
        completer_(executor, [&shell] { return shell.settings().namespace_id; }),
        editor_(
            {.history_file = HistoryFile(options),
             .candidates = [this](std::string_view line) { return completer_.Candidates(line); },
             .word_at_end = &Completer::WordAtEnd}) {
    shell_.set_hooks({.interrupt = &InterruptFlag(),
                      .history = [this] { return editor_.History(); },
                      .names_changed = [this] { completer_.Forget(); }});
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
  shell.set_hooks({.interrupt = &InterruptFlag()});
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

}  // namespace

int RunShell(const ShellOptions& options) {
  auto connected = client::Client::Connect(ResolveConnection(options.connection));
  if (!connected.ok()) {
    std::cerr << ErrorText(connected.status(), {}, Coloring::kPlain);
    const bool bad_url = connected.status().code() == Code::kInvalidArgument;
    return bad_url ? kExitUsageError : kExitConnectionError;
  }
  client::Client& client = **connected;
  InstallInterruptHandler();
  const SystemClock clock;
  ShellSettings settings;
  settings.namespace_id = options.connection.namespace_id;
  settings.print.format = options.format;
  settings.print.coloring = ChooseColoring(options);
  settings.terminal_width = TerminalWidth(STDOUT_FILENO);
  Shell shell(client, std::cout, std::cerr, clock, settings);
  const ConnectionInfo info{client.base_url(), client.user(), client.role()};
  shell.set_connection_info(info);

  const bool scripted = !options.commands.empty() || !options.files.empty();
  if (scripted || !IsTerminal(STDIN_FILENO)) return RunScripts(shell, options);
  Greet(info);
  Prompting(shell, client, options).Run();
  return kExitOk;
}

}  // namespace millrace::cli
