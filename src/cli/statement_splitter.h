// Cuts a stream of lines into SQL statements at the semicolons that end them:
// not those in '…', E'…', "…", $tag$…$tag$, comments. It knows no grammar.
//
//   code --'--> quote --'--> code       code --$t$--> dollar --$t$--> code
//   code --"--> name  --"--> code       code --/*--> comment (nests) --*/--> code
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::cli {

struct Statement {
  // Without the semicolon and without space around it; comments stay.
  std::string sql;
  // The line of the input it begins on, from 1.
  uint32_t line = 1;
};

class StatementSplitter {
 public:
  enum class State : uint8_t {
    kEmpty,         // nothing but space and comments so far
    kCode,          // inside a statement
    kQuote,         // inside '…'
    kEscapeQuote,   // inside E'…'
    kName,          // inside "…"
    kDollar,        // inside $tag$…$tag$
    kBlockComment,  // inside /* … */
  };

  // Takes one line, without its newline.
  void FeedLine(std::string_view line);
  // The next finished statement, if there is one.
  std::optional<Statement> Next();
  // What stands after the last semicolon, as a statement of its own; then empty.
  std::optional<Statement> TakeRest();
  // Forgets the unfinished statement.
  void Reset();

  State state() const;
  // The unfinished statement as typed so far.
  std::string_view pending() const { return text_; }

 private:
  size_t ScanCode(std::string_view line, size_t at);
  size_t ScanQuoted(std::string_view line, size_t at);
  size_t ScanComment(std::string_view line, size_t at);
  size_t OpenDollar(std::string_view line, size_t at);
  void Note(char c);
  void EndStatement();

  State lexical_ = State::kCode;
  bool has_content_ = false;
  uint32_t comment_depth_ = 0;
  std::string dollar_tag_;
  std::string text_;
  uint32_t line_ = 0;
  uint32_t first_line_ = 1;
  std::deque<Statement> done_;
};

// The first `count` words of a statement in upper case, comments skipped: "CREATE TABLE".
std::string LeadingWords(std::string_view sql, size_t count);

}  // namespace millrace::cli
