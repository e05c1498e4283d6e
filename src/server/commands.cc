#include "server/commands.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/run_import.h"
#include "cli/run_shell.h"
#include "millrace_version.h"
#include "server/config_file.h"
#include "server/serve_flags.h"

namespace millrace {
namespace {

std::string EnvironmentName(std::string flag) {
  for (char& c : flag) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return "MILLRACE_" + flag;
}

// Adds `--name`, also as MILLRACE_NAME in the environment and as a key of the file.
template <typename T>
void Flag(CLI::App* app, const std::string& name, T& value, const std::string& help) {
  app->add_option("--" + name, value, help)->envname(EnvironmentName(name))->capture_default_str();
}

void AddAccounts(CLI::App* app, AccountFlags* flags) {
  Flag(app, "password-min-length", flags->password_min_length, "Characters of a new password");
  app->add_flag("--password-complexity", flags->password_complexity,
                "Ask new passwords for upper and lower case, a digit and another character")
      ->envname("MILLRACE_PASSWORD_COMPLEXITY");
  Flag(app, "login-failures-max", flags->login_failures_max,
       "Wrong passwords in a row that lock an account");
  Flag(app, "login-lock-minutes", flags->login_lock_minutes, "How long it is locked");
  Flag(app, "access-token-seconds", flags->access_token_seconds, "Lifetime of an access token");
  Flag(app, "refresh-token-seconds", flags->refresh_token_seconds, "Lifetime of a refresh token");
  Flag(app, "oidc-issuer", flags->oidc_issuer,
       "URL of an OpenID Connect issuer whose tokens are accepted; empty: none");
  Flag(app, "oidc-audience", flags->oidc_audience, "Client id that its tokens must be made for");
  Flag(app, "oidc-user-prefix", flags->oidc_user_prefix,
       "Stands before a token's subject in the user's id");
  app->add_flag("--oidc-create-users", flags->oidc_create_users,
                "Make users of subjects that are none yet")
      ->envname("MILLRACE_OIDC_CREATE_USERS");
  Flag(app, "oidc-default-role", flags->oidc_default_role, "Role of those: user or service");
  Flag(app, "oidc-authorities-file", flags->oidc_authorities_file,
       "Certificates (PEM) to trust beside the system's when asking the issuer");
}

void AddServe(CLI::App* app, ServeFlags* flags) {
  Flag(app, "data", flags->data, "Directory of the data; made when it is not there");
  Flag(app, "http", flags->http, "Address and port to listen on; port 0 picks one");
  app->add_option("--config", flags->config, "File with defaults for these flags (TOML)")
      ->envname("MILLRACE_CONFIG");
  Flag(app, "durability", flags->durability,
       "strict: acknowledged writes survive a power cut; relaxed: a crash of the process");
  Flag(app, "root-password", flags->root_password,
       "Password of the user root, taken at the first start; better set in the environment");
  Flag(app, "threads", flags->threads, "Event loops; 0: one per core");
  Flag(app, "cache-bytes", flags->cache_bytes, "Block cache; 0: a quarter of the memory");
  Flag(app, "column-cache-bytes", flags->column_cache_bytes,
       "Decoded columns of hot tables, for repeated analytical queries; 0: none");
  Flag(app, "query-memory-bytes", flags->query_memory_bytes, "Memory of one analytical query");
  Flag(app, "body-max-bytes", flags->body_max_bytes, "Largest request body");
  Flag(app, "statement-timeout-ms", flags->statement_timeout_ms,
       "How long one statement may run; 0: no limit");
  Flag(app, "shutdown-timeout-ms", flags->shutdown_timeout_ms,
       "How long a shutdown may take; then the process exits");
  Flag(app, "feed-retention-seconds", flags->feed_retention_seconds,
       "How long the change feed of a table is kept");
  Flag(app, "feed-retention-bytes", flags->feed_retention_bytes,
       "How large the change feed of one table may grow");
  Flag(app, "jobs-interval-seconds", flags->jobs_interval_seconds,
       "How often each background job runs; 0: as often as suits it");
  Flag(app, "results", flags->results,
       "per-statement: one result per statement; merged: DML counts summed per verb");
  Flag(app, "log-level", flags->log_level, "debug, info, warn or error");
  Flag(app, "log-format", flags->log_format, "text or json");
  Flag(app, "log-file", flags->log_file, "Also write the log to this file");
  app->add_flag("--allow-remote-setup", flags->allow_remote_setup,
                "Allow POST /v1/api/auth/setup from other machines");
  AddAccounts(app, &flags->accounts);
}

// Fills in from the file what neither the command line nor the environment said.
Status ApplyConfigFile(CLI::App* app, const std::string& path) {
  if (path.empty()) return Status::Ok();
  std::vector<std::string> known;
  for (const CLI::Option* option : app->get_options()) {
    const std::string name = option->get_name();
    if (name.starts_with("--") && name != "--config" && name != "--help") {
      known.push_back(name.substr(2));
    }
  }
  ASSIGN_OR_RETURN(const auto values, ReadConfigFile(path, known));
  for (const auto& [name, value] : values) {
    CLI::Option* option = app->get_option("--" + name);
    if (option->count() > 0) continue;
    try {
      option->add_result(value);
      option->run_callback();
    } catch (const CLI::Error& error) {
      return InvalidArgument("config file \"" + path + "\", key \"" + name + "\": " + error.what());
    }
  }
  return Status::Ok();
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

int Usage(std::string_view message) {
  std::fprintf(stderr, "millrace: %.*s\n", static_cast<int>(message.size()), message.data());
  return cli::kExitUsageError;
}

int Usage(const Status& status) {
  Usage(status.message());
  if (!status.hint().empty()) std::fprintf(stderr, "hint: %s\n", status.hint().c_str());
  return cli::kExitUsageError;
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

int RunServeCommand(CLI::App* app, const ServeFlags& flags) {
  const Status configured = ApplyConfigFile(app, flags.config);
  if (!configured.ok()) return Usage(configured);
  const Result<ServeOptions> options = MakeServeOptions(flags);
  if (!options.ok()) return Usage(options.status());
  return RunServe(*options);
}

}  // namespace

int RunProgram(int argc, char** argv) {
  CLI::App app("Millrace: a real-time data platform in one program");
  app.set_version_flag("--version", std::string("millrace ") + MILLRACE_VERSION);
  app.require_subcommand(1);
  CLI::App* serve = app.add_subcommand("serve", "Run the server");
  CLI::App* shell = app.add_subcommand("sql", "Open a SQL shell, or run statements");
  CLI::App* import = app.add_subcommand("import", "Load a file into a table");
  ServeFlags serve_flags;
  cli::ShellOptions shell_options;
  cli::ImportOptions import_options;
  ClientFlags client_flags;
  AddServe(serve, &serve_flags);
  AddShell(shell, &shell_options, &client_flags);
  AddImport(import, &import_options, &client_flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : cli::kExitUsageError;
  }
  if (serve->parsed()) return RunServeCommand(serve, serve_flags);
  if (shell->parsed()) return RunShellCommand(std::move(shell_options), client_flags);
  return RunImportCommand(std::move(import_options), client_flags);
}

}  // namespace millrace
