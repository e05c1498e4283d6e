// The incremental JSON scanner: every split of a text gives the same events.
#include "client/json_scanner.h"

#include <gtest/gtest.h>

#include "client/json_object.h"
#include "client/json_text.h"

namespace millrace::client {
namespace {

// Writes the events as one line: {k:"a" n:1 …}
class Recorder final : public JsonHandler {
 public:
  Status OnNull() override { return Add("null"); }
  Status OnBool(bool value) override { return Add(value ? "true" : "false"); }
  Status OnNumber(std::string_view text) override { return Add("n:" + std::string(text)); }
  Status OnString(std::string_view text) override { return Add("s:" + std::string(text)); }
  Status OnKey(std::string_view text) override { return Add("k:" + std::string(text)); }
  Status OnBeginObject() override { return Add("{"); }
  Status OnEndObject() override { return Add("}"); }
  Status OnBeginArray() override { return Add("["); }
  Status OnEndArray() override { return Add("]"); }
  std::string events;

 private:
  Status Add(const std::string& event) {
    events.append(event).append(" ");
    return Status::Ok();
  }
};

std::string Scan(std::string_view text, size_t piece) {
  Recorder recorder;
  JsonScanner scanner(recorder);
  for (size_t at = 0; at < text.size(); at += piece) {
    if (!scanner.Feed(text.substr(at, piece)).ok()) return "error";
  }
  return scanner.Finish().ok() ? recorder.events : "error";
}

TEST(JsonScannerTest, EventsDoNotDependOnHowTheBytesArrive) {
  const std::string text =
      R"( {"a":[1,-2.5e+3,0],"b\n":"x\"y\\z\u00e9\ud83d\ude00","c":{},"d":[],"e":null,"f":true})";
  const std::string expected =
      "{ k:a [ n:1 n:-2.5e+3 n:0 ] k:b\n s:x\"y\\z\u00e9\U0001F600 k:c { } k:d [ ] k:e null "
      "k:f true } ";
  for (const size_t piece : {1, 2, 3, 7, 1000}) EXPECT_EQ(Scan(text, piece), expected) << piece;
}

TEST(JsonScannerTest, ALoneSurrogateBecomesTheReplacementCharacter) {
  EXPECT_EQ(Scan(R"("\ud83dx")", 1), "s:\uFFFDx ");
  EXPECT_EQ(Scan(R"("\ude00")", 100), "s:\uFFFD ");
  EXPECT_EQ(Scan(R"("a\ud83d")", 100), "s:a\uFFFD ");
  EXPECT_EQ(Scan(R"("\ud83d\n")", 100), "s:\uFFFD\n ");
}

TEST(JsonScannerTest, RefusesWhatIsNotJson) {
  for (const char* text :
       {"",        "{",           "[1,]",       "{,}",   "{\"a\"}", "{\"a\":}", "[1 2]",
        "nul",     "truefalse",   "01",         "1.",    "-",       "1e",       "+1",
        "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"",   "]",     "[}",      "1 2",      "{1:2}",
        "[,1]",    "<html>",      "{\"a\":1,}", "\"open"}) {
    EXPECT_EQ(Scan(text, 1), "error") << text;
    EXPECT_EQ(Scan(text, 100), "error") << text;
  }
}

TEST(JsonScannerTest, NestingIsLimited) {
  EXPECT_EQ(Scan(std::string(JsonScanner::kDepthMax + 1, '['), 100), "error");
  const std::string deepest =
      std::string(JsonScanner::kDepthMax, '[') + std::string(JsonScanner::kDepthMax, ']');
  EXPECT_NE(Scan(deepest, 100), "error");
}

TEST(JsonObjectTest, KeepsNestedValuesAsText) {
  const auto members = ParseJsonObject(R"({"a":1,"b":{"x":[1,"q\"",null]},"c":"t","d":[]})");
  ASSERT_TRUE(members.ok());
  ASSERT_EQ(members->size(), 4u);
  EXPECT_EQ((*members)[0].value, Cell::Number("1"));
  EXPECT_EQ((*members)[1].value, (Cell{CellKind::kJson, R"({"x":[1,"q\"",null]})"}));
  EXPECT_EQ((*members)[3].value, (Cell{CellKind::kJson, "[]"}));
  EXPECT_EQ(FindMember(*members, "c"), "t");
  EXPECT_EQ(FindMember(*members, "none"), "");
  EXPECT_FALSE(ParseJsonObject("[1]").ok());
  EXPECT_FALSE(ParseJsonObject("\"text\"").ok());
}

TEST(JsonTextTest, EscapesWhatMustBeEscaped) {
  std::string out;
  AppendJsonString(out, std::string_view("a\"\\\n\r\t\x01\x1fé\0", 11));
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\r\\t\\u0001\\u001fé\\u0000\"");
}

}  // namespace
}  // namespace millrace::client
