#include "cli/error_text.h"

#include "cli/options.h"
#include "cli/text_width.h"
#include "query/sql/secrets.h"

namespace millrace::cli {
namespace {

constexpr size_t kLineWidthMax = 72;
constexpr std::string_view kDots = "...";

std::string_view LineOf(std::string_view sql, uint32_t line) {
  for (uint32_t i = 1; i < line; ++i) {
    const size_t end = sql.find('\n');
    if (end == std::string_view::npos) return {};
    sql.remove_prefix(end + 1);
  }
  return sql.substr(0, sql.find('\n'));
}

// The byte at which the character number `column`, from 1, begins.
size_t ByteOfColumn(std::string_view line, uint32_t column) {
  size_t at = 0;
  for (uint32_t i = 1; i < column && at < line.size(); ++i) DecodeCharacter(line, at);
  return at;
}

std::string SpacesForTabs(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '\t' || c == '\r') c = ' ';
  }
  return EscapeControls(out);
}

// The SQL line with a caret below the token; long lines are cut around it.
void AppendPlace(std::string& out, const SqlPosition& position, std::string_view sql) {
  const std::string_view line = LineOf(sql, position.line);
  if (line.empty()) return;
  size_t at = ByteOfColumn(line, position.column);
  if (position.column == 0) {
    at = position.token.empty() ? std::string_view::npos : line.find(position.token);
    if (at == std::string_view::npos) at = 0;
  }
  std::string before = SpacesForTabs(line.substr(0, at));
  std::string after = SpacesForTabs(line.substr(at));
  if (TextWidth(before) > kLineWidthMax / 2) {
    size_t skipped = 0;
    while (TextWidth(std::string_view(before).substr(skipped)) > kLineWidthMax / 2) {
      DecodeCharacter(before, skipped);
    }
    before = std::string(kDots) + before.substr(skipped);
  }
  const size_t room = kLineWidthMax - TextWidth(before);
  if (TextWidth(after) > room) after = CutToWidth(after, room);
  const std::string label = "LINE " + std::to_string(position.line) + ": ";
  out.append(label).append(before).append(after).append("\n");
  out.append(label.size() + TextWidth(before), ' ').append("^\n");
}

}  // namespace

std::string ErrorText(const Status& status, std::string_view sql, Coloring coloring) {
  const bool colored = coloring == Coloring::kColored;
  std::string out = colored ? "\033[1;31mERROR:\033[0m  " : "ERROR:  ";
  out.append(EscapeControls(status.message()));
  out.append(" (SQLSTATE ").append(status.sqlstate()).append(")\n");
  if (status.position() != nullptr) {
    AppendPlace(out, *status.position(), sql::HideSecrets(sql));
  }
  // To those who administer, servers give the statement back; here it is known.
  if (!status.detail().empty() && status.detail() != sql::HideSecrets(sql)) {
    out.append("DETAIL:  ").append(EscapeControls(status.detail())).append("\n");
  }
  if (!status.hint().empty()) {
    out.append("HINT:  ").append(EscapeControls(status.hint())).append("\n");
  }
  return out;
}

int ExitCodeFor(const Status& status) {
  if (status.ok()) return kExitOk;
  const bool unreachable = status.sqlstate().starts_with("08");
  return unreachable || status.code() == Code::kUnauthenticated ? kExitConnectionError
                                                                : kExitSqlError;
}

}  // namespace millrace::cli
