#include "query/exec/engine/errors.h"

#include <algorithm>
#include <cctype>

namespace millrace::engine {
namespace {

// What the engine's names for payload types are in SQL.
struct TypeWord {
  std::string_view engine;
  std::string_view sql;
};
constexpr TypeWord kTypeWords[] = {
    {"INT8", "TINYINT"},        {"INT16", "SMALLINT"},      {"INT32", "INT"},
    {"INT64", "BIGINT"},        {"INT128", "HUGEINT"},      {"BOOL", "BOOLEAN"},
    {"VARCHAR", "TEXT"},        {"INTEGER", "INT"},         {"BLOB", "BYTES"},
    {"STRING_LITERAL", "TEXT"}, {"INTEGER_LITERAL", "INT"},
};

// Where the engine appends its candidates; what follows becomes the hint.
constexpr std::string_view kHintMarks[] = {
    "\nDid you mean",  "\nCandidate bindings:", "\nCandidate tables:",  "\n\tCandidate functions:",
    "\nEither add it", "\n\nUse \"SET ",        "\nPossible solutions", " Use \"SET ",
};

// The key under which an exception of ours carries its SQLSTATE.
constexpr const char* kSqlStateKey = "millrace_sqlstate";
constexpr const char* kHintKey = "millrace_hint";

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// "\n\nLINE 1: …" quotes the text the planner wrote.
std::string_view WithoutExcerpt(std::string_view message) {
  return message.substr(0, message.find("\n\nLINE "));
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (std::isspace(static_cast<unsigned char>(text.back())) ||
                           text.back() == '!' || text.back() == '.')) {
    text.remove_suffix(1);
  }
  return text;
}

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Spells payload types as SQL does, outside of quotes, so that a user's value
// stays as it was.
std::string WithSqlTypeNames(std::string_view message) {
  std::string result;
  char quote = 0;
  for (size_t at = 0; at < message.size();) {
    const char c = message[at];
    if (quote != 0 || !IsWordCharacter(c)) {
      if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      }
      result.push_back(c);
      ++at;
      continue;
    }
    size_t end = at;
    while (end < message.size() && IsWordCharacter(message[end])) ++end;
    const std::string_view word = message.substr(at, end - at);
    const auto* known = std::find_if(std::begin(kTypeWords), std::end(kTypeWords),
                                     [&](const TypeWord& entry) { return entry.engine == word; });
    result.append(known == std::end(kTypeWords) ? word : known->sql);
    at = end;
  }
  return result;
}

// Lower-case first letter, unless the first word is an abbreviation or a name.
std::string AsMessage(std::string_view text) {
  std::string message = WithSqlTypeNames(Trimmed(text));
  const bool second_is_lower =
      message.size() < 2 || std::isupper(static_cast<unsigned char>(message[1])) == 0;
  if (!message.empty() && second_is_lower) {
    message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
  }
  return message;
}

std::string AsHint(std::string_view text) {
  std::string hint;
  for (const char c : WithSqlTypeNames(Trimmed(text))) {
    if (c == '\t') continue;
    if (c == '\n') {
      if (!hint.empty() && hint.back() != ' ') hint.push_back(' ');
      continue;
    }
    hint.push_back(c);
  }
  return hint;
}

Status Conversion(std::string message) {
  if (Contains(message, "field value out of range")) {
    return InvalidArgument(std::move(message)).WithSqlState("22008");
  }
  if (Contains(message, "field format") || Contains(message, "invalid timestamp") ||
      Contains(message, "invalid date")) {
    return InvalidArgument(std::move(message)).WithSqlState("22007");
  }
  if (Contains(message, "out of range") || Contains(message, "Could not cast value")) {
    return OutOfRange(std::move(message)).WithSqlState("22003");
  }
  if (Contains(message, "nimplemented type for cast")) {
    return InvalidArgument(std::move(message)).WithSqlState("42846");
  }
  return InvalidArgument(std::move(message)).WithSqlState("22P02");
}

// Names that do not resolve, and calls that fit no function.
Status Unresolved(const duckdb::ErrorData& error, std::string message) {
  const auto extra = [&](const char* key) {
    const auto found = error.ExtraInfo().find(key);
    return found == error.ExtraInfo().end() ? std::string() : found->second;
  };
  const std::string subtype = extra("error_subtype");
  const std::string kind = extra("type");
  if (subtype == "COLUMN_NOT_FOUND") return NotFound(std::move(message)).WithSqlState("42703");
  if (subtype == "NO_MATCHING_FUNCTION" || Contains(kind, "Function") ||
      Contains(message, "best candidate function")) {
    return InvalidArgument(std::move(message)).WithSqlState("42883");
  }
  if (kind == "Type") return InvalidArgument(std::move(message)).WithSqlState("42704");
  if (kind == "Table" || Contains(message, "referenced table")) {
    return NotFound(std::move(message)).WithSqlState("42P01");
  }
  if (Contains(message, "ambiguous")) {
    return InvalidArgument(std::move(message)).WithSqlState("42702");
  }
  if (Contains(message, "GROUP BY clause") || Contains(message, "aggregate")) {
    return InvalidArgument(std::move(message)).WithSqlState("42803");
  }
  if (Contains(message, "ORDER term out of range")) {
    return InvalidArgument("ORDER BY position is not in select list").WithSqlState("42P10");
  }
  if (Contains(message, "number of result columns")) {
    return InvalidArgument(std::move(message)).WithSqlState("42601");
  }
  if (Contains(message, "window")) {
    return InvalidArgument(std::move(message)).WithSqlState("42P20");
  }
  if (Contains(message, "column")) {
    return NotFound(std::move(message)).WithSqlState("42703");
  }
  if (Contains(message, "annot compare") || Contains(message, "annot mix") ||
      Contains(message, "type")) {
    return InvalidArgument(std::move(message)).WithSqlState("42804");
  }
  return InvalidArgument(std::move(message)).WithSqlState("42601");
}

Status InvalidInput(std::string message) {
  if (Contains(message, "ore than one row returned by a subquery")) {
    return InvalidArgument("more than one row returned by a subquery used as an expression")
        .WithSqlState("21000");
  }
  return InvalidArgument(std::move(message)).WithSqlState("22023");
}

// Bugs, ours or the engine's. The message may go on with a stack trace.
Status Unexpected(const std::string& message) {
  if (Contains(message, "bad_alloc")) {
    return ResourceExhausted("out of memory").WithSqlState("53200");
  }
  Status status = Internal("the analytical engine failed").WithSqlState("XX000");
  if (Contains(message, kInternalPrefix)) return status;
  return std::move(status).WithDetail(message.substr(0, message.find('\n')));
}

Status Classified(const duckdb::ErrorData& error, std::string message) {
  using duckdb::ExceptionType;
  if (Contains(message, "expression depth limit")) {
    return ResourceExhausted("statement is nested too deeply")
        .WithSqlState("54001")
        .WithHint("Rewrite it with fewer nested parentheses, subqueries or chained operators.");
  }
  switch (error.Type()) {
    case ExceptionType::OUT_OF_RANGE:
      if (Contains(message, "square root of")) {
        return InvalidArgument(std::move(message)).WithSqlState("2201F");
      }
      if (Contains(message, "logarithm of")) {
        return InvalidArgument(std::move(message)).WithSqlState("2201E");
      }
      [[fallthrough]];
    case ExceptionType::DECIMAL:
      return OutOfRange(std::move(message)).WithSqlState("22003");
    case ExceptionType::CONVERSION:
      return Conversion(std::move(message));
    case ExceptionType::DIVIDE_BY_ZERO:
      return InvalidArgument(std::move(message)).WithSqlState("22012");
    case ExceptionType::BINDER:
    case ExceptionType::CATALOG:
      return Unresolved(error, std::move(message));
    case ExceptionType::PARSER:
    case ExceptionType::SYNTAX:
      return InvalidArgument(std::move(message)).WithSqlState("42601");
    case ExceptionType::MISMATCH_TYPE:
    case ExceptionType::INVALID_TYPE:
    case ExceptionType::UNKNOWN_TYPE:
      return InvalidArgument(std::move(message)).WithSqlState("42804");
    case ExceptionType::PARAMETER_NOT_RESOLVED:
    case ExceptionType::PARAMETER_NOT_ALLOWED:
      return InvalidArgument(std::move(message)).WithSqlState("42P02");
    case ExceptionType::OUT_OF_MEMORY:
      return ResourceExhausted("the query needs more memory than it may use")
          .WithSqlState("53200")
          .WithHint(
              "Read fewer rows or columns, or start the server with a larger "
              "--query-memory-bytes.");
    case ExceptionType::OBJECT_SIZE:
      return ResourceExhausted(std::move(message)).WithSqlState("54000");
    case ExceptionType::INTERRUPT:
      return Cancelled("the query was cancelled").WithSqlState("57014");
    case ExceptionType::PERMISSION:
      return PermissionDenied("the query uses something that is not allowed").WithSqlState("42501");
    case ExceptionType::NOT_IMPLEMENTED:
    case ExceptionType::MISSING_EXTENSION:
    case ExceptionType::AUTOLOAD:
      return Unimplemented(std::move(message)).WithSqlState("0A000");
    case ExceptionType::INVALID_INPUT:
    case ExceptionType::EXPRESSION:
    case ExceptionType::EXECUTOR:
      return InvalidInput(std::move(message));
    default:
      return Unexpected(message);
  }
}

// Of the statuses that Throw sends through the engine.
Code CodeOf(std::string_view sqlstate) {
  if (sqlstate == "22003") return Code::kOutOfRange;
  if (sqlstate == "0A000") return Code::kUnimplemented;
  if (sqlstate.starts_with("54")) return Code::kResourceExhausted;
  return Code::kInvalidArgument;
}

}  // namespace

Status WithoutInternalNames(Status status) {
  if (!Contains(status.message(), kInternalPrefix)) return status;
  const std::string sqlstate(status.sqlstate());
  Status vague = Status(status.code(), "the query cannot be resolved").WithSqlState(sqlstate);
  return status.hint().empty() ? vague : std::move(vague).WithHint(status.hint());
}

void Throw(const Status& status) {
  throw duckdb::Exception(
      duckdb::ExceptionType::INVALID_INPUT, status.message(),
      {{kSqlStateKey, std::string(status.sqlstate())}, {kHintKey, status.hint()}});
}

Status StatusOf(const duckdb::ErrorData& error) {
  const auto own = error.ExtraInfo().find(kSqlStateKey);
  if (own != error.ExtraInfo().end()) {
    std::string message(WithoutExcerpt(error.RawMessage()));
    Status status = Status(CodeOf(own->second), std::move(message)).WithSqlState(own->second);
    const auto hint = error.ExtraInfo().find(kHintKey);
    if (hint == error.ExtraInfo().end() || hint->second.empty()) return status;
    return std::move(status).WithHint(hint->second);
  }
  std::string_view text = WithoutExcerpt(error.RawMessage());
  size_t cut = text.size();
  for (const std::string_view mark : kHintMarks) cut = std::min(cut, text.find(mark));
  std::string hint = AsHint(text.substr(cut));
  // Settings are not the user's to change.
  if (Contains(hint, "SET ") || Contains(hint, kInternalPrefix)) hint.clear();
  const std::string message = AsMessage(text.substr(0, cut));
  Status status = Classified(error, message);
  if (!hint.empty()) status = std::move(status).WithHint(std::move(hint));
  return WithoutInternalNames(std::move(status));
}

bool MayHaveBrokenInstance(const duckdb::ErrorData& error) {
  return error.Type() == duckdb::ExceptionType::INTERNAL ||
         duckdb::Exception::InvalidatesDatabase(error.Type());
}

}  // namespace millrace::engine
