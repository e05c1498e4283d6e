// The shell driven without a terminal: statements, commands, errors, exit codes.
#include "cli/shell.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "cli/completion.h"
#include "cli/fake_executor.h"
#include "cli/meta_command.h"

namespace millrace::cli {
namespace {

using Sent = std::vector<std::string>;

class ShellTest : public ::testing::Test {
 protected:
  ShellTest() : shell_(executor_, out_, errors_, clock_, {}) {}

  std::string TakeOut() { return std::exchange(out_, std::ostringstream()).str(); }

  // A file of the test's own, removed at its end.
  std::string WriteFile(const std::string& name, const std::string& text) {
    const std::string path = ::testing::TempDir() + "/shell_test_" + name;
    std::ofstream(path) << text;
    files_.push_back(path);
    return path;
  }
  void TearDown() override {
    for (const std::string& file : files_) std::remove(file.c_str());
  }

  FakeExecutor executor_;
  ManualClock clock_;
  std::ostringstream out_;
  std::ostringstream errors_;
  Shell shell_;
  std::vector<std::string> files_;
};

TEST_F(ShellTest, RunsAStatementWhenItsSemicolonComes) {
  shell_.FeedLine("SELECT 1,");
  EXPECT_TRUE(executor_.requests.empty());
  EXPECT_EQ(shell_.Prompt(), "default-> ");
  shell_.FeedLine("  'a;b'; SELECT 2");
  EXPECT_EQ(executor_.Sent(), Sent{"SELECT 1,\n  'a;b'"});
  shell_.EndInput();
  EXPECT_EQ(executor_.Sent(), (Sent{"SELECT 1,\n  'a;b'", "SELECT 2"}));
  EXPECT_EQ(shell_.exit_code(), 0);
}

TEST_F(ShellTest, ThePromptSaysWhatIsOpen) {
  EXPECT_EQ(shell_.Prompt(), "default=> ");
  shell_.FeedLine("SELECT 'a");
  EXPECT_EQ(shell_.Prompt(), "default'> ");
  shell_.FeedLine("\\q is text here");
  EXPECT_FALSE(shell_.finished());
  shell_.ClearPending();
  EXPECT_EQ(shell_.Prompt(), "default=> ");
  shell_.FeedLine("BEGIN;");
  EXPECT_EQ(shell_.Prompt(), "default=*> ");
}

TEST_F(ShellTest, AScriptStopsAtTheFirstErrorAndNamesItsPlace) {
  executor_.Fail("bad", InvalidArgument("syntax error").WithSqlState("42601"));
  const std::string path = WriteFile("a.sql", "good;\n\nbad;\nnever;\n");
  shell_.RunFile(path);
  EXPECT_EQ(executor_.Sent(), (Sent{"good", "bad"}));
  EXPECT_EQ(errors_.str(), path + ":3: ERROR:  syntax error (SQLSTATE 42601)\n");
  EXPECT_EQ(shell_.exit_code(), 1);
  EXPECT_TRUE(shell_.finished());
}

TEST_F(ShellTest, AtAPromptItGoesOnAfterAnError) {
  executor_.Fail("bad", InvalidArgument("x"));
  shell_.set_on_error(OnError::kContinue);
  shell_.FeedLine("bad; good;");
  EXPECT_EQ(executor_.Sent(), (Sent{"bad", "good"}));
  EXPECT_FALSE(shell_.finished());
}

TEST_F(ShellTest, ALostConnectionHasItsOwnExitCode) {
  executor_.Fail("q", Unavailable("gone").WithSqlState("08006"));
  shell_.RunText("q");
  EXPECT_EQ(shell_.exit_code(), 2);
}

TEST_F(ShellTest, ATransactionGoesOnFromStatementToStatement) {
  shell_.RunText("BEGIN; INSERT 1;\nCOMMIT; SELECT 3;");
  EXPECT_EQ(executor_.Sent(), (Sent{"BEGIN", "INSERT 1", "COMMIT", "SELECT 3"}));
  for (const client::SqlRequest& request : executor_.requests) {
    EXPECT_TRUE(request.keep_transactions);
  }
}

TEST_F(ShellTest, AnInputThatEndsInsideATransactionIsAnError) {
  shell_.RunText("BEGIN; INSERT 1;");
  EXPECT_EQ(executor_.Sent(), (Sent{"BEGIN", "INSERT 1", "ROLLBACK"}));
  EXPECT_EQ(shell_.exit_code(), 1);
  EXPECT_NE(errors_.str().find("25P01"), std::string::npos);
}

TEST_F(ShellTest, AFailedScriptRollsItsTransactionBack) {
  executor_.Fail("bad", InvalidArgument("x"));
  shell_.RunText("BEGIN; bad; never;");
  EXPECT_EQ(executor_.Sent(), (Sent{"BEGIN", "bad", "ROLLBACK"}));
  EXPECT_EQ(errors_.str().find("25P01"), std::string::npos);
}

TEST_F(ShellTest, UseChangesTheNamespaceOfWhatFollows) {
  shell_.RunText("SELECT 1; USE NAMESPACE Shop; SELECT 2; set namespace \"b\" /* c */; SELECT 3");
  EXPECT_EQ(executor_.requests[0].namespace_id, "default");
  EXPECT_EQ(executor_.requests[2].namespace_id, "shop");
  EXPECT_EQ(executor_.requests[4].namespace_id, "b");
  executor_.Fail("USE none", NotFound("no such namespace"));
  shell_.FeedLine("USE none;");
  EXPECT_EQ(shell_.settings().namespace_id, "b");
}

TEST_F(ShellTest, TheUseCommandAsksTheServer) {
  shell_.FeedLine("\\c shop");
  EXPECT_EQ(executor_.Sent(), Sent{"USE NAMESPACE shop"});
  EXPECT_EQ(shell_.Prompt(), "shop=> ");
  shell_.FeedLine("\\use a;b");
  EXPECT_EQ(executor_.requests.size(), 1u);
  EXPECT_EQ(shell_.exit_code(), 1);
}

TEST_F(ShellTest, TimingIsPrintedWhenAsked) {
  executor_.set_before([this](const client::SqlRequest&) { clock_.AdvanceMicros(1234); });
  shell_.FeedLine("\\timing on");
  TakeOut();
  shell_.FeedLine("INSERT 1;");
  EXPECT_EQ(TakeOut(), "ok\nTime: 1.234 ms\n");
  shell_.FeedLine("\\timing");
  EXPECT_EQ(TakeOut(), "Timing is off.\n");
}

TEST_F(ShellTest, FormatsAreSwitchedByCommand) {
  executor_.Answer("q", RowSet({{"a", "Int"}}, {{"1"}}));
  shell_.FeedLine("\\format json");
  TakeOut();
  shell_.FeedLine("q;");
  EXPECT_EQ(TakeOut(), "[{\"a\":1}]\n");
  shell_.FeedLine("\\format csv");
  shell_.FeedLine("\\x on");
  TakeOut();
  shell_.FeedLine("q;");
  EXPECT_EQ(TakeOut(), "a\n1\n");
  shell_.set_on_error(OnError::kContinue);
  shell_.FeedLine("\\format xml");
  EXPECT_NE(errors_.str().find("unknown format 'xml'"), std::string::npos);
}

TEST_F(ShellTest, DescribeAndListingsShowWhatMatters) {
  executor_.Answer("DESCRIBE TABLE shop.items",
                   RowSet({{"column_name", "Text"}, {"column_id", "Int"}, {"data_type", "Text"}},
                          {{"id", "1", "BIGINT"}}));
  shell_.FeedLine("\\d shop.items");
  EXPECT_EQ(TakeOut(), " Column |  Type\n--------+--------\n id     | BIGINT\n(1 row)\n\n");
  shell_.FeedLine("\\dt shop");
  shell_.FeedLine("\\d");
  shell_.FeedLine("\\dn");
  shell_.FeedLine("\\du");
  EXPECT_EQ(executor_.Sent(),
            (Sent{"DESCRIBE TABLE shop.items", "SHOW TABLES IN NAMESPACE shop", "SHOW TABLES",
                  "SHOW NAMESPACES",
                  "SELECT user_id, role, email, created_at FROM system.users ORDER BY user_id"}));
  shell_.FeedLine("\\d a; DROP TABLE b");
  EXPECT_EQ(executor_.requests.size(), 5u);
}

TEST_F(ShellTest, FilesRunNestedButNotForEver) {
  const std::string inner = WriteFile("inner.sql", "two;\n");
  const std::string outer = WriteFile("outer.sql", "one;\n\\i " + inner + "\nthree;\n");
  shell_.FeedLine("\\i " + outer);
  EXPECT_EQ(executor_.Sent(), (Sent{"one", "two", "three"}));
  const std::string loop = ::testing::TempDir() + "/shell_test_loop.sql";
  WriteFile("loop.sql", "\\i " + loop + "\n");
  shell_.RunFile(loop);
  EXPECT_EQ(shell_.exit_code(), 1);
}

TEST_F(ShellTest, AFileMayBePartOfATransaction) {
  const std::string path = WriteFile("part.sql", "two; -- remark\nthree -- last\n");
  shell_.RunText("BEGIN;\n\\i " + path + "\nCOMMIT;");
  EXPECT_EQ(executor_.Sent(), (Sent{"BEGIN", "two", "-- remark\nthree -- last", "COMMIT"}));
  EXPECT_EQ(shell_.exit_code(), 0);
}

TEST_F(ShellTest, AnInterruptedFileStopsWithoutRunningItsUnfinishedStatement) {
  std::atomic<bool> interrupt = false;
  shell_.set_hooks({.interrupt = &interrupt});
  executor_.set_before([&](const client::SqlRequest&) { interrupt = true; });
  shell_.RunFile(WriteFile("a.sql", "one; half\nof two;\nthree;\n"));
  EXPECT_EQ(executor_.Sent(), Sent{"one"});
  EXPECT_EQ(shell_.exit_code(), 1);
}

TEST_F(ShellTest, AMissingFileIsAUsageError) {
  shell_.RunFile("/nonexistent/x.sql");
  EXPECT_EQ(shell_.exit_code(), 3);
}

TEST_F(ShellTest, CommandsOnTheUnfinishedStatement) {
  shell_.FeedLine("SELECT 1");
  shell_.FeedLine("\\p");
  EXPECT_EQ(TakeOut(), "SELECT 1\n");
  shell_.FeedLine("\\g");
  EXPECT_EQ(executor_.Sent(), Sent{"SELECT 1"});
  shell_.FeedLine("SELECT 2");
  shell_.FeedLine("\\r");
  EXPECT_FALSE(shell_.has_pending());
}

TEST_F(ShellTest, QuitEndsIt) {
  shell_.FeedLine("\\q");
  EXPECT_TRUE(shell_.finished());
  EXPECT_EQ(shell_.exit_code(), 0);
}

TEST_F(ShellTest, ConnectionAndHistoryAreShown) {
  shell_.set_connection_info({"http://h:1", "ann", "dba"});
  shell_.FeedLine("\\conninfo");
  EXPECT_EQ(TakeOut(),
            "You are connected to http://h:1 as user \"ann\" (role dba), namespace \"default\".\n");
  shell_.set_hooks({.history = [] { return std::vector<std::string>{"a", "b"}; }});
  shell_.FeedLine("\\history");
  EXPECT_EQ(TakeOut(), "a\nb\n");
  shell_.FeedLine("\\?");
  EXPECT_NE(TakeOut().find("\\conninfo"), std::string::npos);
}

TEST_F(ShellTest, TheInterruptFlagTravelsWithEveryRequest) {
  std::atomic<bool> interrupt = false;
  shell_.set_hooks({.interrupt = &interrupt});
  shell_.FeedLine("q;");
  EXPECT_EQ(executor_.requests[0].cancel, &interrupt);
}

// Commands that run statements in other ways, with a terminal made of hooks.
class ShellCommandsTest : public ShellTest {
 protected:
  ShellCommandsTest() {
    client::StatementResult wide;
    wide.columns = {{.name = "id", .data_type = "Int"}, {.name = "note", .data_type = "Text"}};
    wide.rows = {{client::Cell::Number("1"), client::Cell::String(std::string(30, 'x'))}};
    wide.summary = {.has_rows = true, .row_count = 1};
    executor_.Answer("wide", wide);
    wide.rows[0][1] = client::Cell::String("y");
    executor_.Answer("narrow", wide);
    shell_.set_on_error(OnError::kContinue);
  }
  void SetHooks(ShellHooks hooks) { shell_.set_hooks(std::move(hooks)); }
};

TEST_F(ShellCommandsTest, ACommandMayEndTheLineOfItsStatement) {
  shell_.FeedLine("narrow \\gx");
  EXPECT_EQ(executor_.Sent(), Sent{"narrow"});
  EXPECT_NE(out_.str().find("-[ RECORD 1 ]"), std::string::npos);
  TakeOut();
  shell_.FeedLine("narrow \\g");
  EXPECT_EQ(TakeOut(), " id | note\n----+------\n  1 | y\n(1 row)\n\n");
  shell_.FeedLine("SELECT ' \\g' -- \\g");
  shell_.FeedLine(";");
  EXPECT_EQ(executor_.Sent().back(), "SELECT ' \\g' -- \\g");
}

TEST_F(ShellCommandsTest, GRunsTheLastStatementAgain) {
  shell_.FeedLine("\\g");
  EXPECT_NE(errors_.str().find("there is no statement to run"), std::string::npos);
  shell_.FeedLine("narrow;");
  shell_.FeedLine("\\g");
  EXPECT_EQ(executor_.Sent(), (Sent{"narrow", "narrow"}));
}

TEST_F(ShellCommandsTest, AutoExpandsWhatIsWiderThanTheTerminal) {
  ShellSettings settings;
  settings.print.terminal_width = 30;
  settings.print.expansion = Expansion::kAuto;
  Shell shell(executor_, out_, errors_, clock_, settings);
  shell.FeedLine("narrow;");
  EXPECT_EQ(TakeOut(), " id | note\n----+------\n  1 | y\n(1 row)\n\n");
  shell.FeedLine("wide;");
  EXPECT_EQ(TakeOut(), "-[ RECORD 1 ]---------------------------\nid   | 1\nnote | " +
                           std::string(30, 'x') + "\n(1 row)\n\n");
  shell.FeedLine("INSERT 1;");
  EXPECT_EQ(TakeOut(), "ok\n");
}

TEST_F(ShellCommandsTest, ExpansionIsOnOffOrAuto) {
  for (const auto& [argument, answer] : {std::pair("auto", "used when a table is too wide"),
                                         {"", "on"},
                                         {"", "off"},
                                         {"on", "on"},
                                         {"off", "off"}}) {
    shell_.FeedLine("\\x " + std::string(argument));
    EXPECT_EQ(TakeOut(), "Expanded display is " + std::string(answer) + ".\n");
  }
  shell_.FeedLine("\\x maybe");
  EXPECT_NE(errors_.str().find("\\x takes on, off or auto, not 'maybe'"), std::string::npos);
}

TEST_F(ShellCommandsTest, WatchRunsUntilItsCountOrCtrlC) {
  std::vector<int64_t> waits;
  SetHooks({.wait = [&](std::chrono::milliseconds time) {
    waits.push_back(time.count());
    return waits.size() == 4;
  }});
  shell_.FeedLine("narrow \\watch 0.5 3");
  EXPECT_EQ(executor_.requests.size(), 3u);
  EXPECT_EQ(waits, (std::vector<int64_t>{500, 500}));
  EXPECT_NE(out_.str().find("2023-11-14 22:13:20 UTC (every 0.5 s)\n"), std::string::npos);
  shell_.FeedLine("\\watch");  // the last statement, until the hook says Ctrl-C
  EXPECT_EQ(executor_.requests.size(), 5u);
  EXPECT_EQ(waits.back(), 2000);
  EXPECT_EQ(errors_.str(), "");
}

TEST_F(ShellCommandsTest, WatchStopsAtAnErrorAndRefusesNonsense) {
  SetHooks({.wait = [](std::chrono::milliseconds) { return false; }});
  executor_.Fail("bad", InvalidArgument("no"));
  shell_.FeedLine("bad \\watch 1");
  EXPECT_EQ(executor_.requests.size(), 1u);
  for (const char* wrong : {"0", "-1", "nan", "x", "1 0", "1 x", "1 2 3", "99999999"}) {
    errors_.str("");
    shell_.FeedLine("\\watch " + std::string(wrong));
    EXPECT_NE(errors_.str().find("\\watch takes seconds"), std::string::npos) << wrong;
  }
  EXPECT_EQ(executor_.requests.size(), 1u);
}

TEST_F(ShellCommandsTest, EditRunsWhatWasSaved) {
  std::string given, file;
  Result<std::string> saved = std::string("narrow;\nSELECT 2");
  SetHooks({.edit = [&](const std::string& text, const std::string& path) {
    given = text;
    file = path;
    return saved;
  }});
  shell_.FeedLine("SELECT 1");
  shell_.FeedLine("\\e");
  EXPECT_EQ(given, "SELECT 1\n");
  EXPECT_EQ(executor_.Sent(), Sent{"narrow"});
  EXPECT_TRUE(out_.str().starts_with("narrow;\nSELECT 2\n"));
  EXPECT_EQ(shell_.pending(), "SELECT 2\n");
  shell_.FeedLine("\\r");
  shell_.FeedLine("\\e some file.sql");
  EXPECT_EQ(given, "narrow\n");
  EXPECT_EQ(file, "some file.sql");
  saved = Cancelled("the editor 'vi' ended with code 1");
  shell_.FeedLine("\\e");
  EXPECT_NE(errors_.str().find("ended with code 1"), std::string::npos);
  SetHooks({});
  shell_.FeedLine("\\e");
  EXPECT_NE(errors_.str().find("\\e needs a terminal"), std::string::npos);
}

TEST_F(ShellCommandsTest, CopyWritesAndReadsFiles) {
  const std::string path = WriteFile("copy.csv", "");
  shell_.FeedLine("\\copy (narrow) to '" + path + "'");
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(text, "id,note\n1,y\n");
  EXPECT_NE(errors_.str().find("exported 1 row to " + path), std::string::npos);
  shell_.FeedLine("\\copy (narrow) to stdout jsonl");
  std::fflush(stdout);
  client::StatementResult description;
  description.columns = {
      {.name = "column_name"}, {.name = "data_type"}, {.name = "is_primary_key"}};
  description.rows = {
      {client::Cell::String("id"), client::Cell::String("INT"), client::Cell::Bool(true)},
      {client::Cell::String("note"), client::Cell::String("TEXT"), client::Cell::Bool(false)}};
  description.summary = {.has_rows = true, .row_count = 2};
  executor_.Answer("DESCRIBE TABLE \"default\".\"notes\"", description);
  shell_.FeedLine("\\copy notes from '" + path + "' csv");
  EXPECT_EQ(executor_.Sent().back(),
            "INSERT INTO \"default\".\"notes\" (\"id\",\"note\") VALUES (1,'y')");
  EXPECT_NE(out_.str().find(" rows into default.notes"), std::string::npos);
}

TEST_F(ShellCommandsTest, CopyThatFailsIsAnErrorOfTheScript) {
  shell_.set_on_error(OnError::kStop);
  shell_.RunText("\\copy notes from '/nosuch/file.csv'\nSELECT 1;");
  EXPECT_EQ(shell_.exit_code(), kExitUsageError);
  EXPECT_TRUE(executor_.requests.empty());
}

TEST_F(ShellCommandsTest, CopyAndWatchStayOutOfTransactions) {
  shell_.FeedLine("BEGIN;");
  shell_.FeedLine("\\copy (narrow) to stdout");
  shell_.FeedLine("narrow \\watch 1");
  EXPECT_EQ(executor_.Sent(), Sent{"BEGIN"});
  EXPECT_NE(errors_.str().find("\\copy cannot run inside a transaction"), std::string::npos);
  EXPECT_NE(errors_.str().find("\\watch cannot run inside a transaction"), std::string::npos);
}

TEST_F(ShellCommandsTest, ALostConnectionIsToldAndSoIsItsReturn) {
  shell_.set_connection_info({.url = "http://db:7400"});
  executor_.Fail("q", Unavailable("the connection broke off").WithSqlState("08006"));
  shell_.FeedLine("q;");
  EXPECT_NE(errors_.str().find("the next statement tries to connect again"), std::string::npos);
  shell_.FeedLine("SELECT 1;");
  EXPECT_NE(out_.str().find("Connected again to http://db:7400."), std::string::npos);
  TakeOut();
  shell_.FeedLine("SELECT 1;");
  EXPECT_EQ(out_.str(), "ok\n");
}

TEST_F(ShellCommandsTest, LongResultsGoThroughThePager) {
  const std::string path = WriteFile("paged", "");
  SetHooks({.page = [&] {
    return std::make_unique<PagedOutput>(PagerOptions{"cat > " + path, 4, 80}, out_);
  }});
  shell_.FeedLine("narrow;");  // five lines
  EXPECT_EQ(TakeOut(), "");
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(text, " id | note\n----+------\n  1 | y\n(1 row)\n\n");
  shell_.FeedLine("\\pager off");
  shell_.FeedLine("narrow;");
  EXPECT_NE(TakeOut().find("(1 row)"), std::string::npos);
}

TEST_F(ShellCommandsTest, HelpHasEveryCommandInItsSection) {
  shell_.FeedLine("\\?");
  const std::string help = TakeOut();
  for (const MetaCommandInfo& command : AllMetaCommands()) {
    EXPECT_NE(help.find("\n  " + std::string(command.name) + " "), std::string::npos)
        << command.name;
    EXPECT_NE(help.find(std::string(command.section) + "\n"), std::string::npos);
  }
  // And each of them exists.
  for (const MetaCommandInfo& command : AllMetaCommands()) {
    if (command.name == "\\q") continue;
    errors_.str("");
    shell_.FeedLine(std::string(command.name));
    EXPECT_EQ(errors_.str().find("unknown command"), std::string::npos) << command.name;
  }
}

class CompleterTest : public ::testing::Test {
 protected:
  CompleterTest() : completer_(executor_, [] { return "shop"; }) {
    executor_.Answer("SHOW NAMESPACES", RowSet({{"name", "Text"}}, {{"shop"}, {"stock"}}));
    executor_.Answer("SHOW TABLES", RowSet({{"namespace_id", "Text"}, {"table_name", "Text"}},
                                           {{"shop", "orders"}, {"stock", "shelves"}}));
    executor_.Answer("SELECT namespace_id, table_name, column_name FROM system.columns",
                     RowSet({{"n", "Text"}, {"t", "Text"}, {"c", "Text"}},
                            {{"shop", "orders", "order_id"}, {"stock", "shelves", "height"}}));
  }
  FakeExecutor executor_;
  Completer completer_;
};

TEST_F(CompleterTest, KeywordsFollowTheCaseTyped) {
  EXPECT_EQ(completer_.Candidates("SEL"), Sent{"SELECT"});
  EXPECT_EQ(completer_.Candidates("sel"), Sent{"select"});
}

TEST_F(CompleterTest, NamesDependOnWhatStandsBefore) {
  EXPECT_EQ(completer_.Candidates("select * from o"), Sent{"orders"});
  EXPECT_EQ(completer_.Candidates("select * from s"), (Sent{"shop", "stock"}));
  EXPECT_EQ(completer_.Candidates("select * from stock."), Sent{"stock.shelves"});
  EXPECT_EQ(completer_.Candidates("select orders."), Sent{"orders.order_id"});
  EXPECT_EQ(completer_.Candidates("select order_"), Sent{"order_id"});
  EXPECT_EQ(completer_.Candidates("\\use st"), Sent{"stock"});
  EXPECT_EQ(completer_.Candidates("\\tim"), Sent{"\\timing"});
}

TEST_F(CompleterTest, NamesAreFetchedOnceUntilForgotten) {
  completer_.Candidates("\\d");
  EXPECT_EQ(executor_.requests.size(), 0u);
  completer_.Candidates("a");
  completer_.Candidates("b");
  EXPECT_EQ(executor_.requests.size(), 3u);
  completer_.Forget();
  completer_.Candidates("b");
  EXPECT_EQ(executor_.requests.size(), 6u);
}

TEST_F(CompleterTest, WhatIsRefusedIsNotOffered) {
  executor_.Fail("SELECT namespace_id, table_name, column_name FROM system.columns",
                 PermissionDenied("no"));
  EXPECT_EQ(completer_.Candidates("select * from o"), Sent{"orders"});
  EXPECT_EQ(completer_.Candidates("order_"), Sent{});
}

TEST(CommonPrefixTest, IsWhatAllBeginWith) {
  EXPECT_EQ(CommonPrefix({"orders", "order_id"}), "order");
  EXPECT_EQ(CommonPrefix({"a", "b"}), "");
  EXPECT_EQ(CommonPrefix({}), "");
}

}  // namespace
}  // namespace millrace::cli
