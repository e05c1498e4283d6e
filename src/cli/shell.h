// The shell without its terminal: lines of text in, results and messages out.
// Statements go to the server one by one as they are finished; a transaction goes on
// from one to the next. Lines that begin with a backslash are commands of the shell
// itself (meta_command.cc).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cli/import/progress.h"
#include "cli/paged_output.h"
#include "cli/result_printer.h"
#include "cli/statement_splitter.h"
#include "client/client.h"

namespace millrace::cli {

struct ShellSettings {
  PrintSettings print;
  bool timing = false;
  // Whether the hook for paging is used.
  bool paging = true;
  std::string namespace_id = "default";
  // The terminal's width, used by \cut; 0 when there is no terminal.
  size_t terminal_width = 0;
};

// What the shell is connected to, for \conninfo.
struct ConnectionInfo {
  std::string url;
  std::string user;
  std::string role;
};

// What the shell needs from its surroundings; each may be empty.
struct ShellHooks {
  // Set while Ctrl-C is pending; cancels the running statement.
  std::atomic<bool>* interrupt = nullptr;
  // The lines typed so far, for \history.
  std::function<std::vector<std::string>()> history;
  // A statement may have changed what names exist.
  std::function<void()> names_changed;
  // Output of one command that may be longer than the screen.
  std::function<std::unique_ptr<PagedOutput>()> page;
  // Waits, for \watch; true when Ctrl-C came.
  std::function<bool(std::chrono::milliseconds)> wait;
  // Opens the editor on the text, or on the file when one is named, and returns what
  // was saved; for \e.
  std::function<Result<std::string>(const std::string& text, const std::string& file)> edit;
  // How \copy tells its progress, on the errors' stream.
  ProgressStyle progress = ProgressStyle::kNone;
};

enum class OnError : uint8_t { kStop, kContinue };

// Not thread-safe. Blocks while a statement runs.
class Shell {
 public:
  Shell(client::Executor& executor, std::ostream& out, std::ostream& errors, const Clock& clock,
        ShellSettings settings);

  void set_connection_info(ConnectionInfo info) { info_ = std::move(info); }
  void set_hooks(ShellHooks hooks) { hooks_ = std::move(hooks); }
  // Continue at a prompt, stop in a script (the default).
  void set_on_error(OnError on_error) { on_error_ = on_error; }

  // One line without its newline. Finished statements run before it returns.
  void FeedLine(std::string_view line);
  // The end of the input: runs an unfinished last statement.
  void EndInput();
  // Ctrl-C at the prompt: forgets the unfinished statement.
  void ClearPending();
  // Runs a whole file ("-" is the standard input) as input of its own.
  void RunFile(const std::string& path);
  // Runs a text as input of its own (-c).
  void RunText(std::string_view text);

  // Inside a statement that is not finished yet.
  bool has_pending() const { return splitter_.state() != StatementSplitter::State::kEmpty; }

  // What the unfinished statement has so far.
  std::string_view pending() const { return splitter_.pending(); }
  // "default=> ", "default-> " inside a statement, "default'> " inside a quote…
  std::string Prompt() const;
  // True after \q, and in a script after the first error.
  bool finished() const { return quit_ || (failed() && on_error_ == OnError::kStop); }
  bool failed() const { return exit_code_ != 0; }
  // The exit code of the first failure, or 0.
  int exit_code() const { return exit_code_; }
  const ShellSettings& settings() const { return settings_; }

 private:
  friend class MetaCommands;

  using SinkMaker = std::function<std::unique_ptr<client::ResultSink>(std::ostream&)>;

  void FeedSql(std::string_view line);
  // `SELECT 1 \g`: where the backslash command at the end of a line of SQL begins, npos
  // when there is none.
  size_t TrailingCommand(std::string_view line) const;
  void RunPending();
  void Take(Statement statement);
  void Tell(std::string_view remark);
  // Returns whether it succeeded.
  bool Run(const std::string& sql, uint32_t line);
  bool RunInto(const std::string& sql, uint32_t line, client::ResultSink& sink);
  // Through the pager when there is one.
  bool RunPaged(const std::string& sql, uint32_t line, const SinkMaker& make_sink);
  void PrintPaged(const std::string& text);
  std::unique_ptr<PagedOutput> OpenPager() const;
  Status Execute(const std::string& sql, client::ResultSink& sink);
  bool Conclude(const Status& status, const std::string& sql, uint32_t line);
  void AfterSuccess(const std::string& sql);
  void Report(const Status& status, std::string_view sql, uint32_t line);
  void RunStream(std::istream& input, const std::string& name);
  bool interrupted() const;

  client::Executor& executor_;
  std::ostream& out_;
  std::ostream& errors_;
  const Clock& clock_;
  ShellSettings settings_;
  ConnectionInfo info_;
  ShellHooks hooks_;
  OnError on_error_ = OnError::kStop;
  StatementSplitter splitter_;
  std::string source_;  // the file being read, for messages
  std::string last_statement_;
  int64_t last_nanos_ = 0;
  bool connection_lost_ = false;
  int file_depth_ = 0;
  bool quit_ = false;
  int exit_code_ = 0;
};

}  // namespace millrace::cli
