#include "cli/statement_splitter.h"

#include <algorithm>

namespace millrace::cli {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return std::string(text);
}

bool StartsAt(std::string_view line, size_t at, std::string_view what) {
  return line.substr(at).starts_with(what);
}

// Skips space and comments.
size_t SkipBlank(std::string_view sql, size_t at) {
  while (at < sql.size()) {
    if (IsSpace(sql[at])) {
      ++at;
    } else if (StartsAt(sql, at, "--")) {
      at = std::min(sql.find('\n', at), sql.size());
    } else if (StartsAt(sql, at, "/*")) {
      const size_t end = sql.find("*/", at + 2);
      at = end == std::string_view::npos ? sql.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

}  // namespace

void StatementSplitter::FeedLine(std::string_view line) {
  ++line_;
  size_t at = 0;
  while (at < line.size()) {
    switch (lexical_) {
      case State::kCode:
      case State::kEmpty:
        at = ScanCode(line, at);
        break;
      case State::kBlockComment:
        at = ScanComment(line, at);
        break;
      default:
        at = ScanQuoted(line, at);
    }
  }
  if (!text_.empty()) text_.push_back('\n');
}

// Appends one byte and remembers where the statement began.
void StatementSplitter::Note(char c) {
  if (text_.empty()) {
    if (IsSpace(c)) return;
    first_line_ = line_;
  }
  text_.push_back(c);
}

size_t StatementSplitter::ScanCode(std::string_view line, size_t at) {
  const char c = line[at];
  if (StartsAt(line, at, "--")) {
    for (; at < line.size(); ++at) Note(line[at]);
    return at;
  }
  if (StartsAt(line, at, "/*")) {
    Note('/');
    Note('*');
    lexical_ = State::kBlockComment;
    comment_depth_ = 1;
    return at + 2;
  }
  if (c == ';') {
    EndStatement();
    return at + 1;
  }
  if (c == '$' && (at == 0 || !IsNameByte(line[at - 1]))) return OpenDollar(line, at);
  if (c == '"') lexical_ = State::kName;
  if (c == '\'') {
    const bool prefixed = at > 0 && (line[at - 1] == 'e' || line[at - 1] == 'E') &&
                          (at == 1 || !IsNameByte(line[at - 2]));
    lexical_ = prefixed ? State::kEscapeQuote : State::kQuote;
  }
  if (!IsSpace(c)) has_content_ = true;
  Note(c);
  return at + 1;
}

// "$1" is a parameter and "$$" or "$tag$" opens a quote.
size_t StatementSplitter::OpenDollar(std::string_view line, size_t at) {
  size_t end = at + 1;
  while (end < line.size() && IsNameByte(line[end])) ++end;
  has_content_ = true;
  const bool digit_first = end > at + 1 && line[at + 1] >= '0' && line[at + 1] <= '9';
  if (end == line.size() || line[end] != '$' || digit_first) {
    Note('$');
    return at + 1;
  }
  dollar_tag_ = line.substr(at, end + 1 - at);
  lexical_ = State::kDollar;
  for (const char c : dollar_tag_) Note(c);
  return end + 1;
}

size_t StatementSplitter::ScanQuoted(std::string_view line, size_t at) {
  const char c = line[at];
  if (lexical_ == State::kDollar) {
    if (!StartsAt(line, at, dollar_tag_)) return Note(c), at + 1;
    for (const char tag_byte : dollar_tag_) Note(tag_byte);
    lexical_ = State::kCode;
    return at + dollar_tag_.size();
  }
  Note(c);
  if (c == '\\' && lexical_ == State::kEscapeQuote && at + 1 < line.size()) {
    Note(line[at + 1]);
    return at + 2;
  }
  const char closing = lexical_ == State::kName ? '"' : '\'';
  if (c != closing) return at + 1;
  if (at + 1 < line.size() && line[at + 1] == closing) {  // doubled: a quote in the text
    Note(closing);
    return at + 2;
  }
  lexical_ = State::kCode;
  return at + 1;
}

size_t StatementSplitter::ScanComment(std::string_view line, size_t at) {
  const bool opens = StartsAt(line, at, "/*");
  const bool closes = StartsAt(line, at, "*/");
  Note(line[at]);
  if (!opens && !closes) return at + 1;
  Note(line[at + 1]);
  comment_depth_ = opens ? comment_depth_ + 1 : comment_depth_ - 1;
  if (comment_depth_ == 0) lexical_ = State::kCode;
  return at + 2;
}

void StatementSplitter::EndStatement() {
  if (has_content_) done_.push_back({Trim(text_), first_line_});
  Reset();
}

void StatementSplitter::Reset() {
  text_.clear();
  has_content_ = false;
  lexical_ = State::kCode;
  comment_depth_ = 0;
}

std::optional<Statement> StatementSplitter::Next() {
  if (done_.empty()) return std::nullopt;
  Statement statement = std::move(done_.front());
  done_.pop_front();
  return statement;
}

std::optional<Statement> StatementSplitter::TakeRest() {
  EndStatement();
  return Next();
}

StatementSplitter::State StatementSplitter::state() const {
  if (lexical_ != State::kCode) return lexical_;
  return has_content_ ? State::kCode : State::kEmpty;
}

std::string LeadingWords(std::string_view sql, size_t count) {
  std::string words;
  size_t at = 0;
  for (size_t i = 0; i < count; ++i) {
    at = SkipBlank(sql, at);
    const size_t start = at;
    while (at < sql.size() && IsNameByte(sql[at])) ++at;
    if (at == start) break;
    if (!words.empty()) words.push_back(' ');
    for (const char c : sql.substr(start, at - start)) {
      words.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    }
  }
  return words;
}

}  // namespace millrace::cli
