// The commands that talk to a server: `millrace sql`, `import` and `export`.
#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <utility>

#include "cli/options.h"
#include "cli/run_export.h"
#include "cli/run_import.h"
#include "cli/run_shell.h"
#include "server/command.h"

namespace millrace {
namespace {

std::string EnvironmentName(std::string flag) {
  for (char& c : flag) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return "MILLRACE_" + flag;
}

// Adds `--name`, also as MILLRACE_NAME in the environment.
template <typename T>
void Flag(CLI::App* app, const std::string& name, T& value, const std::string& help) {
  app->add_option("--" + name, value, help)->envname(EnvironmentName(name))->capture_default_str();
}

void AddConnection(CLI::App* app, cli::ConnectionOptions* connection) {
  connection->url = "http://127.0.0.1:7400";
  Flag(app, "url", connection->url, "Address of the server");
  app->add_option("-u,--user", connection->user, "Name to log in with")->envname("MILLRACE_USER");
  app->add_option("--password", connection->password,
                  "Better MILLRACE_PASSWORD; asked for when there is a terminal and neither");
  app->add_option("--token", connection->token, "Bearer token instead of user and password");
  Flag(app, "namespace", connection->namespace_id, "Where unqualified names are looked up");
}

// The shell's and the importer's options that are words.
struct ClientFlags {
  std::string format;
  std::string on_conflict;
  double timeout_seconds = 0;
  bool no_color = false;
  bool create = false;
  bool user_table = false;
  bool shared = false;
  bool no_header = false;
};

void AddShell(CLI::App* app, cli::ShellOptions* options, ClientFlags* flags) {
  AddConnection(app, &options->connection);
  app->add_option("-c,--command", options->commands,
                  "Run these statements and exit; may be repeated");
  app->add_option("-f,--file", options->files, "Run a file and exit; - is the standard input");
  app->add_option("--format", flags->format, "table, json or csv")->default_str("table");
  app->add_option("--timeout", flags->timeout_seconds, "Seconds one statement may take");
  app->add_flag("--no-color", flags->no_color, "Plain output");
  app->add_flag("--save-credentials", options->save_credentials,
                "Keep user and password for this address (~/.config/millrace, mode 0600)");
  app->add_flag("--show-credentials", options->show_credentials, "List what is kept and exit");
  app->add_flag("--delete-credentials", options->delete_credentials,
                "Forget those of this address and exit");
  app->footer(std::string(cli::kExitCodesHelp));
}

void AddImport(CLI::App* app, cli::ImportOptions* options, ClientFlags* flags) {
  AddConnection(app, &options->connection);
  app->add_option("FILE", options->files, "Files, patterns or directories; - is standard input")
      ->required();
  app->add_option("-t,--table", options->table, "Table to load into")->required();
  app->add_option("--format", flags->format, "auto, csv, json or deb822")->default_str("auto");
  app->add_flag("--create", flags->create, "Create the table; column types are guessed");
  app->add_flag("--user-table", flags->user_table, "With --create: rows belong to their user");
  app->add_flag("--shared", flags->shared, "With --create: a shared table (the default)");
  app->add_option("--batch", options->batch_rows, "Rows per statement")->capture_default_str();
  app->add_option("--delimiter", options->delimiter, "Of CSV fields")->capture_default_str();
  app->add_flag("--header,!--no-header", options->header, "Whether CSV has a header line");
  app->add_option("--null", options->null_text, "Unquoted CSV text that means NULL");
  app->add_option("--columns", options->columns, "Names of the fields in order")->delimiter(',');
  app->add_option("--key", options->key, "Primary key columns")->delimiter(',');
  app->add_option("--on-conflict", flags->on_conflict, "error, nothing or update");
  app->add_flag("-q,--quiet", options->quiet, "No progress");
  app->footer(std::string(cli::kExitCodesHelp));
}

void AddExport(CLI::App* app, cli::ExportOptions* options, ClientFlags* flags) {
  AddConnection(app, &options->connection);
  app->add_option("FILE", options->file, "File to write; packed when it ends in .gz; - is stdout")
      ->required();
  app->add_option("-t,--table", options->table, "Table to export");
  app->add_option("--query", options->query, "Or the rows of this statement");
  app->add_option("--format", flags->format, "auto, csv or jsonl")->default_str("auto");
  app->add_option("--delimiter", options->delimiter, "Of CSV fields")->capture_default_str();
  app->add_flag("--header,!--no-header", options->header, "Whether CSV has a header line");
  app->add_option("--null", options->null_text, "Unquoted CSV text that means NULL");
  app->add_flag("-q,--quiet", options->quiet, "No progress");
  app->footer(std::string(cli::kExitCodesHelp));
}

int RunShellCommand(cli::ShellOptions options, const ClientFlags& flags) {
  constexpr double kSecondsMax = 1e9;
  options.color = !flags.no_color;
  // Written so that NaN is refused too.
  if (!(flags.timeout_seconds >= 0 && flags.timeout_seconds <= kSecondsMax)) {
    return Usage("--timeout takes seconds from 0, which means no limit, to 1000000000");
  }
  options.connection.timeout_ms = static_cast<int64_t>(flags.timeout_seconds * 1000);
  if (!flags.format.empty()) {
    const auto format = cli::ParseOutputFormat(flags.format);
    if (!format.has_value()) return Usage("--format takes table, json or csv");
    options.format = *format;
  }
  return cli::RunShell(options);
}

int RunImportCommand(cli::ImportOptions options, const ClientFlags& flags) {
  if (!flags.format.empty()) {
    const auto format = cli::ParseRecordFormat(flags.format);
    if (!format.has_value()) return Usage("--format takes auto, csv, json or deb822");
    options.format = *format;
  }
  if (!flags.on_conflict.empty()) {
    const auto action = cli::ParseOnConflict(flags.on_conflict);
    if (!action.has_value()) return Usage("--on-conflict takes error, nothing or update");
    options.on_conflict = *action;
  }
  if (flags.user_table && flags.shared) {
    return Usage("--user-table and --shared exclude each other");
  }
  if (flags.create) {
    options.create = flags.user_table ? cli::NewTable::kUser : cli::NewTable::kShared;
  }
  return cli::RunImport(options);
}

int RunExportCommand(cli::ExportOptions options, const ClientFlags& flags) {
  if (!flags.format.empty()) {
    const auto format = cli::ParseExportFormat(flags.format);
    if (!format.has_value()) return Usage("--format takes auto, csv or jsonl");
    options.format = *format;
  }
  return cli::RunExport(options);
}

}  // namespace

std::vector<Command> AddClientCommands(CLI::App* program) {
  struct Given {
    cli::ShellOptions shell;
    cli::ImportOptions import;
    cli::ExportOptions export_;
    ClientFlags flags;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* shell = program->add_subcommand("sql", "Open a SQL shell, or run statements");
  CLI::App* import = program->add_subcommand("import", "Load a file into a table");
  CLI::App* export_ = program->add_subcommand("export", "Write a table or a query to a file");
  AddShell(shell, &given->shell, &given->flags);
  AddImport(import, &given->import, &given->flags);
  AddExport(export_, &given->export_, &given->flags);
  return {{shell, [given] { return RunShellCommand(given->shell, given->flags); }},
          {import, [given] { return RunImportCommand(given->import, given->flags); }},
          {export_, [given] { return RunExportCommand(given->export_, given->flags); }}};
}

}  // namespace millrace
