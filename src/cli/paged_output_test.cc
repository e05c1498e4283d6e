// Long output reaches the pager, short output the terminal, and a pager that is closed
// early harms nobody.
#include "cli/paged_output.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/text_editor.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ProgramTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ / name; }
  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  const fs::path folder_ =
      fs::path(::testing::TempDir()) / ("program_test_" + std::to_string(::getpid()));
  std::ostringstream terminal_;
};

using PagedOutputTest = ProgramTest;
using TextEditorTest = ProgramTest;

TEST_F(PagedOutputTest, WhatFitsTheScreenStaysOnTheTerminal) {
  {
    PagedOutput paged({"cat > " + Path("paged"), 5, 80}, terminal_);
    paged.stream() << "1\n2\n3\n" << std::flush;
    EXPECT_EQ(terminal_.str(), "");
  }
  EXPECT_EQ(terminal_.str(), "1\n2\n3\n");
  EXPECT_FALSE(fs::exists(Path("paged")));
}

TEST_F(PagedOutputTest, WhatIsLongerGoesToThePagerAsAWhole) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "line " + std::to_string(i) + "\n";
  {
    PagedOutput paged({"cat > " + Path("paged"), 5, 80}, terminal_);
    paged.stream() << text;
    paged.Finish();
    EXPECT_FALSE(paged.closed_by_reader());
  }
  EXPECT_EQ(ReadFile(Path("paged")), text);
  EXPECT_EQ(terminal_.str(), "");
}

TEST_F(PagedOutputTest, AClosedPagerEndsTheOutputAndNotTheProgram) {
  PagedOutput paged({"true", 5, 80}, terminal_);
  const std::string line(1000, 'x');
  for (int i = 0; i < 10'000 && paged.stream().good(); ++i) paged.stream() << line << '\n';
  EXPECT_FALSE(paged.stream().good());
  paged.Finish();
  EXPECT_TRUE(paged.closed_by_reader());
}

TEST_F(PagedOutputTest, WithoutAPagerEverythingPassesThrough) {
  for (const PagerOptions& options : {PagerOptions{"", 5, 80}, PagerOptions{"cat", 0, 0}}) {
    terminal_.str("");
    PagedOutput paged(options, terminal_);
    paged.stream() << "1\n2\n3\n4\n5\n6\n";
    EXPECT_EQ(terminal_.str(), "1\n2\n3\n4\n5\n6\n");
  }
}

TEST_F(PagedOutputTest, TheEnvironmentNamesThePager) {
  ::setenv("PAGER", "most -s", 1);
  EXPECT_EQ(PagerCommand(), "most -s");
  ::setenv("MILLRACE_PAGER", "cat", 1);
  EXPECT_EQ(PagerCommand(), "");
  ::unsetenv("MILLRACE_PAGER");
  ::unsetenv("PAGER");
}

TEST_F(TextEditorTest, ReturnsWhatWasSavedAndLeavesNoFile) {
  ::setenv("TMPDIR", folder_.c_str(), 1);
  const auto edited = EditText("sed -i s/1/2/", "SELECT 1;\n");
  ASSERT_TRUE(edited.ok()) << edited.status().ToString();
  EXPECT_EQ(*edited, "SELECT 2;\n");
  EXPECT_TRUE(fs::is_empty(folder_));
  EXPECT_EQ(EditText("exit 3;", "x").status().message(), "the editor 'exit 3;' ended with code 3");
  EXPECT_TRUE(fs::is_empty(folder_));
  ::setenv("TMPDIR", Path("nosuch").c_str(), 1);
  EXPECT_EQ(EditText("true", "x").status().sqlstate(), "58030");
  ::unsetenv("TMPDIR");
}

TEST_F(TextEditorTest, AFileOfTheUsersStays) {
  const std::string path = Path("my file.sql");
  std::ofstream(path) << "SELECT 1";
  const auto edited = EditFile("sed -i s/1/7/", path);
  ASSERT_TRUE(edited.ok()) << edited.status().ToString();
  EXPECT_EQ(*edited, "SELECT 7");
  EXPECT_EQ(ReadFile(path), "SELECT 7");
}

TEST_F(TextEditorTest, TheEnvironmentNamesTheEditor) {
  ::unsetenv("VISUAL");
  ::unsetenv("EDITOR");
  EXPECT_EQ(EditorCommand(), "vi");
  ::setenv("EDITOR", "ed", 1);
  EXPECT_EQ(EditorCommand(), "ed");
  ::setenv("VISUAL", "emacs -nw", 1);
  EXPECT_EQ(EditorCommand(), "emacs -nw");
  ::unsetenv("VISUAL");
  ::unsetenv("EDITOR");
}

}  // namespace
}  // namespace millrace::cli
