// millrace_slt: runs the SQL logic tests below the folders and files given.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_role.h"
#include "runner.h"

namespace millrace::slt {
namespace {

constexpr int kExitUsage = 2;

constexpr std::string_view kUsage =
    R"(Usage: millrace_slt [--update] [--door inprocess|http] PATH... [FILTER]

Runs every *.slt file below PATH, each against a fresh server, in process and then
over HTTP. A FILTER (an argument that is no path) keeps the files whose path holds it.

  --update     rewrite the expected results with those of the run in process
  --door NAME  only this door

The dialect is described in tests/slt/README.md.
)";

struct Arguments {
  bool update = false;
  std::vector<DoorKind> doors = {DoorKind::kInProcess, DoorKind::kHttp};
  std::vector<std::filesystem::path> paths;
  std::vector<std::string> filters;
};

bool Parse(int count, char** values, Arguments* arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view value = values[i];
    if (value == "--update") {
      arguments->update = true;
    } else if (value == "--door" && i + 1 < count) {
      const std::string_view door = values[++i];
      arguments->doors = {door == "http" ? DoorKind::kHttp : DoorKind::kInProcess};
    } else if (value.starts_with('-')) {
      return false;
    } else if (std::filesystem::exists(value)) {
      arguments->paths.emplace_back(value);
    } else {
      arguments->filters.emplace_back(value);
    }
  }
  return !arguments->paths.empty();
}

std::vector<std::string> FindFiles(const Arguments& arguments) {
  std::vector<std::string> files;
  const auto add = [&](const std::filesystem::path& path) {
    const std::string text = path.string();
    const bool wanted = std::ranges::all_of(arguments.filters, [&text](const auto& filter) {
      return text.find(filter) != std::string::npos;
    });
    if (wanted && path.extension() == ".slt") files.push_back(text);
  };
  for (const std::filesystem::path& path : arguments.paths) {
    if (!std::filesystem::is_directory(path)) {
      add(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      add(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

struct Totals {
  size_t passed = 0;
  size_t failed = 0;
};

Status RunFile(const std::string& path, const Arguments& arguments, Totals* totals) {
  if (arguments.update) {
    ASSIGN_OR_RETURN(const Script script, ReadScript(path));
    ASSIGN_OR_RETURN(const FileReport report,
                     RunScript(script, arguments.doors.front(), Reporting::kSilent));
    RETURN_IF_ERROR(WriteScript(script, report.rewrites));
  }
  ASSIGN_OR_RETURN(const Script script, ReadScript(path));
  for (const DoorKind door : arguments.doors) {
    ASSIGN_OR_RETURN(const FileReport report, RunScript(script, door, Reporting::kFailures));
    totals->passed += report.passed;
    totals->failed += report.failed;
  }
  return Status::Ok();
}

int Main(int count, char** values) {
  Arguments arguments;
  if (!Parse(count, values, &arguments)) {
    std::fputs(std::string(kUsage).c_str(), stderr);
    return kExitUsage;
  }
  std::signal(SIGPIPE, SIG_IGN);
  // Every statement of the suite also proves that no event loop blocks.
  SetBlockingCheck(BlockingCheck::kFatal, nullptr);
  Totals totals;
  for (const std::string& path : FindFiles(arguments)) {
    const Status status = RunFile(path, arguments, &totals);
    if (status.ok()) continue;
    ++totals.failed;
    std::fprintf(stderr, "%s: %s\n", path.c_str(), status.ToString().c_str());
  }
  std::printf("%zu passed, %zu failed\n", totals.passed, totals.failed);
  return totals.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace millrace::slt

int main(int count, char** values) { return millrace::slt::Main(count, values); }
