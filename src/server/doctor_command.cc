// `millrace doctor`: looks at the machine before, or while, a server runs on it.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/options.h"
#include "client/library_version.h"
#include "millrace_version.h"
#include "query/exec/engine/library_version.h"
#include "server/command.h"
#include "server/doctor/checks.h"
#include "server/server_settings.h"
#include "storage/hot/library_version.h"

namespace millrace {
namespace {

struct Given {
  FlagTexts flags;
  std::string url;
  std::string format = "text";
  std::vector<std::string> only;
};

doctor::Subject MakeSubject(const Result<ProgramConfiguration>& program, const Given& given) {
  // With a configuration that cannot be read the rest is checked as if there were none.
  const config::Configuration defaults = config::Configuration::Load(ServerSettings(), {});
  doctor::Subject subject;
  if (program.ok()) {
    subject.problems = program->configuration.problems();
    subject.config_path = program->file_path;
  } else {
    subject.problems.push_back(program.status());
  }
  const ServeOptions options = MakeServeOptions(program.ok() ? program->configuration : defaults);
  subject.data_directory = options.server.data_directory;
  subject.http_host = options.server.http_host;
  subject.http_port = options.server.http_port;
  subject.block_cache_bytes = options.server.block_cache_bytes;
  subject.column_cache_bytes = options.server.column_cache_bytes;
  subject.query_memory_bytes = options.server.query_memory_bytes;
  subject.url = given.url;
  subject.program_version = MILLRACE_VERSION;
  subject.storage_version = StorageLibraryVersion();
  subject.libraries = {{"RocksDB", subject.storage_version},
                       {"DuckDB", engine::LibraryVersion()},
                       {"HTTP client", client::LibraryVersion()}};
  return subject;
}

int Examine(const Given& given) {
  if (given.format != "text" && given.format != "json") {
    return Usage("--format takes text or json");
  }
  const auto names = doctor::CheckNames();
  for (const std::string& name : given.only) {
    if (std::ranges::find(names, name) != names.end()) continue;
    std::string known;
    for (const std::string_view each : names) known.append(known.empty() ? "" : ", ").append(each);
    return Usage("--only takes " + known + ", not \"" + name + "\"");
  }
  const Result<ProgramConfiguration> program = LoadProgramConfiguration(given.flags);
  const doctor::Subject subject = MakeSubject(program, given);
  const auto findings = doctor::RunChecks(subject, *doctor::ThisMachine(), given.only);
  const std::string report =
      given.format == "json" ? doctor::FindingsJson(findings) : doctor::FindingsText(findings);
  std::fputs(report.c_str(), stdout);
  return doctor::WorstOf(findings) == doctor::Verdict::kError ? 1 : 0;
}

}  // namespace

std::vector<Command> AddDoctorCommand(CLI::App* program) {
  const auto given = std::make_shared<Given>();
  CLI::App* app = program->add_subcommand(
      "doctor", "Check disk, limits, clock, port and configuration, and say what to do");
  AddSettingFlags(app, &given->flags);
  app->add_option("--url", given->url, "Also ask the server that runs there");
  app->add_option("--format", given->format, "text or json")->capture_default_str();
  app->add_option("--only", given->only, "Only this check; may be repeated");
  app->footer("Exit codes: 0 nothing but warnings; 1 an error was found; 3 wrong options.");
  return {{app, [given] { return Examine(*given); }}};
}

}  // namespace millrace
