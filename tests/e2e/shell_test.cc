// `millrace sql` on a terminal of its own, against a whole server: what a person sees
// who types at it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "pseudo_terminal.h"
#include "test_server.h"
#include "testing/temporary_directory.h"

namespace millrace::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPrompt[] = "default=> ";
constexpr char kCtrlC[] = "\x03";

class ShellTerminalTest : public ::testing::Test {
 protected:
  ShellTerminalTest() : home_(*testing::TemporaryDirectory::Make()) {}

  PseudoTerminal::Options Options(std::vector<std::string> environment = {}) {
    PseudoTerminal::Options options;
    options.program = ProgramBeside("millrace");
    options.arguments = {"sql", "--url", "http://127.0.0.1:" + std::to_string(server_.port()),
                         "--user", "root"};
    options.environment = {"HOME=" + home_.path(), "TERM=xterm", "LC_ALL=C.UTF-8",
                           "PATH=/usr/bin:/bin", "MILLRACE_PASSWORD=" + std::string(kRootPassword)};
    options.environment.insert(options.environment.end(), environment.begin(), environment.end());
    return options;
  }

  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  TestServer server_;
  const testing::TemporaryDirectory home_;
};

TEST_F(ShellTerminalTest, StatementsAnswersErrorsAndTheEnd) {
  PseudoTerminal shell(Options());
  ASSERT_TRUE(shell.Expect("as root")) << shell.output();
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("SELECT 40 + 2 AS answer;\n");
  // Painted in colours when it is entered.
  ASSERT_TRUE(shell.Expect("\033[1;34mSELECT\033[0m \033[36m40\033[0m")) << shell.output();
  ASSERT_TRUE(shell.Expect("42\r\n(1 row)")) << shell.output();
  ASSERT_TRUE(shell.Expect(kPrompt));
  shell.Type("SELECT nosuch\nFROM generate_series(1, 2) AS g(x);\n");
  ASSERT_TRUE(shell.Expect("42703")) << shell.output();
  ASSERT_TRUE(shell.Expect("LINE 1: SELECT nosuch\r\n               ^\r\n")) << shell.output();
  ASSERT_TRUE(shell.Expect(kPrompt));
  shell.Type("\\q\n");
  EXPECT_EQ(shell.WaitForExit(), 0);
  EXPECT_THAT(ReadFile(home_ / ".millrace_history"), HasSubstr("SELECT"));
}

TEST_F(ShellTerminalTest, CtrlCEndsTheStatementAndNotTheShell) {
  PseudoTerminal shell(Options());
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type(
      "SELECT COUNT(*) FROM generate_series(1, 10000000) AS a(x), generate_series(1, 10000) AS "
      "b(y);\n");
  // From here on Ctrl-C is for the statement.
  ASSERT_TRUE(shell.Expect("\033[1;34mSELECT\033[0m")) << shell.output();
  shell.Type(kCtrlC);
  ASSERT_TRUE(shell.Expect("ERROR:")) << shell.output();
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("SELECT 6 * 7 AS answer;\n");
  ASSERT_TRUE(shell.Expect("42\r\n(1 row)")) << shell.output();
  // At the prompt it only forgets what was typed.
  shell.Type("SELECT 'half");
  ASSERT_TRUE(shell.Expect("half"));
  shell.Type(kCtrlC);
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("\\q\n");
  EXPECT_EQ(shell.WaitForExit(), 0);
}

TEST_F(ShellTerminalTest, LongAnswersGoThroughThePager) {
  const std::string paged = home_ / "paged";
  PseudoTerminal shell(Options({"PAGER=cat > '" + paged + "'; echo pager was here; true"}));
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("SELECT x FROM generate_series(1, 100) AS g(x);\n");
  ASSERT_TRUE(shell.Expect("pager was here\r\n")) << shell.output();
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  EXPECT_THAT(ReadFile(paged), HasSubstr("\n 100\n(100 rows)\n"));
  shell.Type("SELECT x FROM generate_series(1, 3) AS g(x);\n");
  ASSERT_TRUE(shell.Expect("(3 rows)")) << shell.output();
  EXPECT_THAT(shell.taken(), Not(HasSubstr("pager was here")));
}

TEST_F(ShellTerminalTest, TheEditorsTextRuns) {
  const std::string editor = home_ / "editor.sh";
  std::ofstream(editor) << "#!/bin/sh\necho 'SELECT 600 + 66 AS edited;' > \"$1\"\n";
  PseudoTerminal shell(Options({"EDITOR=sh " + editor}));
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("\\e\n");
  ASSERT_TRUE(shell.Expect("666\r\n(1 row)")) << shell.output();
}

TEST_F(ShellTerminalTest, CopiesBothWaysWithABar) {
  PseudoTerminal shell(Options());
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  const std::string file = home_ / "numbers.jsonl";
  shell.Type("\\copy (SELECT x AS id FROM generate_series(1, 1000) AS g(x)) to '" + file + "'\n");
  ASSERT_TRUE(shell.Expect("exported 1,000 rows to " + file)) << shell.output();
  shell.Type("CREATE TABLE numbers (id INT PRIMARY KEY);\n");
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("\\copy numbers from '" + file + "'\n");
  ASSERT_TRUE(shell.Expect("imported 1,000 rows into default.numbers")) << shell.output();
  shell.Type("SELECT SUM(id) FROM numbers;\n");
  ASSERT_TRUE(shell.Expect("500500")) << shell.output();
}

TEST_F(ShellTerminalTest, WatchRepeatsUntilCtrlC) {
  PseudoTerminal shell(Options());
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("SELECT 5 * 5 AS n \\watch 0.1\n");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(shell.Expect("UTC (every 0.1 s)\r\n")) << shell.output();
    ASSERT_TRUE(shell.Expect("25\r\n(1 row)")) << shell.output();
  }
  shell.Type(kCtrlC);
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("\\q\n");
  EXPECT_EQ(shell.WaitForExit(), 0);
}

TEST_F(ShellTerminalTest, ALostServerIsToldAndTheShellStays) {
  PseudoTerminal shell(Options());
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("\\conninfo\n");
  ASSERT_TRUE(shell.Expect("as user \"root\"")) << shell.output();
  server_.Stop();
  shell.Type("SELECT 1;\n");
  ASSERT_TRUE(shell.Expect("the next statement tries to connect again")) << shell.output();
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("\\q\n");
  EXPECT_EQ(shell.WaitForExit(), 0);
}

TEST_F(ShellTerminalTest, NoColorMeansNone) {
  PseudoTerminal shell(Options({"NO_COLOR=1"}));
  ASSERT_TRUE(shell.Expect(kPrompt)) << shell.output();
  shell.Type("SELECT NULL AS nothing;\n");
  ASSERT_TRUE(shell.Expect("(1 row)")) << shell.output();
  EXPECT_THAT(shell.taken(), Not(HasSubstr("\033[1;34m")));
  EXPECT_THAT(shell.taken(), Not(HasSubstr("\033[2mNULL")));
}

TEST_F(ShellTerminalTest, SavedCredentialsLogInShowAndGo) {
  PseudoTerminal::Options options = Options();
  options.arguments.insert(options.arguments.end(), {"--save-credentials", "-c", "SELECT 1"});
  PseudoTerminal save(options);
  EXPECT_EQ(save.WaitForExit(), 0) << save.output();
  EXPECT_THAT(save.output(), HasSubstr("credentials.toml"));
  const std::string file = home_ / ".config/millrace/credentials.toml";
  EXPECT_THAT(ReadFile(file), HasSubstr(kRootPassword));

  options = Options();
  options.environment.pop_back();  // the password
  options.arguments.resize(3);     // nor a user
  options.arguments.insert(options.arguments.end(), {"-c", "\\conninfo"});
  PseudoTerminal use(options);
  EXPECT_EQ(use.WaitForExit(), 0);
  EXPECT_THAT(use.output(), HasSubstr("as user \"root\""));

  options.arguments = {"sql", "--show-credentials"};
  PseudoTerminal show(options);
  EXPECT_EQ(show.WaitForExit(), 0);
  EXPECT_THAT(show.output(), HasSubstr("user root, password ********"));
  EXPECT_THAT(show.output(), Not(HasSubstr(kRootPassword)));

  options = Options();
  options.arguments.push_back("--delete-credentials");
  PseudoTerminal gone(options);
  EXPECT_EQ(gone.WaitForExit(), 0);
  EXPECT_THAT(ReadFile(file), Not(HasSubstr("root")));
  PseudoTerminal again(options);
  EXPECT_EQ(again.WaitForExit(), 3);
}

}  // namespace
}  // namespace millrace::e2e
