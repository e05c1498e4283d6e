// Colours: the text never changes, and every quote is followed to its end.
#include "cli/highlight.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace millrace::cli {
namespace {

// K<…> keyword, T<…> text, N<…> number, C<…> comment, B<…> backslash command.
std::string Marked(std::string_view text, std::string_view before = {}) {
  std::string marked = Highlight(text, before);
  constexpr std::pair<std::string_view, std::string_view> kMarks[] = {
      {"\033[1;34m", "K<"}, {"\033[32m", "T<"}, {"\033[36m", "N<"},
      {"\033[2m", "C<"},    {"\033[35m", "B<"}, {"\033[0m", ">"}};
  for (const auto& [color, mark] : kMarks) {
    for (size_t at; (at = marked.find(color)) != std::string::npos;) {
      marked.replace(at, color.size(), mark);
    }
  }
  return marked;
}

TEST(HighlightTest, ColorsEachKindOfToken) {
  EXPECT_EQ(Marked("SELECT x, 'it''s', 1.5 FROM \"from\" -- select"),
            "K<SELECT> x, T<'it''s'>, N<1.5> K<FROM> \"from\" C<-- select>");
  EXPECT_EQ(Marked("select E'a\\'b' /* a /* b */ c */ $1 $$q;$$ $t$x$t$"),
            "K<select> T<E'a\\'b'> C</* a /* b */ c */> N<$1> T<$$q;$$> T<$t$x$t$>");
  EXPECT_EQ(Marked("\\copy t to 'x'"), "B<\\copy> t to 'x'");
  EXPECT_EQ(Marked("ünïcödé + 7"), "ünïcödé + N<7>");
}

TEST(HighlightTest, GoesOnWithWhatEarlierLinesLeftOpen) {
  EXPECT_EQ(Marked("two' FROM t", "SELECT 'one\n"), "T<two'> K<FROM> t");
  EXPECT_EQ(Marked("still */ 1", "/* begun\n"), "C<still */> N<1>");
  EXPECT_EQ(Marked("FROM t", "SELECT 1\n"), "K<FROM> t");
  EXPECT_EQ(Marked("'open"), "T<'open>");
}

TEST(HighlightTest, WithoutItsColorsTheTextIsTheSame) {
  SeededRandom random(3);
  constexpr std::string_view kPieces[] = {"'",  "\"", "$$",     "$a$", "--", "/*",   "*/", "\n",
                                          "e'", "\\", "SELECT", " ",   "7",  "\xff", "ü",  "$"};
  for (int i = 0; i < 3000; ++i) {
    std::string text, before;
    for (uint64_t n = random.Below(12); n > 0; --n) text += kPieces[random.Below(16)];
    for (uint64_t n = random.Below(4); n > 0; --n) before += kPieces[random.Below(16)];
    std::string colored = Highlight(text, before);
    for (size_t at; (at = colored.find("\033[")) != std::string::npos;) {
      colored.erase(at, colored.find('m', at) + 1 - at);
    }
    ASSERT_EQ(colored, text) << "after " << before;
  }
}

}  // namespace
}  // namespace millrace::cli
