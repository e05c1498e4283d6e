// What `millrace sql`, `import` and `export` can be told, with defaults, and their
// exit codes. The program parses its command line into these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

// Exit codes of RunShell, RunImport and RunExport, shown in --help.
inline constexpr int kExitOk = 0;
inline constexpr int kExitSqlError = 1;  // a statement or a record failed, or it was interrupted
inline constexpr int kExitConnectionError = 2;  // the server cannot be reached or refuses the login
inline constexpr int kExitUsageError = 3;       // wrong options, a file that cannot be read

inline constexpr std::string_view kExitCodesHelp =
    "Exit codes: 0 success; 1 a statement or record failed, or Ctrl-C; 2 the server could not be\n"
    "reached or refused the login; 3 wrong options or a file that cannot be read.";

struct ConnectionOptions {
  // --url: "http://host:port" or "https://…".
  std::string url = "http://localhost:7400";
  // --user. Empty: "root" when there is a password, else requests are anonymous.
  std::string user;
  // --password; visible to other users of the machine in the process list, so
  // better MILLRACE_PASSWORD, which is read when this is not set. Asked for on the
  // terminal, without echo, when --user is given and neither is.
  std::optional<std::string> password;
  // --token: a bearer token instead of user and password. Else MILLRACE_TOKEN.
  std::string token;
  // --namespace: where unqualified names are looked up.
  std::string namespace_id = "default";
  // --timeout, in milliseconds, for one statement; 0: none.
  int64_t timeout_ms = 0;
  int64_t connect_timeout_ms = 10'000;
};

enum class OutputFormat : uint8_t { kTable, kJson, kCsv };
// Returns nothing for a name that is none of table, json, csv.
std::optional<OutputFormat> ParseOutputFormat(std::string_view name);

struct ShellOptions {
  ConnectionOptions connection;
  // -c, repeatable: statements or one backslash command each; run before the files.
  std::vector<std::string> commands;
  // -f, repeatable; "-" is the standard input.
  std::vector<std::string> files;
  // --format.
  OutputFormat format = OutputFormat::kTable;
  // False with --no-color; colour is used on a terminal only, and not when NO_COLOR is set.
  bool color = true;
  // Empty: ~/.millrace_history.
  std::string history_file;
  // --save-credentials, --show-credentials, --delete-credentials.
  bool save_credentials = false;
  bool show_credentials = false;
  bool delete_credentials = false;
};

enum class RecordFormat : uint8_t { kAuto, kCsv, kJsonLines, kDeb822 };
std::optional<RecordFormat> ParseRecordFormat(std::string_view name);  // auto csv json deb822

enum class OnConflict : uint8_t {
  kDefault,  // error; for deb822 nothing, because index files repeat packages
  kError,
  kNothing,
  kUpdate,
};
std::optional<OnConflict> ParseOnConflict(std::string_view name);  // error nothing update

enum class NewTable : uint8_t { kNone, kShared, kUser };

struct ImportOptions {
  ConnectionOptions connection;
  // Files, glob patterns or directories; "-" is the standard input. Names ending
  // in .gz, .lz4, .xz, .zst, .bz2 are unpacked on the way.
  std::vector<std::string> files;
  // --table: "table" or "namespace.table".
  std::string table;
  // --format; auto looks at the name and then at the first bytes.
  RecordFormat format = RecordFormat::kAuto;
  // --create gives kShared; with --user-table kUser.
  NewTable create = NewTable::kNone;
  // --batch: rows in one INSERT at most; a statement also stays under 900 KB.
  uint32_t batch_rows = 1000;
  // --delimiter: one byte, for CSV.
  char delimiter = ',';
  // --header, --no-header: does the first CSV record hold the column names?
  bool header = true;
  // --null: the unquoted CSV text that means NULL.
  std::string null_text;
  // --columns: the names of the CSV fields in order (instead of the header), or
  // for the other formats which fields to take.
  std::vector<std::string> columns;
  // --on-conflict.
  OnConflict on_conflict = OnConflict::kDefault;
  // --key, repeatable or a,b: the primary key for --create and for --on-conflict update.
  std::vector<std::string> key;
  // --quiet: no progress.
  bool quiet = false;
  // Requests in flight, each on its own connection.
  uint32_t connections = 2;
};

enum class ExportFormat : uint8_t { kAuto, kCsv, kJsonLines };
std::optional<ExportFormat> ParseExportFormat(std::string_view name);  // auto csv jsonl

struct ExportOptions {
  ConnectionOptions connection;
  // "-" is the standard output; packed when it ends in .gz. A file that is there is
  // replaced once the new one is whole.
  std::string file;
  // --table or --query, one of them.
  std::string table;
  std::string query;
  // --format; auto goes by the name of the file, CSV when it says nothing.
  ExportFormat format = ExportFormat::kAuto;
  // For CSV: --delimiter, --no-header, --null (the unquoted text that stands for NULL).
  char delimiter = ',';
  bool header = true;
  std::string null_text;
  // --quiet: no progress and no final line.
  bool quiet = false;
};

}  // namespace millrace::cli
