// CSV, JSON lines and deb822 readers.
#include "cli/import/record_reader.h"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

// Every record as "line: a|b|~" with ~ for NULL, then the error if there is one.
std::vector<std::string> ReadAll(RecordReader& reader) {
  std::vector<std::string> out;
  Record record;
  while (true) {
    const auto found = reader.Next(record);
    if (!found.ok()) {
      out.push_back("error: " + found.status().message());
      return out;
    }
    if (!*found) return out;
    std::string text = std::to_string(record.line) + ": ";
    for (size_t i = 0; i < record.cells.size(); ++i) {
      text += (i > 0 ? "|" : "") + (record.cells[i].is_null() ? "~" : record.cells[i].text);
    }
    out.push_back(text);
  }
}

using Lines = std::vector<std::string>;

Lines ReadCsv(std::string_view text, CsvOptions options = {}, size_t piece = SIZE_MAX) {
  TextSource source(text, piece);
  CsvReader reader(source, std::move(options));
  return ReadAll(reader);
}

TEST(CsvReaderTest, ReadsQuotesNewlinesAndEveryLineEnding) {
  const std::string text = "a,b\r\n1,\"x\"\"y\"\n2,\"two\nlines\"\r3,last";
  for (const size_t piece : {size_t{1}, size_t{3}, SIZE_MAX}) {
    EXPECT_EQ(ReadCsv(text, {}, piece), (Lines{"2: 1|x\"y", "3: 2|two\nlines", "5: 3|last"}));
  }
}

TEST(CsvReaderTest, TellsNullFromEmptyText) {
  EXPECT_EQ(ReadCsv("a,b\n,\"\"\n"), Lines{"2: ~|"});
  EXPECT_EQ(ReadCsv("a,b\nNA,\"NA\"\n,x\n", {.null_text = "NA"}), (Lines{"2: ~|NA", "3: |x"}));
}

TEST(CsvReaderTest, HeadersDelimitersAndNames) {
  EXPECT_EQ(ReadCsv("1;2\n3;4\n", {.delimiter = ';', .header = false}),
            (Lines{"1: 1|2", "2: 3|4"}));
  TextSource source("\xEF\xBB\xBFid,na me\n1,2\n");
  CsvReader reader(source, {});
  EXPECT_EQ(ReadAll(reader), Lines{"2: 1|2"});
  EXPECT_EQ(reader.fields(), (Lines{"id", "na me"}));
  TextSource named_source("1,2\n");
  CsvReader named(named_source, {.header = false, .names = {"x", "y"}});
  ReadAll(named);
  EXPECT_EQ(named.fields(), (Lines{"x", "y"}));
}

TEST(CsvReaderTest, SkipsEmptyLinesAndEmptyFiles) {
  EXPECT_EQ(ReadCsv("a,b\n\n1,2\n\n\n3,4\n\n"), (Lines{"3: 1|2", "6: 3|4"}));
  EXPECT_EQ(ReadCsv(""), Lines{});
  EXPECT_EQ(ReadCsv("a,b\n"), Lines{});
}

TEST(CsvReaderTest, NamesTheLineOfWhatIsWrong) {
  EXPECT_EQ(ReadCsv("a,b\n1,2\n3\n"),
            (Lines{"2: 1|2", "error: line 3: the record has 1 fields instead of 2"}));
  EXPECT_EQ(ReadCsv("a\n\"open\n\n"),
            Lines{"error: line 2: the quote that opens here is never closed"});
  EXPECT_EQ(ReadCsv("a\n\"x\"y\n"), Lines{"error: line 2: text after a closing quote"});
}

TEST(JsonLinesReaderTest, FieldsMeetByName) {
  TextSource source("{\"a\":1,\"b\":\"x\"}\n\n{\"b\":null,\"c\":[1,{\"d\":2}]}\r\n", 4);
  JsonLinesReader reader(source);
  EXPECT_EQ(ReadAll(reader), (Lines{"1: 1|x", "3: ~|~|[1,{\"d\":2}]"}));
  EXPECT_EQ(reader.fields(), (Lines{"a", "b", "c"}));
}

TEST(JsonLinesReaderTest, AnArrayIsRefusedWithAHint) {
  TextSource source("[{\"a\":1}]\n");
  JsonLinesReader reader(source);
  Record record;
  const auto found = reader.Next(record);
  EXPECT_EQ(found.status().code(), Code::kInvalidArgument);
  EXPECT_NE(found.status().hint(), "");
}

Lines ReadDeb(std::string_view text, size_t piece = SIZE_MAX) {
  TextSource source(text, piece);
  Deb822Reader reader(source);
  return ReadAll(reader);
}

TEST(Deb822ReaderTest, ReadsStanzasAndContinuedValues) {
  const std::string text =
      "Package: a\nDescription: one\n two\n .\n  three\n# comment\nSize: 5\n\n\nPackage: "
      "b\nSize:7\n";
  for (const size_t piece : {size_t{1}, SIZE_MAX}) {
    EXPECT_EQ(ReadDeb(text, piece), (Lines{"1: a|one\ntwo\n\n three|5", "10: b|~|7"}));
  }
}

TEST(Deb822ReaderTest, TheLastStanzaNeedsNoEmptyLine) {
  EXPECT_EQ(ReadDeb("A: 1"), Lines{"1: 1"});
  EXPECT_EQ(ReadDeb("\n \nA:\n\n"), Lines{"3: "});
  EXPECT_EQ(ReadDeb(""), Lines{});
}

TEST(Deb822ReaderTest, NamesTheLineOfWhatIsWrong) {
  EXPECT_EQ(ReadDeb("A: 1\nnonsense\n"), Lines{"error: line 2: \"Name: value\" is expected"});
  EXPECT_EQ(ReadDeb(" continued\n"), Lines{"error: line 1: a continued line without a field"});
}

TEST(ByteReaderTest, ALineThatIsTooLongIsRefused) {
  TextSource source("abcdef\n");
  ByteReader reader(source);
  std::string line;
  EXPECT_EQ(reader.TakeLine(line, 5).status().code(), Code::kResourceExhausted);
}

}  // namespace
}  // namespace millrace::cli
