// Comparing what a statement did with what a file expects.
#include "comparison.h"

#include <algorithm>
#include <utility>

namespace millrace::slt {
namespace {

std::string Joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) text.append(separator);
    text.append(part);
  }
  return text;
}

std::string Indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text.append("    ").append(line).push_back('\n');
  return text;
}

std::string Difference(const std::vector<std::string>& expected,
                       const std::vector<std::string>& actual) {
  return "expected\n" + Indented(expected) + "  actual\n" + Indented(actual);
}

std::string Failure(const Status& status) { return "failed with\n" + Indented(ErrorText(status)); }

bool IsSqlState(const std::string& word) {
  return word.size() == 5 && std::ranges::all_of(word, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// The type letters of sqllogictest: I integers, R other numbers, B truth, T the rest.
char TypeLetter(const std::string& type) {
  if (type == "SmallInt" || type == "Int" || type == "BigInt") return 'I';
  if (type == "Float" || type == "Double" || type.starts_with("Decimal")) return 'R';
  return type == "Boolean" ? 'B' : 'T';
}

std::string Arguments(const Record& record, size_t first) {
  return Joined({record.arguments.begin() +
                     static_cast<std::ptrdiff_t>(std::min(first, record.arguments.size())),
                 record.arguments.end()},
                " ");
}

Comparison CompareError(const Record& record, const Outcome& outcome) {
  const std::string wanted = Arguments(record, 1);
  Comparison result{.directive = "statement error", .expected = record.expected};
  if (!wanted.empty()) result.directive.append(" ").append(wanted);
  if (outcome.status.ok()) {
    result.mismatch = "succeeded, an error was expected\n";
    return result;
  }
  const std::vector<std::string> actual = ErrorText(outcome.status);
  if (IsSqlState(wanted) || wanted.empty()) {
    const std::string sqlstate(outcome.status.sqlstate());
    result.directive = "statement error " + sqlstate;
    if (wanted != sqlstate) result.mismatch = Difference({"SQLSTATE " + wanted}, actual);
  } else if (actual.front().find(wanted) == std::string::npos) {
    result.mismatch = Difference({wanted}, actual);
  }
  if (!record.has_expected) return result;
  if (record.expected != actual) result.mismatch = Difference(record.expected, actual);
  result.expected = actual;
  return result;
}

std::vector<std::string> Messages(const Outcome& outcome) {
  std::vector<std::string> lines;
  for (const StatementText& statement : outcome.statements) {
    std::string line = statement.has_rows ? std::to_string(statement.row_count) + " row(s)"
                                          : CellText(statement.message);
    if (!statement.as_user.empty()) line.append(" (as ").append(statement.as_user).append(")");
    lines.push_back(std::move(line));
  }
  return lines;
}

Comparison CompareCount(const Record& record, const Outcome& outcome) {
  uint64_t count = 0;
  for (const StatementText& statement : outcome.statements) count += statement.row_count;
  const std::string actual = std::to_string(count);
  Comparison result{.directive = "statement count " + actual, .expected = record.expected};
  if (Arguments(record, 1) != actual) {
    result.mismatch = Difference({Arguments(record, 1) + " row(s)"}, {actual + " row(s)"});
  }
  return result;
}

}  // namespace

std::vector<std::string> ErrorText(const Status& status) {
  std::vector<std::string> lines;
  lines.push_back(std::string(status.sqlstate()) + ": " + CellText(status.message()));
  if (!status.detail().empty()) lines.push_back("detail: " + CellText(status.detail()));
  if (!status.hint().empty()) lines.push_back("hint: " + CellText(status.hint()));
  if (const SqlPosition* position = status.position()) {
    lines.push_back("at " + std::to_string(position->line) + ":" +
                    std::to_string(position->column) + " \"" + CellText(position->token) + "\"");
  }
  return lines;
}

Comparison CompareStatement(const Record& record, const Outcome& outcome) {
  const std::string verb = record.arguments.empty() ? "ok" : record.arguments.front();
  if (verb == "error") return CompareError(record, outcome);
  Comparison result{.directive = "statement " + Arguments(record, 0), .expected = record.expected};
  if (!outcome.status.ok()) {
    result.mismatch = Failure(outcome.status);
    return result;
  }
  if (verb == "count") return CompareCount(record, outcome);
  if (verb != "ok") {
    result.mismatch = "unknown kind of statement \"" + verb + "\"\n";
    return result;
  }
  if (!record.has_expected) return result;
  result.expected = Messages(outcome);
  if (result.expected != record.expected) {
    result.mismatch = Difference(record.expected, result.expected);
  }
  return result;
}

Comparison CompareQuery(const Record& record, const Outcome& outcome) {
  Comparison result{.directive = "query " + Arguments(record, 0), .expected = record.expected};
  if (!outcome.status.ok()) {
    result.mismatch = Failure(outcome.status);
    return result;
  }
  const auto has_flag = [&record](std::string_view flag) {
    return std::ranges::find(record.arguments, flag) != record.arguments.end();
  };
  std::vector<std::string> lines;
  std::string letters;
  for (const StatementText& statement : outcome.statements) {
    if (!statement.has_rows) continue;
    std::vector<std::string> columns;
    letters.clear();
    for (size_t i = 0; i < statement.names.size(); ++i) {
      columns.push_back(statement.names[i] + ":" + statement.types[i]);
      letters.push_back(TypeLetter(statement.types[i]));
    }
    if (has_flag("columns")) lines.push_back(Joined(columns, " | "));
    const auto first_row = static_cast<std::ptrdiff_t>(lines.size());
    for (const auto& row : statement.rows) lines.push_back(Joined(row, " | "));
    if (has_flag("rowsort")) std::sort(lines.begin() + first_row, lines.end());
  }
  const std::string flags = Arguments(record, 1);
  result.directive = "query " + letters + (flags.empty() ? "" : " " + flags);
  result.expected = std::move(lines);
  if (record.arguments.empty() || record.arguments.front() != letters) {
    result.mismatch = "column types are " + letters + "\n";
  }
  if (result.expected != record.expected) {
    result.mismatch += Difference(record.expected, result.expected);
  }
  return result;
}

}  // namespace millrace::slt
