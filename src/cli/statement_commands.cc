// The backslash commands that run statements in other ways: again, expanded, edited,
// into and out of files.
#include <charconv>
#include <chrono>
#include <sstream>

#include "cli/copy_command.h"
#include "cli/export/exporter.h"
#include "cli/highlight.h"
#include "cli/import/importer.h"
#include "cli/meta_command.h"
#include "cli/shell.h"
#include "cli/value_text.h"

namespace millrace::cli {
namespace {

constexpr double kWatchSeconds = 2;
constexpr double kWatchSecondsMax = 86'400;

template <typename T>
std::optional<T> Number(std::string_view text) {
  T number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace

void MetaCommands::RunLast() {
  if (shell_.last_statement_.empty()) return Complain("there is no statement to run", {});
  shell_.Run(std::string(shell_.last_statement_), 0);
}

void MetaCommands::Expand(const std::string& argument) {
  Expansion& expansion = shell_.settings_.print.expansion;
  if (argument == "auto") {
    expansion = Expansion::kAuto;
  } else if (argument == "on" || argument == "off") {
    expansion = argument == "on" ? Expansion::kOn : Expansion::kOff;
  } else if (argument.empty()) {
    expansion = expansion == Expansion::kOn ? Expansion::kOff : Expansion::kOn;
  } else {
    return Complain("\\x takes on, off or auto, not '" + argument + "'", {});
  }
  constexpr std::string_view kNames[] = {"off", "on", "used when a table is too wide"};
  shell_.out_ << "Expanded display is " << kNames[static_cast<size_t>(expansion)] << ".\n";
}

void MetaCommands::RunExpanded() {
  const Expansion before = std::exchange(shell_.settings_.print.expansion, Expansion::kOn);
  shell_.has_pending() ? shell_.RunPending() : RunLast();
  shell_.settings_.print.expansion = before;
}

void MetaCommands::Watch(const std::string& argument) {
  const std::vector<std::string> words = Words(argument);
  const auto seconds = words.empty() ? kWatchSeconds : Number<double>(words[0]).value_or(-1);
  const auto count = words.size() < 2 ? uint64_t{0} : Number<uint64_t>(words[1]).value_or(0);
  const bool bad_count = words.size() > 2 || (words.size() == 2 && count == 0);
  // Written so that NaN is refused, too.
  if (!(seconds >= 0.1 && seconds <= kWatchSecondsMax) || bad_count) {
    return Complain("\\watch takes seconds from 0.1 to 86400 and how often at most", {});
  }
  std::string sql = shell_.last_statement_;
  if (auto pending = shell_.splitter_.TakeRest()) sql = pending->sql;
  if (sql.empty()) return Complain("there is no statement to watch", {});
  if (shell_.executor_.in_transaction())
    return Complain("\\watch cannot run inside a transaction", {});
  const std::chrono::milliseconds pause(static_cast<int64_t>(seconds * 1000));
  // A pager would wait for its reader.
  const bool paging = std::exchange(shell_.settings_.paging, false);
  for (uint64_t i = 0; count == 0 || i < count; ++i) {
    shell_.out_ << TimestampText(shell_.clock_.WallMicros() / 1'000'000 * 1'000'000)
                << " UTC (every " << (words.empty() ? "2" : words[0]) << " s)\n";
    if (!shell_.Run(sql, 0) || shell_.interrupted()) break;
    if (i + 1 == count) break;
    if (!shell_.hooks_.wait || shell_.hooks_.wait(pause)) break;
  }
  shell_.settings_.paging = paging;
}

void MetaCommands::Edit(const std::string& file) {
  if (!shell_.hooks_.edit) return Complain("\\e needs a terminal", {});
  std::string text(shell_.splitter_.pending());
  if (text.empty()) text = shell_.last_statement_;
  if (!text.empty() && !text.ends_with('\n')) text.push_back('\n');
  const Result<std::string> edited = shell_.hooks_.edit(text, file);
  if (!edited.ok()) return shell_.Report(edited.status(), {}, 0);
  shell_.ClearPending();
  // Shown, because it is what now runs or waits for its semicolon.
  shell_.out_ << Shown(*edited);
  if (!edited->empty() && !edited->ends_with('\n')) shell_.out_ << '\n';
  std::istringstream lines(*edited);
  for (std::string line; !shell_.finished() && std::getline(lines, line);) shell_.FeedLine(line);
}

void MetaCommands::Copy(const std::string& argument) {
  const Result<CopyCommand> command = ParseCopy(argument);
  if (!command.ok()) return shell_.Report(command.status(), {}, 0);
  if (shell_.executor_.in_transaction())
    return Complain("\\copy cannot run inside a transaction", {});
  shell_.out_.flush();
  const int exit_code =
      command->direction == CopyDirection::kTo ? CopyTo(*command) : CopyFrom(*command);
  if (shell_.exit_code_ == 0) shell_.exit_code_ = exit_code;
}

int MetaCommands::CopyTo(const CopyCommand& command) {
  ExportOptions options;
  options.connection.namespace_id = shell_.settings_.namespace_id;
  options.table = command.table;
  options.query = command.query;
  options.file = command.file;
  options.format = command.format.value_or(ExportFormat::kAuto);
  ExporterServices services;
  services.executor = &shell_.executor_;
  services.clock = &shell_.clock_;
  services.messages = &shell_.errors_;
  services.interrupt = shell_.hooks_.interrupt;
  // A bar among the rows would be no help.
  if (command.file != "-") services.progress = shell_.hooks_.progress;
  return RunExporter(options, services);
}

int MetaCommands::CopyFrom(const CopyCommand& command) {
  ImportOptions options;
  options.connection.namespace_id = shell_.settings_.namespace_id;
  options.table = command.table;
  options.columns = command.columns;
  if (command.format) {
    options.format =
        *command.format == ExportFormat::kJsonLines ? RecordFormat::kJsonLines : RecordFormat::kCsv;
  }
  const auto files = ExpandFiles({command.file});
  if (!files.ok()) {
    if (shell_.exit_code_ == 0) shell_.exit_code_ = kExitUsageError;
    shell_.Report(files.status(), {}, 0);
    return kExitUsageError;
  }
  ImporterServices services;
  // One connection for both: without --create the importer only asks before it sends.
  services.control = &shell_.executor_;
  services.upload = {&shell_.executor_};
  services.clock = &shell_.clock_;
  services.out = &shell_.out_;
  services.errors = &shell_.errors_;
  services.interrupt = shell_.hooks_.interrupt;
  services.progress = shell_.hooks_.progress;
  return Importer(options, *files, std::move(services)).Run();
}

}  // namespace millrace::cli
