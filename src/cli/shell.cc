#include "cli/shell.h"

#include <cstdio>
#include <fstream>
#include <iostream>

#include "cli/meta_command.h"

namespace millrace::cli {
namespace {

// Files that include each other would otherwise never end.
constexpr int kFileDepthMax = 16;

// The namespace that "USE [NAMESPACE] x" or "SET NAMESPACE x" names, folded to
// lower case as the server does, or empty.
std::string UsedNamespace(std::string sql) {
  std::erase(sql, '"');
  const std::string words = LeadingWords(sql, 3);
  std::string_view name = words;
  if (name.starts_with("USE NAMESPACE ") || name.starts_with("SET NAMESPACE ")) {
    name.remove_prefix(14);
  } else if (name.starts_with("USE ")) {
    name.remove_prefix(4);
  } else {
    return {};
  }
  std::string folded(name.substr(0, name.find(' ')));
  for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return folded;
}

bool ChangesNames(const std::string& sql) {
  const std::string word = LeadingWords(sql, 1);
  return word == "CREATE" || word == "DROP" || word == "ALTER" || word == "USE" || word == "SET";
}

}  // namespace

Shell::Shell(client::Executor& executor, std::ostream& out, std::ostream& errors,
             const Clock& clock, ShellSettings settings)
    : executor_(executor),
      out_(out),
      errors_(errors),
      clock_(clock),
      settings_(std::move(settings)) {}

bool Shell::interrupted() const {
  return hooks_.interrupt != nullptr && hooks_.interrupt->load(std::memory_order_acquire);
}

void Shell::FeedLine(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto state = splitter_.state();
  const bool may_be_command =
      state == StatementSplitter::State::kEmpty || state == StatementSplitter::State::kCode;
  const size_t first = line.find_first_not_of(" \t");
  if (may_be_command && first != std::string_view::npos && line[first] == '\\') {
    MetaCommands(*this).Run(line.substr(first));
    return;
  }
  const size_t command = TrailingCommand(line);
  FeedSql(line.substr(0, command));
  if (command != std::string_view::npos && !finished()) {
    MetaCommands(*this).Run(line.substr(command));
  }
}

size_t Shell::TrailingCommand(std::string_view line) const {
  for (const std::string_view name : {"\\g", "\\gx", "\\watch", "\\e"}) {
    for (size_t at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
      const size_t end = at + name.size();
      if (end < line.size() && line[end] != ' ' && line[end] != ';') continue;
      // Only in code does a quote open: not in a text and not in a comment.
      StatementSplitter probe = splitter_;
      probe.FeedLine(std::string(line.substr(0, at)) + "'");
      const bool in_code = probe.state() == StatementSplitter::State::kQuote;
      if (in_code && at > 0 && line[at - 1] == ' ') return at;
    }
  }
  return std::string_view::npos;
}

void Shell::FeedSql(std::string_view line) {
  splitter_.FeedLine(line);
  while (!finished()) {
    auto statement = splitter_.Next();
    if (!statement) return;
    Take(std::move(*statement));
  }
}

void Shell::RunPending() {
  if (auto statement = splitter_.TakeRest()) Take(std::move(*statement));
}

void Shell::EndInput() {
  if (!finished()) RunPending();
  // Before an error too: nothing of it shall stay open.
  if (!executor_.in_transaction()) return;
  client::CollectingSink nothing;
  const Status rolled_back = Execute("ROLLBACK", nothing);
  if (!finished()) {
    Report(FailedPrecondition("the input ends inside a transaction")
               .WithSqlState("25P01")
               .WithDetail(rolled_back.ok() ? "It was rolled back." : "")
               .WithHint("End it with COMMIT or ROLLBACK."),
           {}, 0);
  }
}

void Shell::ClearPending() { splitter_.Reset(); }

void Shell::Take(Statement statement) { Run(statement.sql, statement.line); }

// Remarks are for people: a script's output stays its results.
void Shell::Tell(std::string_view remark) {
  if (on_error_ == OnError::kContinue) out_ << remark << "\n";
}

bool Shell::Run(const std::string& sql, uint32_t line) {
  last_statement_ = sql;
  return RunPaged(sql, line,
                  [this](std::ostream& out) { return MakePrinter(settings_.print, out, errors_); });
}

std::unique_ptr<PagedOutput> Shell::OpenPager() const {
  return hooks_.page && settings_.paging ? hooks_.page() : nullptr;
}

bool Shell::RunPaged(const std::string& sql, uint32_t line, const SinkMaker& make_sink) {
  const std::unique_ptr<PagedOutput> paged = OpenPager();
  if (paged == nullptr) return RunInto(sql, line, *make_sink(out_));
  Status status = Execute(sql, *make_sink(paged->stream()));
  paged->Finish();
  // Whoever closes the pager has seen enough.
  if (paged->closed_by_reader() && status.code() == Code::kCancelled) status = Status::Ok();
  return Conclude(status, sql, line);
}

void Shell::PrintPaged(const std::string& text) {
  if (const auto paged = OpenPager()) {
    paged->stream() << text;
  } else {
    out_ << text;
  }
}

bool Shell::RunInto(const std::string& sql, uint32_t line, client::ResultSink& sink) {
  return Conclude(Execute(sql, sink), sql, line);
}

Status Shell::Execute(const std::string& sql, client::ResultSink& sink) {
  client::SqlRequest request;
  request.sql = sql;
  request.namespace_id = settings_.namespace_id;
  request.cancel = hooks_.interrupt;
  request.keep_transactions = true;
  const int64_t start = clock_.MonotonicNanos();
  Status status = executor_.Execute(request, sink);
  last_nanos_ = clock_.MonotonicNanos() - start;
  return status;
}

bool Shell::Conclude(const Status& status, const std::string& sql, uint32_t line) {
  if (status.ok()) {
    AfterSuccess(sql);
  } else {
    out_.flush();
    Report(status, sql, line);
  }
  if (settings_.timing) {
    char text[64];
    std::snprintf(text, sizeof(text), "Time: %.3f ms\n", static_cast<double>(last_nanos_) / 1e6);
    (settings_.print.format == OutputFormat::kTable ? out_ : errors_) << text;
  }
  out_.flush();
  return status.ok();
}

void Shell::AfterSuccess(const std::string& sql) {
  if (std::exchange(connection_lost_, false)) Tell("Connected again to " + info_.url + ".");
  if (std::string used = UsedNamespace(sql); !used.empty()) settings_.namespace_id = used;
  if (hooks_.names_changed && ChangesNames(sql)) hooks_.names_changed();
}

void Shell::Report(const Status& status, std::string_view sql, uint32_t line) {
  if (exit_code_ == 0) exit_code_ = ExitCodeFor(status);
  if (!source_.empty() && line > 0) errors_ << source_ << ":" << line << ": ";
  errors_ << ErrorText(status, sql, settings_.print.coloring);
  if (status.sqlstate().starts_with("08") && on_error_ == OnError::kContinue) {
    connection_lost_ = true;
    errors_ << "There is no connection now; the next statement tries to connect again.\n";
  }
  errors_.flush();
}

void Shell::RunText(std::string_view text) {
  while (!text.empty() && !finished()) {
    const size_t end = text.find('\n');
    FeedLine(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  EndInput();
}

void Shell::RunFile(const std::string& path) {
  if (path == "-") return RunStream(std::cin, "stdin");
  if (file_depth_ == kFileDepthMax) {
    Report(InvalidArgument("files include each other too deeply at '" + path + "'"), {}, 0);
    return;
  }
  std::ifstream file(path);
  if (!file.is_open()) {
    if (exit_code_ == 0) exit_code_ = kExitUsageError;
    Report(NotFound("cannot open file '" + path + "'").WithSqlState("58P01"), {}, 0);
    return;
  }
  RunStream(file, path);
}

// A file neither sees nor leaves an unfinished statement.
void Shell::RunStream(std::istream& input, const std::string& name) {
  StatementSplitter outer_splitter = std::exchange(splitter_, {});
  std::string outer_source = std::exchange(source_, name);
  const bool inside_transaction = executor_.in_transaction();
  ++file_depth_;
  std::string line;
  while (!finished() && !interrupted() && std::getline(input, line)) FeedLine(line);
  if (interrupted()) {
    // Half a file is no input: what is unfinished must not run.
    ClearPending();
    if (exit_code_ == 0) exit_code_ = kExitSqlError;
  }
  if (inside_transaction) {
    RunPending();  // the transaction goes on after the file
  } else {
    EndInput();
  }
  --file_depth_;
  splitter_ = std::move(outer_splitter);
  source_ = std::move(outer_source);
}

std::string Shell::Prompt() const {
  using State = StatementSplitter::State;
  std::string_view mark = executor_.in_transaction() ? "=*> " : "=> ";
  switch (splitter_.state()) {
    case State::kEmpty:
      break;
    case State::kCode:
      mark = executor_.in_transaction() ? "-*> " : "-> ";
      break;
    case State::kQuote:
    case State::kEscapeQuote:
      mark = "'> ";
      break;
    case State::kName:
      mark = "\"> ";
      break;
    case State::kDollar:
      mark = "$> ";
      break;
    case State::kBlockComment:
      mark = "*> ";
      break;
  }
  return settings_.namespace_id + std::string(mark);
}

}  // namespace millrace::cli
