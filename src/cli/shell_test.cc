// The shell driven without a terminal: statements, commands, errors, exit codes.
#include "cli/shell.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "cli/completion.h"
#include "cli/fake_executor.h"

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

TEST_F(ShellTest, ATransactionIsSentAsOneRequest) {
  shell_.RunText("BEGIN; INSERT 1;\nINSERT 2;\nCOMMIT; SELECT 3;");
  EXPECT_EQ(executor_.Sent(), (Sent{"BEGIN\n;\nINSERT 1\n;\nINSERT 2\n;\nCOMMIT", "SELECT 3"}));
  EXPECT_EQ(out_.str(), "ok\nok\n");
}

TEST_F(ShellTest, ARolledBackTransactionIsNeverSent) {
  shell_.RunText("START TRANSACTION; INSERT 1; ROLLBACK; SELECT 3");
  EXPECT_EQ(executor_.Sent(), Sent{"SELECT 3"});
}

TEST_F(ShellTest, AnInputThatEndsInsideATransactionIsAnError) {
  shell_.RunText("BEGIN; INSERT 1;");
  EXPECT_TRUE(executor_.requests.empty());
  EXPECT_EQ(shell_.exit_code(), 1);
  EXPECT_NE(errors_.str().find("25P01"), std::string::npos);
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
  EXPECT_EQ(executor_.Sent(), Sent{"BEGIN\n;\ntwo\n;\n-- remark\nthree -- last\n;\nCOMMIT"});
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
