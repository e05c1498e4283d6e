// millrace_bench: measures Millrace beside other programs on this machine. The
// only suite so far is `db`, beside PostgreSQL 15.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench.h"
#include "conditions.h"
#include "testing/temporary_directory.h"

namespace millrace::bench {
namespace {

constexpr size_t kLogLinesShown = 20;
constexpr int kExitWrong = 1;
constexpr int kExitUsage = 2;
constexpr int kExitTargetMissed = 3;

constexpr std::string_view kUsage =
    R"(Usage: millrace_bench db [--quick] [--json FILE] [--only NAME] [--strict] [--list]

Measures build/millrace over HTTP side by side with PostgreSQL 15, both with
durable commits and their data on the same disk, and checks every answer.
"ours" and "peer" are medians; "ratio" is how many times better ours is. A row
without a ratio has a limit that ours must stay under.

  --quick             small and short: for smoke tests, the figures mean little
  --json FILE         write one JSON object per row, too
  --only NAME         only the rows whose name holds NAME
  --list              print the names of the rows and end
  --strict            end with code 3 when a target does not hold
  --server FILE       the program to measure (default: millrace beside this one)
  --postgresql DIR    the programs of PostgreSQL 15 (default: Debian's)
  --directory DIR     where both keep their data (default: the temporary one)

Ends with 0 when every answer was right, also when a target does not hold; with
1 when an answer was wrong or a server failed.
)";

const std::array<const Case*, 9> kCases = {&kInsertCase,  &kInsertAloneCase, &kUpdateCase,
                                           &kSelectCase,  &kBulkInsertCase,  &kTablesCase,
                                           &kGroupByCase, &kMillionCase,     &kLoginsCase};

// The value of an option, or null when the arguments end before it.
const char* Value(int count, char** arguments, int& at) {
  if (at + 1 >= count) return nullptr;
  return arguments[++at];
}

Result<Options> ReadOptions(int count, char** arguments) {
  Options options;
  options.peer_programs = "/usr/lib/postgresql/15/bin";
  options.program =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "millrace").string();
  const std::array<std::pair<std::string_view, bool*>, 3> switches = {
      {{"--quick", &options.quick}, {"--strict", &options.strict}, {"--list", &options.list}}};
  const std::array<std::pair<std::string_view, std::string*>, 5> values = {
      {{"--json", &options.json_path},
       {"--only", &options.only},
       {"--server", &options.program},
       {"--postgresql", &options.peer_programs},
       {"--directory", &options.directory}}};
  for (int at = 2; at < count; ++at) {
    const std::string_view argument = arguments[at];
    bool known = false;
    for (const auto& [name, target] : switches) {
      if (argument == name) known = *target = true;
    }
    for (const auto& [name, target] : values) {
      if (argument != name) continue;
      const char* value = Value(count, arguments, at);
      if (value == nullptr) return InvalidArgument(std::string(name) + " needs a value");
      *target = value;
      known = true;
    }
    if (!known) return InvalidArgument("\"" + std::string(argument) + "\" is not an option");
  }
  return options;
}

bool IsWanted(const Bench& bench, const Case& one) {
  return std::any_of(one.goals.begin(), one.goals.end(),
                     [&](const Goal& goal) { return bench.Wants(goal); });
}

void PrintList() {
  for (const Case* one : kCases) {
    std::printf("%.*s:\n", static_cast<int>(one->about.size()), one->about.data());
    for (const Goal& goal : one->goals) {
      std::printf("  %.*s\n", static_cast<int>(goal.name.size()), goal.name.data());
    }
  }
}

Status PrintConditions(const Options& options, const std::string& directory, const Clock& clock) {
  ASSIGN_OR_RETURN(const double sync_millis, MedianSyncMillis(directory, clock));
  std::printf("processors   %s\n", ProcessorDescription().c_str());
  std::printf("peer         %s\n",
              PgVersion(options.peer_programs)
                  .value_or("none: no PostgreSQL 15 in " + options.peer_programs)
                  .c_str());
  std::printf("data         %s, write and fdatasync of 4 KiB takes %s ms\n", directory.c_str(),
              ShortNumber(sync_millis).c_str());
  std::printf("measured     %s\n\n", options.quick
                                         ? "quick: one short round, small tables"
                                         : "medians of 3 rounds of 3 s, ours and peer in turns");
  return Status::Ok();
}

void PrintFailure(std::string_view what, const Status& status) {
  std::fprintf(stderr, "FAILED: %.*s: %s\n", static_cast<int>(what.size()), what.data(),
               status.ToString().c_str());
}

// Returns whether all went well. A case that failed has rows without figures.
bool RunCase(Bench& bench, const Case& one, Report& report) {
  const Status status = one.run(bench);
  std::vector<Row> rows = bench.TakeRows();
  if (!status.ok()) {
    PrintFailure(one.about, status);
    rows.clear();
    for (const Goal& goal : one.goals) {
      if (bench.Wants(goal)) rows.push_back({goal, std::nullopt, std::nullopt});
    }
  }
  for (const Row& row : rows) report.Add(row);
  return status.ok();
}

// Returns whether all went well. A case that fails does not keep the others from running.
bool RunCases(Bench& bench, Report& report) {
  bool good = true;
  report.PrintHeading();
  for (const Case* one : kCases) {
    if (IsWanted(bench, *one) && !RunCase(bench, *one, report)) good = false;
  }
  if (const Status status = bench.StopSides(); !status.ok()) {
    PrintFailure("stopping the servers", status);
    good = false;
  }
  return good;
}

// Shows how each server's log ends, before the directory goes.
void PrintLogs(const std::string& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.path().extension() != ".log") continue;
    std::ifstream file(entry.path());
    std::deque<std::string> last;
    for (std::string line; std::getline(file, line);) {
      last.push_back(line);
      if (last.size() > kLogLinesShown) last.pop_front();
    }
    std::fprintf(stderr, "--- the end of %s\n", entry.path().filename().c_str());
    for (const std::string& line : last) std::fprintf(stderr, "%s\n", line.c_str());
  }
}

// Returns the exit code.
Result<int> RunSuite(const Options& options) {
  const SystemClock clock;
  ASSIGN_OR_RETURN(const testing::TemporaryDirectory directory,
                   testing::TemporaryDirectory::Make(options.directory));
  // PostgreSQL may run as another user and must reach its part.
  ::chmod(directory.path().c_str(), 0711);
  RETURN_IF_ERROR(PrintConditions(options, directory.path(), clock));
  Bench bench(options, directory.path(), clock);
  Report report;
  const bool good = RunCases(bench, report);
  if (!good) PrintLogs(directory.path());
  if (!options.json_path.empty()) RETURN_IF_ERROR(report.WriteJson(options.json_path));
  if (!good) return kExitWrong;
  return options.strict && !report.AllHold() ? kExitTargetMissed : 0;
}

int Main(int count, char** arguments) {
  const std::string_view suite = count > 1 ? arguments[1] : "--help";
  for (int at = 1; at < count || at == 1; ++at) {
    const std::string_view argument = at < count ? arguments[at] : suite;
    if (argument != "--help" && argument != "-h") continue;
    std::fwrite(kUsage.data(), 1, kUsage.size(), stdout);
    return 0;
  }
  if (suite != "db") {
    std::fprintf(stderr, "millrace_bench: there is no suite \"%.*s\"; the only one is db\n",
                 static_cast<int>(suite.size()), suite.data());
    return kExitUsage;
  }
  const Result<Options> options = ReadOptions(count, arguments);
  if (!options.ok()) {
    std::fprintf(stderr, "millrace_bench: %s; see --help\n", options.status().message().c_str());
    return kExitUsage;
  }
  if (options->list) {
    PrintList();
    return 0;
  }
  const Result<int> code = RunSuite(*options);
  if (code.ok()) return *code;
  std::fprintf(stderr, "millrace_bench: %s\n", code.status().ToString().c_str());
  return kExitWrong;
}

}  // namespace
}  // namespace millrace::bench

int main(int count, char** arguments) { return millrace::bench::Main(count, arguments); }
