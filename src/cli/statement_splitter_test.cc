// Where a typed text ends: quotes, comments, dollar quotes, semicolons.
#include "cli/statement_splitter.h"

#include <gtest/gtest.h>

#include <vector>

namespace millrace::cli {
namespace {

using State = StatementSplitter::State;

// Feeds the text line by line and returns "line:sql" of every statement, the rest last.
std::vector<std::string> Split(std::string_view text) {
  StatementSplitter splitter;
  std::vector<std::string> out;
  auto add = [&out](const Statement& statement) {
    out.push_back(std::to_string(statement.line) + ":" + statement.sql);
  };
  while (true) {
    const size_t end = text.find('\n');
    splitter.FeedLine(text.substr(0, end));
    while (const auto statement = splitter.Next()) add(*statement);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (const auto rest = splitter.TakeRest()) add(*rest);
  return out;
}

using Expected = std::vector<std::string>;

TEST(StatementSplitterTest, CutsAtSemicolons) {
  EXPECT_EQ(Split("a; b ;\n\nc"), (Expected{"1:a", "1:b", "3:c"}));
  EXPECT_EQ(Split("select\n 1\n;x"), (Expected{"1:select\n 1", "3:x"}));
  EXPECT_EQ(Split(";;\n ; "), Expected{});
}

TEST(StatementSplitterTest, SemicolonsInsideQuotesDoNotCount) {
  EXPECT_EQ(Split("a 'x;''y;' b; c"), (Expected{"1:a 'x;''y;' b", "1:c"}));
  EXPECT_EQ(Split("a \"x;\"\"y\"; c"), (Expected{"1:a \"x;\"\"y\"", "1:c"}));
  EXPECT_EQ(Split("a 'two\nlines;' b; c"), (Expected{"1:a 'two\nlines;' b", "2:c"}));
  EXPECT_EQ(Split("E'it\\'s;'; c"), (Expected{"1:E'it\\'s;'", "1:c"}));
  EXPECT_EQ(Split("note'x\\'; c"), (Expected{"1:note'x\\'", "1:c"}));
}

TEST(StatementSplitterTest, SemicolonsInsideDollarQuotesDoNotCount) {
  EXPECT_EQ(Split("a $$x;\n;$$; c"), (Expected{"1:a $$x;\n;$$", "2:c"}));
  EXPECT_EQ(Split("$t$ a; $$ b; $t$; c"), (Expected{"1:$t$ a; $$ b; $t$", "1:c"}));
  EXPECT_EQ(Split("a = $1; b$c$d; e"), (Expected{"1:a = $1", "1:b$c$d", "1:e"}));
}

TEST(StatementSplitterTest, SemicolonsInsideCommentsDoNotCount) {
  EXPECT_EQ(Split("-- first; one\na; -- end;\n"), (Expected{"1:-- first; one\na"}));
  EXPECT_EQ(Split("a /* ; /* ; */ ; */ b; c"), (Expected{"1:a /* ; /* ; */ ; */ b", "1:c"}));
  EXPECT_EQ(Split("a '--'; b"), (Expected{"1:a '--'", "1:b"}));
  EXPECT_EQ(Split("-- only; a comment"), Expected{});
}

TEST(StatementSplitterTest, TheStateSaysWhatIsOpen) {
  const std::pair<const char*, State> cases[] = {
      {"", State::kEmpty},      {"-- c", State::kEmpty},    {"a;", State::kEmpty},
      {"select", State::kCode}, {"'x", State::kQuote},      {"E'x\\'", State::kEscapeQuote},
      {"\"x", State::kName},    {"$$x", State::kDollar},    {"/* x", State::kBlockComment},
      {"'x'", State::kCode},    {"'don''t", State::kQuote},
  };
  for (const auto& [text, expected] : cases) {
    StatementSplitter splitter;
    splitter.FeedLine(text);
    EXPECT_EQ(splitter.state(), expected) << text;
    splitter.Reset();
    EXPECT_EQ(splitter.state(), State::kEmpty) << text;
  }
}

TEST(StatementSplitterTest, LeadingWordsSkipComments) {
  EXPECT_EQ(LeadingWords("/* a */ -- b\n create\ttable t", 2), "CREATE TABLE");
  EXPECT_EQ(LeadingWords("use", 2), "USE");
  EXPECT_EQ(LeadingWords("(select", 1), "");
}

}  // namespace
}  // namespace millrace::cli
