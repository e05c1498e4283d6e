// Arbitrary expressions by our evaluator and by the engine: what both understand
// must have one answer, as a value and as a WHERE.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "query/exec/path_comparison_for_test.h"
#include "query/sql/parser.h"
#include "types/json_text.h"

namespace {

// Long texts only cost time.
constexpr size_t kBytesMax = 256;

const char* const kSeeds[] = {
    "int2 + 1",
    "small * 2 - length(text_)",
    "dec / 3 + int2 % 5",
    "-big",
    "double_ * dec > 1.5",
    "float_ / 0.1",
    "round(dec, 1)",
    "CAST(double_ AS INT)",
    "TRY_CAST(text_ AS DECIMAL(5,1))",
    "int2::BOOLEAN",
    "bool_ AND int2 > 1 OR text_ = 'o'",
    "bool_ IS NOT TRUE",
    "int2 BETWEEN SYMMETRIC 5 AND 1",
    "int2 IN (1, 2.5, NULL)",
    "text_ NOT IN ('', text2)",
    "CASE WHEN int2 <> 0 THEN 10 / int2 ELSE 0 END",
    "CASE int2 WHEN 5 THEN 1 WHEN 1 THEN 2.5 END",
    "coalesce(nullif(small, 7), 0)",
    "greatest(int2, dec, 2)",
    "text_ || text2 || int2",
    "substring(text_, 2, 3)",
    "lpad(text_, 5, text2)",
    "text_ LIKE 'H%'",
    "text_ ILIKE '%\\_O' ESCAPE '\\'",
    "concat_ws('-', text_, NULL, date_)",
    "json_ -> 'a' ->> 'b'",
    "json_ #> ARRAY['a', 'b']",
    "json_ @> '{\"k\":\"v\"}'",
    "encode(bytes, 'hex')",
    "date_ + 1 - DATE '2024-02-01'",
    "ts + INTERVAL '1 month -2 days'",
    "EXTRACT(epoch FROM dt)",
    "date_trunc('month', ts) = date_",
    "time_ - INTERVAL '04:05:06'",
    "dt > '2000-01-01 00:00:00+02'",
    "uuid_ < '6f8a9b2c-1111-4222-8333-000000000001'",
    "int2 IS DISTINCT FROM NULL",
    "9223372036854775807 + int2",
    "1e308 * double_",
    "cosine_distance(vec, '[1,2]')",
};

void Check(const std::optional<std::string>& difference) {
  if (!difference) return;
  std::fwrite(difference->data(), 1, difference->size(), stderr);
  std::abort();
}

}  // namespace

extern "C" const char* MillraceFuzzSeed(size_t i) {
  return i < std::size(kSeeds) ? kSeeds[i] : nullptr;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kBytesMax) return 0;
  static auto* comparison = std::make_unique<millrace::exec::PathComparison>().release();
  const std::string text(reinterpret_cast<const char*>(data), size);
  // JSON, in which statements arrive, cannot carry any other text.
  if (!millrace::IsValidUtf8(text)) return 0;
  // The engine is given a text with a zero byte as bytes, so not as an untyped literal.
  if (text.find('\0') != std::string::npos) return 0;
  // A query around it could make sense of what is no expression: "a b" names a column.
  if (!millrace::sql::ParseExpression(text).ok()) return 0;
  Check(comparison->Compare(text));
  Check(comparison->CompareRows(text));
  return 0;
}
