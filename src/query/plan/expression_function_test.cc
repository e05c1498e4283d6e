// What the built-in functions give, as text against text.
#include "query/plan/expression_harness_for_test.h"

namespace millrace::plan {
namespace {

TEST(ExpressionFunctionTest, Patterns) {
  EXPECT_EVAL("'abc' LIKE 'a%'", "true");
  EXPECT_EVAL("'abc' LIKE '%c'", "true");
  EXPECT_EVAL("'abc' LIKE '%b%'", "true");
  EXPECT_EVAL("'abc' LIKE 'a_c'", "true");
  EXPECT_EVAL("'abc' LIKE 'ab'", "false");
  EXPECT_EVAL("'abcabc' LIKE '%b%c'", "true");
  EXPECT_EVAL("'aXbXc' LIKE 'a%b%d'", "false");
  EXPECT_EVAL("'äb' LIKE '_b'", "true");
  EXPECT_EVAL("'xäb' LIKE '%_b'", "true");
  EXPECT_EVAL("'' LIKE '%'", "true");
  EXPECT_EVAL("'' LIKE ''", "true");
  EXPECT_EVAL("'' LIKE '_'", "false");
  EXPECT_EVAL("'50%' LIKE '50\\%'", "true");
  EXPECT_EVAL("'500' LIKE '50\\%'", "false");
  EXPECT_EVAL("'50%' LIKE '50!%' ESCAPE '!'", "true");
  EXPECT_EVAL("'a' LIKE 'a\\'", "!22025");
  EXPECT_EVAL("'a' LIKE 'a' ESCAPE 'xy'", "!22019");
  EXPECT_EVAL("'a\\b' LIKE 'a\\b' ESCAPE ''", "true");
  EXPECT_EVAL("'ABC' ILIKE 'a%'", "true");
  EXPECT_EVAL("'ÄB' ILIKE 'ä_'", "true");
  EXPECT_EVAL("'ab' NOT LIKE 'b%'", "true");
  EXPECT_EVAL("NULL LIKE 'a'", "NULL");
}

TEST(ExpressionFunctionTest, TextMeasuresAndCases) {
  EXPECT_EVAL("length('häß')", "3");
  EXPECT_EVAL("octet_length('häß')", "5");
  EXPECT_EVAL("lower('ÄÖÜ ΣΑ Жы İ')", "äöü σα жы i");
  EXPECT_EVAL("upper('äöü ß σς ж ÿ')", "ÄÖÜ ß ΣΣ Ж Ÿ");
  EXPECT_EVAL("initcap('hello wORLD-x1')", "Hello World-X1");
  EXPECT_EVAL("trim('  a ')", "a");
  EXPECT_EVAL("trim(BOTH 'xä' FROM 'äxbxä')", "b");
  EXPECT_EVAL("ltrim('xxa', 'x')", "a");
  EXPECT_EVAL("rtrim('axä', 'äx')", "a");
  EXPECT_EVAL("reverse('aäb')", "bäa");
  EXPECT_EVAL("ascii('ä')", "228");
  EXPECT_EVAL("chr(228)", "ä");
  EXPECT_EVAL("chr(0)", "!54000");
  EXPECT_EVAL("to_hex(255)", "ff");
  EXPECT_EVAL("to_hex(-1)", "ffffffff");
}

TEST(ExpressionFunctionTest, TextParts) {
  EXPECT_EVAL("substring('häßlich' FROM 2 FOR 3)", "äßl");
  EXPECT_EVAL("substr('abc', 0, 2)", "a");
  EXPECT_EVAL("substr('abc', -5)", "abc");
  EXPECT_EVAL("substr('abc', 2)", "bc");
  EXPECT_EVAL("substr('abc', 2, -1)", "!22011");
  EXPECT_EVAL("substr('abc', 2, 9223372036854775807)", "bc");
  EXPECT_EVAL("left('abc', 2)", "ab");
  EXPECT_EVAL("left('abc', -1)", "ab");
  EXPECT_EVAL("right('abc', 2)", "bc");
  EXPECT_EVAL("right('abc', -1)", "bc");
  EXPECT_EVAL("right('abc', -9223372036854775808)", "");
  EXPECT_EVAL("position('ß' IN 'häß')", "3");
  EXPECT_EVAL("strpos('abc', 'x')", "0");
  EXPECT_EVAL("split_part('a,b,c', ',', 2)", "b");
  EXPECT_EVAL("split_part('a,b,c', ',', -1)", "c");
  EXPECT_EVAL("split_part('a,b,c', ',', 4)", "");
  EXPECT_EVAL("split_part('a', ',', 0)", "!22023");
  EXPECT_EVAL("starts_with('abc', 'ab')", "true");
}

TEST(ExpressionFunctionTest, TextBuilding) {
  EXPECT_EVAL("'a' || 'b'", "ab");
  EXPECT_EVAL("'a' || 1", "a1");
  EXPECT_EVAL("'a' || NULL", "NULL");
  EXPECT_EVAL("concat('a', NULL, 1, TRUE)", "a1true");
  EXPECT_EVAL("concat_ws(', ', 'a', NULL, 'b')", "a, b");
  EXPECT_EVAL("concat_ws(NULL, 'a')", "NULL");
  EXPECT_EVAL("replace('aXbX', 'X', 'yy')", "ayybyy");
  EXPECT_EVAL("replace('a', '', 'x')", "a");
  EXPECT_EVAL("repeat('ab', 3)", "ababab");
  EXPECT_EVAL("repeat('ab', -1)", "");
  EXPECT_EVAL("repeat('ab', 1000000000)", "!54000");
  EXPECT_EVAL("lpad('7', 3, '0')", "007");
  EXPECT_EVAL("lpad('abcd', 2)", "ab");
  EXPECT_EVAL("rpad('a', 4, 'xy')", "axyx");
}

// One limit for every function, met before the memory is taken.
TEST(ExpressionFunctionTest, AComputedTextHasALimit) {
  const std::string half = "repeat('x', 10000000)";
  EXPECT_EQ(ExpressionHarness().Eval("length(" + half + ")"), "10000000");
  EXPECT_EQ(ExpressionHarness().Eval(half + " || " + half), "!54000");
  EXPECT_EQ(ExpressionHarness().Eval("concat(" + half + ", " + half + ")"), "!54000");
  EXPECT_EQ(ExpressionHarness().Eval("concat_ws(" + half + ", 'a', 'b', 'c')"), "!54000");
  EXPECT_EQ(ExpressionHarness().Eval("encode(CAST(" + half + " AS BYTES), 'hex')"), "!54000");
  EXPECT_EVAL("replace(repeat('x', 100000), 'x', repeat('y', 100000))", "!54000");
  EXPECT_EVAL("length(replace(repeat('x', 1000), 'x', repeat('y', 1000)))", "1000000");
  EXPECT_EVAL("rpad('a', 100000000, 'xy')", "!54000");
}

TEST(ExpressionFunctionTest, SearchingIsLinear) {
  EXPECT_EVAL("strpos(repeat('a', 16000000), repeat('a', 8000000) || 'b')", "0");
  EXPECT_EVAL("length(replace(repeat('a', 16000000), repeat('a', 8000000) || 'b', ''))",
              "16000000");
  EXPECT_EVAL("length(split_part(repeat('a', 16000000), repeat('a', 8000000) || 'b', 1))",
              "16000000");
  EXPECT_EVAL("repeat('a', 1000000) LIKE '%' || repeat('_', 1000000) || 'b'", "!54001");
}

TEST(ExpressionFunctionTest, Format) {
  EXPECT_EVAL("format('%s-%s', 'a', 1)", "a-1");
  EXPECT_EVAL("format('%2$s %1$s %s 100%%', 'a', 'b')", "b a b 100%");
  EXPECT_EVAL("format('%I.%I', 'plain_1', 'Has \"x\"')", "plain_1.\"Has \"\"x\"\"\"");
  EXPECT_EVAL("format('%L, %L', 'it''s', NULL)", "'it''s', NULL");
  EXPECT_EVAL("format('[%5s][%-5s][%*s]', 'ä', 'b', 3, 'c')", "[    ä][b    ][  c]");
  EXPECT_EVAL("format('%s', NULL)", "");
  EXPECT_EVAL("format(NULL, 1)", "NULL");
  EXPECT_EVAL("format('none')", "none");
  EXPECT_EVAL("format('%s')", "!22023");
  EXPECT_EVAL("format('%0$s', 1)", "!22023");
  EXPECT_EVAL("format('%d', 1)", "!22023");
  EXPECT_EVAL("format('%')", "!22023");
  EXPECT_EVAL("format('%I', NULL)", "!22004");
  EXPECT_EVAL("format('%16000000s%16000000s', 'a', 'b')", "!54000");
}

TEST(ExpressionFunctionTest, Encodings) {
  EXPECT_EVAL("encode(X'00ff10', 'hex')", "00ff10");
  EXPECT_EVAL("encode(decode('00FF', 'hex'), 'hex')", "00ff");
  EXPECT_EVAL("encode(X'', 'base64')", "");
  EXPECT_EVAL("encode(X'66', 'base64')", "Zg==");
  EXPECT_EVAL("encode(X'666f', 'base64')", "Zm8=");
  EXPECT_EVAL("encode(X'666f6f', 'base64')", "Zm9v");
  EXPECT_EVAL("encode(decode('Zm9vYg==', 'base64'), 'hex')", "666f6f62");
  EXPECT_EVAL("decode('0', 'hex')", "!22023");
  EXPECT_EVAL("decode('Zg=', 'base64')", "!22023");
  EXPECT_EVAL("decode('x', 'rot13')", "!22023");
}

TEST(ExpressionFunctionTest, Math) {
  EXPECT_EVAL("abs(-5)", "5");
  EXPECT_EVAL("abs(-1.5)", "1.5");
  EXPECT_EVAL("abs(CAST(-32768 AS SMALLINT))", "!22003");
  EXPECT_EVAL("ceil(1.2)", "2");
  EXPECT_EVAL("ceil(-1.2)", "-1");
  EXPECT_EVAL("floor(-1.2)", "-2");
  EXPECT_EVAL("floor(7)", "7");
  EXPECT_EVAL("round(2.5)", "3");
  EXPECT_EVAL("round(-2.5)", "-3");
  EXPECT_EVAL("round(9.99, 1)", "10.0");
  EXPECT_EVAL("round(1234.5, -2)", "1200");
  EXPECT_EVAL("round(1250, -2)", "1300");
  EXPECT_EVAL("round(2.5e0)", "2");
  EXPECT_EVAL("round(3.5e0)", "4");
  EXPECT_EVAL("round(2.345e0, 2)", "2.35");
  EXPECT_EVAL("trunc(-2.7)", "-2");
  EXPECT_EVAL("trunc(2.789, 2)", "2.78");
  EXPECT_EVAL("sqrt(2.25)", "1.5");
  EXPECT_EVAL("sqrt(-1)", "!2201F");
  EXPECT_EVAL("ln(0)", "!2201E");
  EXPECT_EVAL("log(100)", "2");
  EXPECT_EVAL("log(2, 8)", "3");
  EXPECT_EVAL("power(2, 0.5) > 1.414", "true");
  EXPECT_EVAL("power(0, -1)", "!2201F");
  EXPECT_EVAL("exp(1000)", "!22003");
  EXPECT_EVAL("mod(7, -3)", "1");
  EXPECT_EVAL("sign(-0.5)", "-1");
  EXPECT_EVAL("random() >= 0 AND random() < 1", "true");
}

TEST(ExpressionFunctionTest, TemporalArithmetic) {
  EXPECT_EVAL("TIMESTAMP '2026-01-31 10:00:00' + INTERVAL '1 month'", "2026-02-28 10:00:00");
  EXPECT_EVAL("TIMESTAMP '2026-01-01 00:00:00' - INTERVAL '1 second'", "2025-12-31 23:59:59");
  EXPECT_EVAL("INTERVAL '1' DAY + TIMESTAMP '2026-01-01 00:00:00'", "2026-01-02 00:00:00");
  EXPECT_EVAL("DATE '2026-01-01' + 31", "2026-02-01");
  EXPECT_EVAL("DATE '2026-01-01' - DATE '2025-12-25'", "7");
  EXPECT_TYPE("DATE '2026-01-01' - DATE '2025-12-25'", "INT");
  EXPECT_EVAL("DATE '9999-12-31' + TIME '24:00'", "!22008");
  EXPECT_EVAL("DATE '2026-01-01' + INTERVAL '1 hour'", "2026-01-01 01:00:00");
  EXPECT_EVAL("DATE '9999-12-31' + 1", "!22008");
  EXPECT_EVAL(
      "TIMESTAMP '2026-01-03 12:00:00' - TIMESTAMP '2026-01-01 00:00:00' = "
      "INTERVAL '2 days 12 hours'",
      "true");
  EXPECT_EVAL("TIME '23:00:00' + INTERVAL '2 hours'", "01:00:00");
  EXPECT_EVAL("INTERVAL '1 hour' * 1.5 = INTERVAL '90 minutes'", "true");
  EXPECT_EVAL("INTERVAL '1 month' / 2 = INTERVAL '15 days'", "true");
  EXPECT_EVAL("INTERVAL '1 day' / 0", "!22012");
}

TEST(ExpressionFunctionTest, TemporalFields) {
  const std::string ts = "TIMESTAMP '2026-02-15 13:14:15.678901'";
  EXPECT_EVAL("EXTRACT(YEAR FROM " + ts + ")", "2026");
  EXPECT_EVAL("EXTRACT(QUARTER FROM " + ts + ")", "1");
  EXPECT_EVAL("EXTRACT(WEEK FROM " + ts + ")", "7");
  EXPECT_EVAL("EXTRACT(DOW FROM " + ts + ")", "0");
  EXPECT_EVAL("EXTRACT(ISODOW FROM " + ts + ")", "7");
  EXPECT_EVAL("EXTRACT(DOY FROM " + ts + ")", "46");
  EXPECT_EVAL("EXTRACT(SECOND FROM " + ts + ")", "15.678901");
  EXPECT_EVAL("EXTRACT(MILLISECONDS FROM " + ts + ")", "15678.901");
  EXPECT_EVAL("date_part('second', " + ts + ")", "15.678901");
  EXPECT_EVAL("EXTRACT(SECOND FROM TIME '10:20:30.5')", "30.500000");
  EXPECT_EVAL("EXTRACT(SECOND FROM INTERVAL '-1.5 seconds')", "-1.500000");
  EXPECT_EVAL("EXTRACT(MICROSECONDS FROM " + ts + ")", "15678901");
  EXPECT_EVAL("EXTRACT(EPOCH FROM TIMESTAMP '1970-01-01 00:00:01.5')", "1.5");
  EXPECT_EVAL("EXTRACT(WEEK FROM DATE '2027-01-01')", "53");
  EXPECT_EVAL("EXTRACT(ISOYEAR FROM DATE '2027-01-01')", "2026");
  EXPECT_EVAL("date_part('hour', TIME '05:06:07')", "5");
  EXPECT_EVAL("date_part('month', INTERVAL '14 months')", "2");
  EXPECT_EVAL("date_part('fortnight', " + ts + ")", "!22023");
  EXPECT_EVAL("date_trunc('hour', " + ts + ")", "2026-02-15 13:00:00");
  EXPECT_EVAL("date_trunc('week', " + ts + ")", "2026-02-09 00:00:00");
  EXPECT_EVAL("date_trunc('quarter', DATE '2026-05-06')", "2026-04-01 00:00:00");
  EXPECT_EVAL("date_trunc('day', TIMESTAMP '1969-12-31 23:59:59')", "1969-12-31 00:00:00");
  EXPECT_EVAL("make_date(2026, 2, 30)", "!22008");
}

TEST(ExpressionFunctionTest, Json) {
  const std::string doc =
      R"('{"a": {"b": [10, "x", null, 2.5]}, "c": "q\"\u00e4", "t": true}'::JSON)";
  EXPECT_EVAL(doc + " -> 'a'", R"({"b":[10,"x",null,2.5]})");
  EXPECT_EVAL(doc + " -> 'a' -> 'b' -> 1", R"("x")");
  EXPECT_EVAL(doc + " -> 'a' -> 'b' ->> -1", "2.5");
  EXPECT_EVAL(doc + " ->> 'c'", "q\"ä");
  EXPECT_EVAL(doc + " -> 'missing'", "NULL");
  EXPECT_EVAL(doc + " -> 'a' -> 'b' ->> 2", "NULL");
  EXPECT_EVAL(doc + " -> 'a' -> 'b' -> 2", "null");
  EXPECT_EVAL(doc + " #>> '{a,b,1}'", "x");
  EXPECT_EVAL(doc + " #> ARRAY['a','b']", R"([10,"x",null,2.5])");
  EXPECT_EVAL(doc + " ? 'c'", "true");
  EXPECT_EVAL(doc + " ?| ARRAY['z','c']", "true");
  EXPECT_EVAL(doc + " ?& ARRAY['z','c']", "false");
  EXPECT_EVAL("json_get_int(" + doc + ", 'a', 'b', 0)", "10");
  EXPECT_EVAL("json_get_int(" + doc + ", 'c')", "NULL");
  EXPECT_EVAL("json_get_str(" + doc + ", 'c')", "q\"ä");
  EXPECT_EVAL("json_get_bool(" + doc + ", 't')", "true");
  EXPECT_EVAL("json_get_float(" + doc + ", 'a', 'b', 3)", "2.5");
  EXPECT_EVAL("json_length(" + doc + ")", "3");
  EXPECT_EVAL("json_contains(" + doc + ", 'a', 'b', 4)", "false");
  EXPECT_EVAL("json_typeof(" + doc + ")", "object");
  EXPECT_EVAL("json_array_length('[1, [2, 3]]')", "2");
  EXPECT_EVAL("json_array_length('{}')", "!22023");
  EXPECT_EVAL("json_get('{bad', 'a')", "!22P02");
}

TEST(ExpressionFunctionTest, JsonContainment) {
  const auto contains = [](const std::string& whole, const std::string& part) {
    return ExpressionHarness().Eval("'" + whole + "'::JSON @> '" + part + "'");
  };
  EXPECT_EQ(contains(R"({"a":1,"b":2})", R"({"b":2.0})"), "true");
  EXPECT_EQ(contains(R"({"a":{"x":[1,2]}})", R"({"a":{"x":[2]}})"), "true");
  EXPECT_EQ(contains(R"([1,[2,3]])", R"([[3]])"), "true");
  EXPECT_EQ(contains(R"([1,2])", "1"), "true");
  EXPECT_EQ(contains("1", "[1]"), "false");
  EXPECT_EQ(contains(R"({"a":[1]})", R"({"a":1})"), "false");
  EXPECT_EQ(contains(R"({"a":1})", R"({"a":null})"), "false");
  EXPECT_EVAL("'{\"b\":2}'::JSON <@ '{\"a\":1,\"b\":2}'::JSON", "true");
}

TEST(ExpressionFunctionTest, Embeddings) {
  ExpressionHarness harness;
  std::string payload(8, '\0');
  const float elements[] = {3, 4};
  payload.assign(reinterpret_cast<const char*>(elements), sizeof(elements));
  harness.AddColumn("v", SqlType::Embedding(2), {Value::String(SqlType::Embedding(2), payload)});
  EXPECT_EQ(harness.Eval("l2_distance(v, '[0,0]')"), "5");
  EXPECT_EQ(harness.Eval("dot_product(v, '[1,1]')"), "7");
  EXPECT_EQ(harness.Eval("cosine_distance(v, '[6,8]')"), "0");
  EXPECT_EQ(harness.Eval("l2_distance(v, '[0,0,0]')"), "!22P02");
  EXPECT_EQ(harness.Eval("l2_distance(v, '[0,0,0]'::EMBEDDING(3))"), "!22000");
}

TEST(ExpressionFunctionTest, OfTheStatement) {
  EXPECT_EVAL("now()", "2023-11-14 22:13:20");
  EXPECT_EVAL("CURRENT_TIMESTAMP", "2023-11-14 22:13:20");
  EXPECT_EVAL("CURRENT_DATE", "2023-11-14");
  EXPECT_EVAL("CURRENT_USER", "alice");
  EXPECT_EVAL("current_role()", "user");
  EXPECT_EVAL("length(ulid())", "26");
  ExpressionHarness harness;
  harness.AddColumn("a", TypeId::kInt, std::vector<Value>(3, Value::Null(TypeId::kInt)));
  EXPECT_EQ(harness.Eval("snowflake_id() > 0"), "true, true, true");
  const Result<expr::NodePtr> id = harness.Bind("snowflake_id()");
  const Result<Column> ids = expr::Evaluate(**id, harness.batch(), harness.context());
  EXPECT_LT(ids->GetValue(0).integer(), ids->GetValue(1).integer());
  EXPECT_EQ((*id)->volatility(), expr::Volatility::kVolatile);
}

}  // namespace
}  // namespace millrace::plan
