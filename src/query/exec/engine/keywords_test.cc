// Quoted names may be any of the words that the engine reserves.
#include <gtest/gtest.h>

#include "duckdb/parser/parser.hpp"
#include "query/exec/engine/engine.h"
#include "query/exec/engine/memory_source.h"

namespace millrace::engine {
namespace {

TEST(EngineKeywordsTest, EveryKeywordOfTheEngineIsANameWhenQuoted) {
  auto engine = Engine::Open({.short_instances_max = 1});
  ASSERT_TRUE(engine.ok());
  size_t words = 0;
  for (const duckdb::ParserKeyword& keyword : duckdb::Parser::KeywordList()) {
    const std::string name = "\"" + keyword.name + "\"";
    const auto source =
        MemorySource::OfRows({{{keyword.name, TypeId::kText}}}, {{Value::Text("a")}});
    const auto result = (*engine)->Execute(
        {.sql = "WITH " + name + " AS (SELECT " + name + " FROM millrace_scan(0) AS " + name +
                " WHERE " + name + "." + name + " IS NOT NULL) SELECT max(" + name + "." + name +
                ") AS " + name + " FROM " + name + " GROUP BY " + name + " ORDER BY " + name,
         .tables = {source}});
    EXPECT_TRUE(result.ok()) << name << ": " << result.status().ToString();
    ++words;
  }
  EXPECT_GT(words, 400U);
}

}  // namespace
}  // namespace millrace::engine
