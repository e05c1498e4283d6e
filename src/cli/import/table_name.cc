#include "cli/import/table_name.h"

#include "cli/import/column_type.h"

namespace millrace::cli {
namespace {

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

}  // namespace

TableName NameTable(const std::string& table, const std::string& name_space) {
  const size_t dot = table.find('.');
  const std::string space = Lower(dot == std::string::npos ? name_space : table.substr(0, dot));
  const std::string name = Lower(dot == std::string::npos ? table : table.substr(dot + 1));
  TableName named;
  AppendIdentifier(named.sql, space);
  named.sql.push_back('.');
  AppendIdentifier(named.sql, name);
  named.shown = space + "." + name;
  return named;
}

}  // namespace millrace::cli
