// What we write as JSON is JSON and says what the cell says; what we accept as
// JSON is JSON.
#include "types/json_text.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>

#include "types/random_values_for_test.h"

namespace millrace {
namespace {

using namespace std::string_literals;

std::string JsonString(std::string_view text) {
  std::string out;
  AppendJsonString(&out, text);
  return out;
}

std::string Cell(const Value& value) {
  std::string out;
  AppendJsonCell(&out, value);
  return out;
}

// The string that `json` holds, as another JSON library reads it.
std::string Unescaped(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_EQ(parser.parse(simdjson::padded_string(json)).get(element), simdjson::SUCCESS) << json;
  std::string_view text;
  EXPECT_EQ(element.get(text), simdjson::SUCCESS) << json;
  return std::string(text);
}

TEST(JsonStringTest, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(JsonString(""), R"("")");
  EXPECT_EQ(JsonString("plain text"), R"("plain text")");
  EXPECT_EQ(JsonString("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(JsonString("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(JsonString("\x01\x1f\x7f"), "\"\\u0001\\u001f\x7f\"");
  EXPECT_EQ(JsonString("a\0b"s), R"("a\u0000b")");
  EXPECT_EQ(JsonString("äß€😀"), "\"äß€😀\"");
}

TEST(JsonStringTest, InvalidUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(JsonString("a\xff"), R"("a\ufffd")");
  EXPECT_EQ(JsonString("\xc3"), R"("\ufffd")");
  EXPECT_EQ(JsonString("\xc3\xa4\xc3"), "\"ä\\ufffd\"");
  EXPECT_EQ(JsonString("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");  // a surrogate
  EXPECT_EQ(JsonString("\xc0\xaf\""), R"("\ufffd\ufffd\"")");        // overlong
  EXPECT_EQ(JsonString("\xf0\x9f\n"), R"("\ufffd\ufffd\n")");
}

// Every byte at every place of the eight-byte steps.
TEST(JsonStringTest, EveryAsciiByteReadsBackAtEveryPlace) {
  for (int c = 0; c < 128; ++c) {
    for (size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(c);
      text[19 - at / 2] = '"';
      ASSERT_EQ(Unescaped(JsonString(text)), text);
    }
  }
}

TEST(JsonStringTest, AnyBytesGiveValidJson) {
  SeededRandom random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string text(random.Below(40), '\0');
    random.Fill({reinterpret_cast<uint8_t*>(text.data()), text.size()});
    const std::string json = JsonString(text);
    ASSERT_TRUE(ValidateJson(json).ok()) << json;
    Unescaped(json);
  }
}

TEST(JsonCellTest, HasTheFormOfItsType) {
  const std::pair<Value, std::string_view> cases[] = {
      {Value::Null(TypeId::kInt), "null"},
      {Value::Boolean(true), "true"},
      {Value::Boolean(false), "false"},
      {Value::Integer(TypeId::kSmallInt, -5), "-5"},
      {Value::Integer(TypeId::kInt, 5), "5"},
      {Value::BigInt(9007199254740993), "\"9007199254740993\""},
      {Value::Double(0.1), "0.1"},
      {Value::Double(5), "5"},
      {Value::Double(-0.0), "-0"},
      {Value::Double(1e300), "1e+300"},
      {Value::Double(NAN), "\"NaN\""},
      {Value::Double(-INFINITY), "\"-Infinity\""},
      {Value::Real(TypeId::kFloat, 0.1F), "0.1"},
      {Value::Real(TypeId::kFloat, INFINITY), "\"Infinity\""},
      {Value::Wide(SqlType::Decimal(10, 2), -50), "\"-0.50\""},
      {Value::Text("it's \"x\""), R"("it's \"x\"")"},
      {Value::String(TypeId::kJson, R"({"a":1})"), R"("{\"a\":1}")"},
      {Value::String(TypeId::kFile, R"({"id":"f"})"), R"("{\"id\":\"f\"}")"},
      {Value::String(TypeId::kBytes, "\x00\x7f\xff"s), "[0,127,255]"},
      {Value::String(TypeId::kBytes, ""), "[]"},
      {Value::Integer(TypeId::kTimestamp, 1'700'000'000'000'000), "1700000000000000"},
      {Value::Integer(TypeId::kDateTime, -1), "-1"},
      {Value::Integer(TypeId::kDate, 20'000), "20000"},
      {Value::Integer(TypeId::kTime, 86'400'000'000), "86400000000"},
      {Value::Wide(TypeId::kUuid, 1), "\"00000000-0000-0000-0000-000000000001\""},
      {Value::OfInterval({1, 2, 0}), "\"1 mon 2 days\""},
      {Value::String(SqlType::Embedding(2), "\x00\x00\x80\x3f\x00\x00\x00\xbf"s), "[1,-0.5]"},
  };
  for (const auto& [value, json] : cases) {
    EXPECT_EQ(Cell(value), json);
    Column column(value.type());
    column.AppendValue(value);
    std::string from_column;
    AppendJsonCell(&from_column, column, 0);
    EXPECT_EQ(from_column, json);
  }
}

TEST(JsonCellTest, EveryCellIsJsonToAnotherLibrary) {
  SeededRandom random(2);
  simdjson::dom::parser parser;
  for (const SqlType& type : testing::AllTypes()) {
    for (int i = 0; i < 500; ++i) {
      const Value value = testing::RandomValue(random, type);
      const std::string json = Cell(value);
      const simdjson::padded_string padded(json);
      simdjson::dom::element element;
      ASSERT_EQ(parser.parse(padded).get(element), simdjson::SUCCESS) << json;
      if (type.id == TypeId::kDouble && std::isfinite(value.real())) {
        double read = 0;
        ASSERT_EQ(element.get_double().get(read), simdjson::SUCCESS);
        EXPECT_EQ(read, value.real()) << json;
      }
    }
  }
}

TEST(JsonRowTest, IsAnArrayOfCells) {
  Batch batch = Batch::ForSchema({{{"id", TypeId::kBigInt}, {"name", TypeId::kText}}});
  batch.AppendRow(std::vector<Value>{Value::BigInt(1), Value::Text("a")});
  batch.AppendRow(std::vector<Value>{Value::BigInt(2), Value::Null(TypeId::kText)});
  std::string out;
  AppendJsonRow(&out, batch, 1);
  EXPECT_EQ(out, R"(["2",null])");
  out.clear();
  AppendJsonRow(&out, Batch(), 0);
  EXPECT_EQ(out, "[]");
}

TEST(ValidateJsonTest, AcceptsEveryValue) {
  for (const std::string_view json : {"0",
                                      "-0",
                                      "-1.5e+10",
                                      "1E5",
                                      "123456789012345678901234567890",
                                      "1e999",
                                      "true",
                                      "false",
                                      "null",
                                      "\"\"",
                                      R"("\"\\\/\b\f\n\r\t\u00e4")",
                                      R"("\ud83d\ude00")",
                                      "[]",
                                      "{}",
                                      " [ ] ",
                                      "[1,2]",
                                      R"({"a":1})",
                                      R"( { "a" : [ { "b" : null } , 2 ] , "a" : {} } )",
                                      "\"ä\"",
                                      "[[],{}]",
                                      R"({"":""})"}) {
    const Status status = ValidateJson(json);
    EXPECT_TRUE(status.ok()) << json << status.ToString();
  }
  EXPECT_TRUE(ValidateJson(std::string(1024, '[') + std::string(1024, ']')).ok());
}

TEST(ValidateJsonTest, SaysWhereTheErrorIs) {
  const std::pair<std::string, size_t> cases[] = {
      {"", 0},         {" ", 1},           {"01", 1},          {"1.", 2},
      {"-", 1},        {".5", 0},          {"+1", 0},          {"1e", 2},
      {"nul", 0},      {"True", 0},        {"[1,]", 3},        {"[,1]", 1},
      {"[1", 2},       {"{\"a\"}", 4},     {"{\"a\":}", 5},    {"{\"a\":1,}", 7},
      {"{a:1}", 1},    {"\"a", 2},         {"\"\\x\"", 2},     {"\"\\u12g4\"", 5},
      {"\"a\nb\"", 2}, {"1 2", 2},         {"[1}", 2},         {"{\"a\":1]", 6},
      {"]", 0},        {"\"\\ud800\"", 7}, {"\"\\udc00\"", 7}, {"NaN", 0},
      {"'a'", 0},      {"\"a\0\""s, 2},    {"1\0"s, 1},        {std::string(1025, '['), 1024},
  };
  for (const auto& [json, at] : cases) {
    const Status status = ValidateJson(json);
    ASSERT_FALSE(status.ok()) << json;
    EXPECT_EQ(status.sqlstate(), "22P02");
    EXPECT_NE(status.detail().find(" at byte " + std::to_string(at) + "."), std::string::npos)
        << json << ": " << status.ToString();
  }
  EXPECT_EQ(ValidateJson("\"\xff\"").sqlstate(), "22021");
}

// Whatever simdjson reads, we read; what only we read is a number it cannot hold.
TEST(ValidateJsonTest, AgreesWithAnotherLibraryOnRandomText) {
  constexpr std::string_view kPieces[] = {"{",       "}", "[",    "]",    ",",    ":",
                                          "\"a\"",   "1", "-2.5", "null", "true", " ",
                                          "\"\\n\"", "0", "tru",  "\"",   "\\"};
  SeededRandom random(3);
  simdjson::dom::parser parser;
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string json;
    for (uint64_t left = 1 + random.Below(7); left > 0; --left) {
      json.append(kPieces[random.Below(std::size(kPieces))]);
    }
    simdjson::dom::element element;
    const bool theirs =
        parser.parse(simdjson::padded_string(json)).get(element) == simdjson::SUCCESS;
    ASSERT_EQ(ValidateJson(json).ok(), theirs) << json;
    accepted += theirs ? 1 : 0;
  }
  EXPECT_GT(accepted, 100);
}

TEST(Utf8Test, KnowsValidFromInvalid) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("aä€😀"));
  EXPECT_FALSE(IsValidUtf8("\x80"));
  EXPECT_FALSE(IsValidUtf8("\xe2\x82"));
  EXPECT_FALSE(IsValidUtf8("\xed\xa0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xf5\x80\x80\x80"));
}

}  // namespace
}  // namespace millrace
