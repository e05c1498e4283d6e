#include "cli/highlight.h"

#include <algorithm>
#include <cstdint>

#include "query/sql/keywords.h"

namespace millrace::cli {
namespace {

constexpr std::string_view kPlain = "\033[0m";
constexpr std::string_view kKeyword = "\033[1;34m";
constexpr std::string_view kText = "\033[32m";
constexpr std::string_view kNumber = "\033[36m";
constexpr std::string_view kComment = "\033[2m";
constexpr std::string_view kCommand = "\033[35m";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsWord(char c) { return IsWordStart(c) || IsDigit(c); }

// The end of what a quote opened; the end of the text when it is never closed.
size_t EndOfQuote(std::string_view sql, size_t at, char quote, bool escapes) {
  for (++at; at < sql.size(); ++at) {
    if (escapes && sql[at] == '\\') {
      ++at;
    } else if (sql[at] == quote) {
      if (at + 1 >= sql.size() || sql[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return sql.size();
}

size_t EndOfComment(std::string_view sql, size_t at) {
  int depth = 0;
  while (at + 1 < sql.size()) {
    if (sql.substr(at, 2) == "/*") {
      ++depth;
      at += 2;
    } else if (sql.substr(at, 2) == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return sql.size();
}

// "$tag$ … $tag$"; just the dollar when it opens nothing.
size_t EndOfDollar(std::string_view sql, size_t at) {
  size_t end = at + 1;
  while (end < sql.size() && IsWord(sql[end])) ++end;
  if (end >= sql.size() || sql[end] != '$' || IsDigit(sql[at + 1])) return end;
  const std::string_view tag = sql.substr(at, end + 1 - at);
  const size_t close = sql.find(tag, end + 1);
  return close == std::string_view::npos ? sql.size() : close + tag.size();
}

struct Piece {
  size_t end;
  std::string_view color;  // empty: none
};

Piece PieceAt(std::string_view sql, size_t at) {
  const char c = sql[at];
  if (sql.substr(at, 2) == "--") return {std::min(sql.find('\n', at), sql.size()), kComment};
  if (sql.substr(at, 2) == "/*") return {EndOfComment(sql, at), kComment};
  if (c == '\'') return {EndOfQuote(sql, at, '\'', false), kText};
  if ((c == 'e' || c == 'E') && at + 1 < sql.size() && sql[at + 1] == '\'') {
    return {EndOfQuote(sql, at + 1, '\'', true), kText};
  }
  if (c == '"') return {EndOfQuote(sql, at, '"', false), {}};
  if (c == '$') {
    const size_t end = EndOfDollar(sql, at);
    return {end, sql[end - 1] == '$' && end > at + 1 ? kText : kNumber};
  }
  size_t end = at + 1;
  if (IsDigit(c)) {
    while (end < sql.size() && (IsWord(sql[end]) || sql[end] == '.')) ++end;
    return {end, kNumber};
  }
  if (!IsWordStart(c)) return {end, {}};
  while (end < sql.size() && IsWord(sql[end])) ++end;
  const bool keyword = sql::FindKeyword(sql.substr(at, end - at)) != sql::Keyword::kNone;
  return {end, keyword ? kKeyword : std::string_view()};
}

void Append(std::string* out, std::string_view text, std::string_view color) {
  if (color.empty() || text.empty()) {
    out->append(text);
  } else {
    out->append(color).append(text).append(kPlain);
  }
}

}  // namespace

std::string Highlight(std::string_view text, std::string_view before) {
  std::string out;
  const size_t first = text.find_first_not_of(" \t");
  if (before.empty() && first != std::string_view::npos && text[first] == '\\') {
    const size_t end = std::min(text.find_first_of(" \t", first), text.size());
    out.append(text.substr(0, first));
    Append(&out, text.substr(first, end - first), kCommand);
    out.append(text.substr(end));
    return out;
  }
  const std::string sql = std::string(before) + std::string(text);
  for (size_t at = 0; at < sql.size();) {
    const Piece piece = PieceAt(sql, at);
    if (piece.end > before.size()) {
      const size_t begin = std::max(at, before.size());
      Append(&out, std::string_view(sql).substr(begin, piece.end - begin), piece.color);
    }
    at = piece.end;
  }
  return out;
}

}  // namespace millrace::cli
