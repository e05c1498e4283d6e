// Arbitrary text through the wall and the engine's binder: no crash, and no
// message that shows what the planner wrote. Nothing is executed.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "query/exec/engine/engine.h"
#include "query/exec/engine/memory_source.h"

namespace {

using millrace::TypeId;
using millrace::Value;

const char* const kSeeds[] = {
    "SELECT 1",
    "SELECT a, sum(b) OVER (PARTITION BY a ORDER BY b) FROM millrace_scan(0) t WHERE a = $1",
    "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 3) SELECT * FROM r",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "SELECT CASE a WHEN 1 THEN 'x' END, b::TEXT || 'y', [1, 2][1], {'k': 1} FROM millrace_scan(0)",
    "SELECT (SELECT max(b) FROM millrace_scan(0) u WHERE u.a < a) FROM millrace_scan(0) t",
    "VALUES (1, 'a'), (2, NULL) ORDER BY 1 LIMIT 1",
    "SELECT list_transform([1, 2], x -> x + 1), '{\"a\":1}'::JSON -> 'a'",
    "SELECT a FROM millrace_scan(0) t GROUP BY ROLLUP (a) HAVING count(*) > 1 QUALIFY true",
};

}  // namespace

extern "C" const char* MillraceFuzzSeed(size_t i) {
  return i < std::size(kSeeds) ? kSeeds[i] : nullptr;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 4096) return 0;
  static auto* engine =
      millrace::engine::Engine::Open({.short_instances_max = 1, .waiting_max = 0})->release();
  static const auto source =
      millrace::engine::MemorySource::OfRows({{{"a", TypeId::kInt}, {"b", TypeId::kBigInt}}},
                                             {{Value::Integer(TypeId::kInt, 1), Value::BigInt(2)}});
  const auto result =
      engine->Execute({.sql = std::string(reinterpret_cast<const char*>(data), size),
                       .tables = {source},
                       .params = {Value::BigInt(1)}});
  if (!result.ok() && result.status().ToString().find("millrace_") != std::string::npos) {
    std::fprintf(stderr, "%.*s\n  %s\n", static_cast<int>(size),
                 reinterpret_cast<const char*>(data), result.status().ToString().c_str());
    std::abort();
  }
  return 0;
}
