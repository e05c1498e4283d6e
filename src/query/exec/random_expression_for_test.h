// Random expressions over the columns of EveryTypeSchema, typed so that most of
// them bind: each kind of value has leaves and templates, `$x` standing for an
// operand of kind x.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/random.h"

namespace millrace::exec {

namespace expression_table {

using Texts = const std::string_view[];

struct Kind {
  char letter;
  std::span<const std::string_view> leaves;
  std::span<const std::string_view> templates;
};

inline constexpr Texts kBooleanLeaves = {"bool_", "TRUE", "FALSE", "NULL::BOOLEAN"};
inline constexpr Texts kBooleans = {
    "($b AND $b)",
    "($b OR $b)",
    "(NOT $b)",
    "($b IS TRUE)",
    "($b IS NOT FALSE)",
    "($b IS UNKNOWN)",
    "($n = $n)",
    "($n < $n)",
    "($n <> $n)",
    "($n >= $n)",
    "($t = $t)",
    "($t < $t)",
    "($m < $m)",
    "($m = $m)",
    "($T <= $T)",
    "($u = $u)",
    "($V < $V)",
    "($y = $y)",
    "($b = $b)",
    "($a IS NULL)",
    "($a IS NOT NULL)",
    "($n IS DISTINCT FROM $n)",
    "($t IS NOT DISTINCT FROM $t)",
    "($i IN ($i, $s, 3))",
    "($t NOT IN ($t, 'x'))",
    "($n BETWEEN $n AND $n)",
    "($n NOT BETWEEN SYMMETRIC $n AND $n)",
    "($t LIKE 'H%')",
    "($t LIKE $t)",
    "($t ILIKE '%O%')",
    "starts_with($t, $t)",
    "CAST($i AS BOOLEAN)",
    "($j ? $t)",
    "($j @> $j)",
    "($D = '2024-02-29')",
    "($S > '2000-01-01 00:00:00')",
    "($i = '5')",
    "($u < '6f8a9b2c-1111-4222-8333-000000000001')",
    "($n IN ($n, $n))",
};
inline constexpr Texts kSmallLeaves = {"small", "7::SMALLINT", "NULL::SMALLINT"};
inline constexpr Texts kSmalls = {"($s + $s)",
                                  "($s - $s)",
                                  "($s * $s)",
                                  "($s / $s)",
                                  "($s % $s)",
                                  "(-$s)",
                                  "abs($s)",
                                  "CAST($n AS SMALLINT)",
                                  "TRY_CAST($t AS SMALLINT)",
                                  "coalesce($s, $s)"};
inline constexpr Texts kIntLeaves = {"int_", "int2", "0", "1", "-7", "2147483647", "NULL::INT"};
inline constexpr Texts kInts = {"($i + $i)",
                                "($i - $s)",
                                "($i * $i)",
                                "($i / $i)",
                                "($i % $i)",
                                "(-$i)",
                                "abs($i)",
                                "CAST($n AS INT)",
                                "CAST($t AS INT)",
                                "TRY_CAST($t AS INT)",
                                "coalesce($i, $i)",
                                "nullif($i, $i)",
                                "CASE WHEN $b THEN $i ELSE $i END",
                                "CASE $i WHEN $i THEN $i END",
                                "greatest($i, $s)",
                                "least($i, $i)",
                                "($D - $D)",
                                "ascii($t)",
                                "sign($i)",
                                "mod($i, $i)",
                                "round($i, -1)",
                                "CAST($b AS INT)",
                                "($i + '3')"};
inline constexpr Texts kBigLeaves = {"big", "9223372036854775807", "3000000000", "NULL::BIGINT"};
inline constexpr Texts kBigs = {"($l + $i)",
                                "($l - $l)",
                                "($l * $s)",
                                "($l / $i)",
                                "($l % $l)",
                                "(-$l)",
                                "abs($l)",
                                "CAST($n AS BIGINT)",
                                "length($t)",
                                "octet_length($y)",
                                "position($t IN $t)",
                                "strpos($t, $t)",
                                "json_array_length($j)",
                                "greatest($l, $i)",
                                "CASE WHEN $b THEN $l ELSE $i END"};
inline constexpr Texts kDecimalLeaves = {"dec", "1.5", "-0.005", "99999999.99",
                                         "NULL::DECIMAL(10,2)"};
inline constexpr Texts kDecimals = {"($d + $d)",
                                    "($d - $i)",
                                    "($d * $d)",
                                    "($d / $d)",
                                    "($d % $d)",
                                    "(-$d)",
                                    "abs($d)",
                                    "round($d, 1)",
                                    "round($d)",
                                    "trunc($d)",
                                    "floor($d)",
                                    "ceil($d)",
                                    "CAST($n AS DECIMAL(10,2))",
                                    "TRY_CAST($t AS DECIMAL(5,1))",
                                    "CAST($t AS DECIMAL(10,2))",
                                    "coalesce($d, $d)",
                                    "greatest($d, $i)",
                                    "CASE WHEN $b THEN $d ELSE $d END"};
inline constexpr Texts kFloatLeaves = {"float_", "1.5::FLOAT", "NULL::FLOAT"};
inline constexpr Texts kFloats = {
    "($f + $f)",       "($f - $f)", "($f * $f)",         "($f / $f)",
    "(-$f)",           "abs($f)",   "CAST($n AS FLOAT)", "TRY_CAST($t AS FLOAT)",
    "coalesce($f, $f)"};
inline constexpr Texts kDoubleLeaves = {"double_",       "2.5::DOUBLE",         "1e308",
                                        "'NaN'::DOUBLE", "'-Infinity'::DOUBLE", "NULL::DOUBLE"};
inline constexpr Texts kDoubles = {"($g + $n)",
                                   "($g - $g)",
                                   "($g * $n)",
                                   "($g / $g)",
                                   "(-$g)",
                                   "abs($g)",
                                   "round($g)",
                                   "trunc($g)",
                                   "floor($g)",
                                   "sqrt($g)",
                                   "ln($g)",
                                   "exp($g)",
                                   "power($g, $i)",
                                   "($g ^ $g)",
                                   "CAST($n AS DOUBLE)",
                                   "CAST($t AS DOUBLE)",
                                   "TRY_CAST($t AS DOUBLE)",
                                   "($f + $i)",
                                   "cosine_distance(vec, vec)",
                                   "EXTRACT(epoch FROM $m)",
                                   "EXTRACT(year FROM $m)",
                                   "EXTRACT(day FROM $V)",
                                   "($f * $d)"};
inline constexpr Texts kTextLeaves = {"text_",  "text2",        "'abc'",   "''",        "'12'",
                                      "'-1.5'", "'2024-02-29'", "'Grüße'", "NULL::TEXT"};
inline constexpr Texts kTexts = {"($t || $t)",
                                 "($t || $a)",
                                 "lower($t)",
                                 "upper($t)",
                                 "trim($t)",
                                 "ltrim($t, $t)",
                                 "substring($t, $s)",
                                 "substring($t, $s, 3)",
                                 "left($t, $s)",
                                 "right($t, $s)",
                                 "replace($t, $t, $t)",
                                 "reverse($t)",
                                 "lpad($t, 5, $t)",
                                 "rpad($t, 4)",
                                 "repeat($t, 2)",
                                 "split_part($t, ' ', 1)",
                                 "CAST($a AS TEXT)",
                                 "concat($a, $t, $a)",
                                 "concat_ws($t, $a, $a)",
                                 "coalesce($t, $t)",
                                 "nullif($t, $t)",
                                 "CASE WHEN $b THEN $t ELSE $t END",
                                 "greatest($t, $t)",
                                 "($j ->> $t)",
                                 "($j ->> $s)",
                                 "json_typeof($j)",
                                 "encode($y, 'hex')",
                                 "initcap($t)"};
inline constexpr Texts kJsonLeaves = {"json_", "'{\"a\":[1,2,{\"b\":null}]}'::JSON",
                                      "'[1,\"x\"]'::JSON", "NULL::JSON"};
inline constexpr Texts kJsons = {"($j -> $t)",           "($j -> $s)",
                                 "($j -> 'a')",          "($j #> ARRAY['a', 'b'])",
                                 "TRY_CAST($t AS JSON)", "coalesce($j, $j)"};
inline constexpr Texts kBytesLeaves = {"bytes", "X'00ff'", "X''", "NULL::BYTES"};
inline constexpr Texts kBytes = {"coalesce($y, $y)", "CASE WHEN $b THEN $y END"};
inline constexpr Texts kDateLeaves = {"date_", "DATE '2024-02-29'", "DATE '9999-12-31'",
                                      "NULL::DATE"};
inline constexpr Texts kDates = {"($D + $s)",
                                 "($D - $s)",
                                 "CAST($S AS DATE)",
                                 "CAST($Z AS DATE)",
                                 "TRY_CAST($t AS DATE)",
                                 "greatest($D, $D)",
                                 "coalesce($D, $D)"};
inline constexpr Texts kTimeLeaves = {"time_", "TIME '23:59:59.999999'", "NULL::TIME"};
inline constexpr Texts kTimes = {"($T + $V)", "($T - $V)", "CAST($S AS TIME)",
                                 "TRY_CAST($t AS TIME)", "coalesce($T, $T)"};
inline constexpr Texts kTimestampLeaves = {"ts", "TIMESTAMP '2024-01-31 23:59:59.5'", "now()",
                                           "NULL::TIMESTAMP"};
inline constexpr Texts kTimestamps = {"($S + $V)",
                                      "($S - $V)",
                                      "CAST($D AS TIMESTAMP)",
                                      "CAST($Z AS TIMESTAMP)",
                                      "date_trunc('month', $S)",
                                      "date_trunc('hour', $S)",
                                      "($D + $T)",
                                      "coalesce($S, $S)",
                                      "CASE WHEN $b THEN $S ELSE $S END"};
inline constexpr Texts kDateTimeLeaves = {"dt", "DATETIME '2024-01-31 23:59:59+02:00'",
                                          "NULL::DATETIME"};
inline constexpr Texts kDateTimes = {"($Z + $V)", "($Z - $V)", "CAST($S AS DATETIME)",
                                     "date_trunc('day', $Z)", "coalesce($Z, $Z)"};
inline constexpr Texts kIntervalLeaves = {"INTERVAL '1 month'", "INTERVAL '-3 days 04:05:06'",
                                          "INTERVAL '0'", "NULL::INTERVAL"};
inline constexpr Texts kIntervals = {"($V + $V)", "($V - $V)", "(-$V)",     "($V * $s)",
                                     "($V / 2)",  "($S - $S)", "($Z - $Z)", "($T - $T)"};
inline constexpr Texts kUuidLeaves = {"uuid_", "UUID '6f8a9b2c-1111-4222-8333-000000000001'",
                                      "NULL::UUID"};
inline constexpr Texts kUuids = {"coalesce($u, $u)", "TRY_CAST($t AS UUID)",
                                 "CAST(CAST($u AS TEXT) AS UUID)"};
inline constexpr Kind kKinds[] = {
    {'b', kBooleanLeaves, kBooleans},
    {'s', kSmallLeaves, kSmalls},
    {'i', kIntLeaves, kInts},
    {'l', kBigLeaves, kBigs},
    {'d', kDecimalLeaves, kDecimals},
    {'f', kFloatLeaves, kFloats},
    {'g', kDoubleLeaves, kDoubles},
    {'t', kTextLeaves, kTexts},
    {'j', kJsonLeaves, kJsons},
    {'y', kBytesLeaves, kBytes},
    {'D', kDateLeaves, kDates},
    {'T', kTimeLeaves, kTimes},
    {'S', kTimestampLeaves, kTimestamps},
    {'Z', kDateTimeLeaves, kDateTimes},
    {'V', kIntervalLeaves, kIntervals},
    {'u', kUuidLeaves, kUuids},
};

}  // namespace expression_table

class RandomExpression {
 public:
  explicit RandomExpression(Random& random) : random_(random) {}

  // Of any kind, a few levels deep.
  std::string Next() { return Of(Pick("bsildfgtjyDTSZVu"), 1 + random_.Below(3)); }
  // A condition.
  std::string NextCondition() { return Of('b', 1 + random_.Below(3)); }

 private:
  char Pick(std::string_view letters) { return letters[random_.Below(letters.size())]; }
  std::string_view Pick(std::span<const std::string_view> texts) {
    return texts[random_.Below(texts.size())];
  }

  static const expression_table::Kind& KindOf(char letter) {
    const auto* const kind =
        std::ranges::find(expression_table::kKinds, letter, &expression_table::Kind::letter);
    MR_ASSERT(kind != std::end(expression_table::kKinds), "a template with an unknown letter");
    return *kind;
  }

  std::string Of(char letter, uint64_t depth) {
    const expression_table::Kind& kind = KindOf(letter);
    if (depth == 0 || random_.Below(8) == 0) return std::string(Pick(kind.leaves));
    return Fill(Pick(kind.templates), depth - 1);
  }

  std::string Fill(std::string_view pattern, uint64_t depth) {
    std::string text;
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] != '$') {
        text.push_back(pattern[i]);
        continue;
      }
      char letter = pattern[++i];
      if (letter == 'n') letter = Pick("sildfg");          // a number
      if (letter == 'm') letter = Pick("DSZ");             // a moment
      if (letter == 'a') letter = Pick("bsildfgtDTSZVu");  // anything with an order and a text
      text += Of(letter, depth);
    }
    return text;
  }

  Random& random_;
};

}  // namespace millrace::exec
