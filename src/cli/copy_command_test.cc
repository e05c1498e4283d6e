// The forms of \copy, and what is said to others.
#include "cli/copy_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

using ::testing::HasSubstr;

// "to table|query|columns|file|format".
std::string Parsed(std::string_view text) {
  const auto command = ParseCopy(text);
  if (!command.ok()) return command.status().message();
  std::string columns;
  for (const std::string& name : command->columns) columns.append(name).append(",");
  const char* format = "";
  if (command->format) format = *command->format == ExportFormat::kCsv ? "csv" : "jsonl";
  return std::string(command->direction == CopyDirection::kTo ? "to " : "from ") + command->table +
         "|" + command->query + "|" + columns + "|" + command->file + "|" + format;
}

TEST(ParseCopyTest, KnowsTablesQueriesFilesAndFormats) {
  EXPECT_EQ(Parsed("orders to 'a b.csv'"), "to orders|||a b.csv|");
  EXPECT_EQ(Parsed("shop.orders FROM x.jsonl jsonl"), "from shop.orders|||x.jsonl|jsonl");
  EXPECT_EQ(Parsed("\"My Table\" to 'it''s' csv"), "to \"My Table\"|||it's|csv");
  EXPECT_EQ(Parsed("(SELECT ')', (1) FROM t) to stdout"), "to |SELECT ')', (1) FROM t||-|");
  EXPECT_EQ(Parsed("orders to 'stdout'"), "to orders|||stdout|");
  EXPECT_EQ(Parsed("orders (id, \"note\") from f"), "from orders||id,note,|f|");
  EXPECT_EQ(Parsed("orders(id,note) to f"), "to |SELECT id, note FROM orders|id,note,|f|");
}

TEST(ParseCopyTest, TellsWhatIsMissing) {
  EXPECT_EQ(Parsed(""), "\\copy needs a table or a query");
  EXPECT_EQ(Parsed("t"), "\\copy takes \"to\" or \"from\" here, not \"\"");
  EXPECT_EQ(Parsed("t into f"), "\\copy takes \"to\" or \"from\" here, not \"into\"");
  EXPECT_EQ(Parsed("t to"), "\\copy needs the name of a file");
  EXPECT_EQ(Parsed("t to 'f"), "the quote around the file's name is never closed");
  EXPECT_EQ(Parsed("(SELECT 1 to f"), "the parenthesis of \\copy is never closed");
  EXPECT_EQ(Parsed("( ) to f"), "the query of \\copy is empty");
  EXPECT_EQ(Parsed("(SELECT 1) from f"), "rows can be copied into a table, not into a query");
  EXPECT_EQ(Parsed("t to f xml"), "\"xml\" is no format of \\copy");
  EXPECT_EQ(Parsed("t to f csv now"), "\\copy takes nothing after the format");
  EXPECT_THAT(ParseCopy("t").status().hint(), HasSubstr("\\copy table|(query) to 'file'"));
}

}  // namespace
}  // namespace millrace::cli
