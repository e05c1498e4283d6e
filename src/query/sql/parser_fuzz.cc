// Whatever parses must print to a text that parses to the same statements, and to
// the same text again.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "query/sql/parser.h"
#include "query/sql/printer.h"
#include "query/sql/test_statements.h"

extern "C" const char* MillraceFuzzSeed(size_t index) {
  const auto& seeds = millrace::sql::kTestStatements;
  return index < std::size(seeds) ? seeds[index] : nullptr;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using millrace::Result;
  using millrace::sql::ParseStatement;
  using millrace::sql::ParseStatements;
  using millrace::sql::Print;
  using millrace::sql::Statement;
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  const Result<std::vector<Statement>> statements = ParseStatements(sql);
  if (!statements.ok()) {
    MR_ASSERT(!statements.status().message().empty(), "an error says what is wrong");
    return 0;
  }
  for (const Statement& statement : *statements) {
    const std::string printed = Print(statement);
    const Result<Statement> again = ParseStatement(printed);
    // Parentheses that the printer adds may reach the depth limit.
    if (!again.ok() && again.status().sqlstate() == "54001") continue;
    MR_ASSERT(again.ok(), printed);
    MR_ASSERT(*again == statement, printed);
    MR_ASSERT(Print(*again) == printed, printed);
  }
  return 0;
}
