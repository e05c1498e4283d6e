#include "cli/completion.h"

#include <algorithm>
#include <array>

#include "cli/meta_command.h"

namespace millrace::cli {
namespace {

constexpr std::array kKeywords = {
    "ACK",          "ALL",       "ALTER",      "AND",       "AS",
    "ASC",          "BACKUP",    "BEGIN",      "BETWEEN",   "BIGINT",
    "BOOLEAN",      "BY",        "BYTES",      "CASCADE",   "CASE",
    "CAST",         "CLUSTER",   "COLUMN",     "COMMIT",    "CONFLICT",
    "CONSUME",      "COUNT",     "CREATE",     "CROSS",     "CURRENT_TIMESTAMP",
    "CURRENT_USER", "DATABASE",  "DATE",       "DATETIME",  "DECIMAL",
    "DEFAULT",      "DELETE",    "DESC",       "DESCRIBE",  "DISTINCT",
    "DO",           "DOUBLE",    "DROP",       "ELSE",      "EMBEDDING",
    "END",          "EXCEPT",    "EXECUTE",    "EXISTS",    "EXPLAIN",
    "EXPORT",       "FALSE",     "FILE",       "FLOAT",     "FLUSH",
    "FROM",         "FULL",      "GROUP",      "HAVING",    "HISTORY",
    "IF",           "IN",        "INNER",      "INSERT",    "INT",
    "INTERSECT",    "INTO",      "IS",         "JOIN",      "JSON",
    "KEY",          "KILL",      "LEFT",       "LIKE",      "LIMIT",
    "LIVE",         "NAMESPACE", "NAMESPACES", "NOT",       "NOTHING",
    "NOW",          "NULL",      "OFFSET",     "ON",        "OR",
    "ORDER",        "OUTER",     "OVER",       "PARTITION", "PASSWORD",
    "PRIMARY",      "QUERY",     "RENAME",     "RESTORE",   "RETURNING",
    "RIGHT",        "ROLE",      "ROLLBACK",   "SELECT",    "SET",
    "SHARED",       "SHOW",      "SMALLINT",   "SOURCE",    "STORAGE",
    "STORAGES",     "STREAM",    "SUBSCRIBE",  "SUM",       "TABLE",
    "TABLES",       "TEXT",      "THEN",       "TIME",      "TIMESTAMP",
    "TO",           "TOPIC",     "TRUE",       "UNION",     "UNIQUE",
    "UPDATE",       "USE",       "USER",       "USING",     "UUID",
    "VALUES",       "VIEW",      "WHEN",       "WHERE",     "WITH",
};

bool IsWordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '\\' ||
         c == '?';
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// The word before the one at the end, in upper case.
std::string WordBefore(std::string_view line) {
  line.remove_suffix(Completer::WordAtEnd(line).size());
  const size_t last = line.find_last_not_of(" \t");
  if (last == std::string_view::npos) return {};
  line = line.substr(0, last + 1);
  std::string word(Completer::WordAtEnd(line));
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return word;
}

bool WantsTable(const std::string& before) {
  static constexpr std::array kBeforeTables = {"FROM", "INTO", "UPDATE",   "TABLE",
                                               "JOIN", "\\D",  "DESCRIBE", "DESC"};
  return std::find(kBeforeTables.begin(), kBeforeTables.end(), before) != kBeforeTables.end();
}

bool WantsNamespace(const std::string& before) {
  return before == "NAMESPACE" || before == "USE" || before == "\\C" || before == "\\USE" ||
         before == "\\DT";
}

std::vector<std::string> Keywords(std::string_view word) {
  std::vector<std::string> names;
  const bool lower = !word.empty() && std::islower(static_cast<unsigned char>(word.back())) != 0;
  for (const char* keyword : kKeywords) names.push_back(lower ? Lower(keyword) : keyword);
  return names;
}

// The text of a cell by its column's name; empty when there is no such column.
std::string CellByName(const client::StatementResult& result, const client::Row& row,
                       std::string_view name) {
  for (size_t i = 0; i < result.columns.size() && i < row.size(); ++i) {
    if (result.columns[i].name == name) return row[i].text;
  }
  return {};
}

}  // namespace

std::string CommonPrefix(const std::vector<std::string>& candidates) {
  if (candidates.empty()) return {};
  std::string prefix = candidates.front();
  for (const std::string& candidate : candidates) {
    const auto [end, unused] =
        std::mismatch(prefix.begin(), prefix.end(), candidate.begin(), candidate.end());
    prefix.erase(end, prefix.end());
  }
  return prefix;
}

std::string_view Completer::WordAtEnd(std::string_view line) {
  size_t start = line.size();
  while (start > 0 && IsWordByte(line[start - 1])) --start;
  return line.substr(start);
}

std::vector<std::string> Completer::Candidates(std::string_view line) {
  const std::string_view word = WordAtEnd(line);
  const std::string before = WordBefore(line);
  std::vector<std::string> names;
  if (word.starts_with('\\')) {
    for (const MetaCommandInfo& command : AllMetaCommands()) names.emplace_back(command.name);
  } else {
    FetchNames();
    const size_t dot = word.rfind('.');
    if (dot != std::string_view::npos) {
      AddQualified(names, word.substr(0, dot));
    } else if (WantsNamespace(before)) {
      names = namespaces_;
    } else if (WantsTable(before)) {
      names = namespaces_;
      AddTables(names);
    } else {
      names = Keywords(word);
      AddTables(names);
      AddColumns(names, {});
    }
  }
  const std::string lower = Lower(word);
  std::erase_if(names, [&](const std::string& name) { return !Lower(name).starts_with(lower); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void Completer::AddTables(std::vector<std::string>& names) const {
  const std::string current = current_namespace_();
  for (const Table& table : tables_) {
    if (table.name_space == current) names.push_back(table.name);
  }
}

void Completer::AddColumns(std::vector<std::string>& names, std::string_view table_name) const {
  const std::string current = current_namespace_();
  for (const Table& table : tables_) {
    if (table.name_space != current) continue;
    if (!table_name.empty() && table.name != table_name) continue;
    names.insert(names.end(), table.columns.begin(), table.columns.end());
  }
}

// "ns." offers its tables, "table." its columns.
void Completer::AddQualified(std::vector<std::string>& names, std::string_view qualifier) const {
  const std::string lower = Lower(qualifier);
  std::vector<std::string> found;
  for (const Table& table : tables_) {
    if (table.name_space == lower) found.push_back(table.name);
  }
  AddColumns(found, lower);
  for (const std::string& name : found) names.push_back(std::string(qualifier) + "." + name);
}

Completer::Table& Completer::FindOrAddTable(const std::string& name_space,
                                            const std::string& name) {
  for (Table& table : tables_) {
    if (table.name == name && table.name_space == name_space) return table;
  }
  return tables_.emplace_back(Table{name_space, name, {}});
}

// A statement that is refused (a role may not see system tables) leaves a gap and no error.
void Completer::FetchNames() {
  if (fetched_) return;
  fetched_ = true;
  namespaces_.clear();
  tables_.clear();
  client::SqlRequest request;
  request.namespace_id = current_namespace_();
  request.sql = "SHOW NAMESPACES";
  if (const auto results = executor_.Execute(request); results.ok() && !results->empty()) {
    const client::StatementResult& result = results->front();
    for (const client::Row& row : result.rows) {
      for (const char* column : {"name", "namespace_id", "namespace"}) {
        const std::string name = CellByName(result, row, column);
        if (name.empty()) continue;
        namespaces_.push_back(name);
        break;
      }
    }
  }
  request.sql = "SHOW TABLES";
  if (const auto results = executor_.Execute(request); results.ok() && !results->empty()) {
    const client::StatementResult& result = results->front();
    for (const client::Row& row : result.rows) {
      FindOrAddTable(CellByName(result, row, "namespace_id"),
                     CellByName(result, row, "table_name"));
    }
  }
  request.sql = "SELECT namespace_id, table_name, column_name FROM system.columns";
  if (const auto results = executor_.Execute(request); results.ok() && !results->empty()) {
    for (const client::Row& row : results->front().rows) {
      if (row.size() == 3) FindOrAddTable(row[0].text, row[1].text).columns.push_back(row[2].text);
    }
  }
}

}  // namespace millrace::cli
