#include "cli/copy_command.h"

#include <algorithm>

namespace millrace::cli {
namespace {

Status Malformed(std::string message) {
  return InvalidArgument(std::move(message))
      .WithSqlState("42601")
      .WithHint("\\copy table|(query) to 'file' [csv|jsonl], \\copy table from 'file' [csv|jsonl]");
}

// Reads the words of the command one after the other.
class CopyScanner {
 public:
  explicit CopyScanner(std::string_view text) : text_(text) {}

  char Peek() {
    SkipSpace();
    return text_.empty() ? '\0' : text_.front();
  }

  // Up to space or a parenthesis; quotes of names stay ("a b"), and belong to it.
  std::string TakeName() {
    SkipSpace();
    size_t end = 0;
    bool quoted = false;
    for (; end < text_.size(); ++end) {
      const char c = text_[end];
      if (c == '"') quoted = !quoted;
      if (!quoted && (c == ' ' || c == '\t' || c == '(')) break;
    }
    return Take(end);
  }

  std::string TakeWord() {
    std::string word = TakeName();
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return word;
  }

  // What stands between this parenthesis and its partner; quotes are skipped over.
  Result<std::string> TakeParenthesis() {
    SkipSpace();
    int depth = 0;
    char quote = '\0';
    for (size_t at = 0; at < text_.size(); ++at) {
      const char c = text_[at];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        std::string inside(text_.substr(1, at - 1));
        text_.remove_prefix(at + 1);
        return inside;
      }
    }
    return Malformed("the parenthesis of \\copy is never closed");
  }

  // 'with ''quotes''' or a word.
  Result<std::string> TakeFile() {
    if (Peek() != '\'') return TakeName();
    std::string file;
    for (size_t at = 1; at < text_.size(); ++at) {
      if (text_[at] == '\'') {
        if (at + 1 < text_.size() && text_[at + 1] == '\'') {
          ++at;
        } else {
          text_.remove_prefix(at + 1);
          return file;
        }
      }
      file.push_back(text_[at]);
    }
    return Malformed("the quote around the file's name is never closed");
  }

 private:
  void SkipSpace() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t"), text_.size())); }
  std::string Take(size_t bytes) {
    std::string taken(text_.substr(0, bytes));
    text_.remove_prefix(bytes);
    return taken;
  }

  std::string_view text_;
};

std::vector<std::string> SplitNames(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string name(list.substr(0, comma));
    std::erase_if(name, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
    if (!name.empty()) names.push_back(std::move(name));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return names;
}

Status ReadDirection(CopyScanner* scanner, CopyCommand* command) {
  const std::string word = scanner->TakeWord();
  if (word == "to") {
    command->direction = CopyDirection::kTo;
  } else if (word == "from") {
    command->direction = CopyDirection::kFrom;
  } else {
    return Malformed("\\copy takes \"to\" or \"from\" here, not \"" + word + "\"");
  }
  if (command->direction == CopyDirection::kFrom && !command->query.empty()) {
    return Malformed("rows can be copied into a table, not into a query");
  }
  return Status::Ok();
}

// With columns it is a query of them when it goes to a file.
void QueryColumns(CopyCommand* command) {
  if (command->direction == CopyDirection::kFrom || command->columns.empty()) return;
  std::string names;
  for (const std::string& name : command->columns)
    names.append(names.empty() ? "" : ", ").append(name);
  command->query = "SELECT " + names + " FROM " + command->table;
  command->table.clear();
}

}  // namespace

Result<CopyCommand> ParseCopy(std::string_view text) {
  CopyScanner scanner(text);
  CopyCommand command;
  if (scanner.Peek() == '(') {
    ASSIGN_OR_RETURN(command.query, scanner.TakeParenthesis());
    if (command.query.find_first_not_of(" \t") == std::string::npos) {
      return Malformed("the query of \\copy is empty");
    }
  } else {
    command.table = scanner.TakeName();
    if (command.table.empty()) return Malformed("\\copy needs a table or a query");
    if (scanner.Peek() == '(') {
      ASSIGN_OR_RETURN(const std::string list, scanner.TakeParenthesis());
      command.columns = SplitNames(list);
    }
  }
  RETURN_IF_ERROR(ReadDirection(&scanner, &command));
  const bool quoted = scanner.Peek() == '\'';
  ASSIGN_OR_RETURN(command.file, scanner.TakeFile());
  if (command.file.empty()) return Malformed("\\copy needs the name of a file");
  if (!quoted && command.direction == CopyDirection::kTo && command.file == "stdout") {
    command.file = "-";
  }
  const std::string format = scanner.TakeWord();
  if (!format.empty()) {
    command.format = ParseExportFormat(format);
    if (!command.format) return Malformed("\"" + format + "\" is no format of \\copy");
  }
  if (scanner.Peek() != '\0') return Malformed("\\copy takes nothing after the format");
  QueryColumns(&command);
  return command;
}

}  // namespace millrace::cli
