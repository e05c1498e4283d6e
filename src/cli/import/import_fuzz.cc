// The CSV, JSON lines and deb822 readers: whatever the bytes are, reading them
// whole and one by one gives the same records, and no literal leaves its quotes.
#include <cstdlib>
#include <string>

#include "cli/import/column_type.h"
#include "cli/import/record_reader.h"

namespace millrace::cli {
namespace {

std::string Digest(RecordReader& reader) {
  std::string digest;
  Record record;
  while (true) {
    const auto found = reader.Next(record);
    if (!found.ok()) return digest + "error " + found.status().message();
    if (!*found) break;
    if (record.cells.size() > reader.fields().size()) std::abort();
    digest.append(std::to_string(record.line)).push_back(':');
    for (const auto& cell : record.cells) {
      digest.append(cell.text).push_back(cell.is_null() ? '~' : '|');
    }
  }
  for (const std::string& field : reader.fields()) digest.append(field);
  return digest;
}

template <typename Reader, typename... Options>
void Check(std::string_view text, Options... options) {
  TextSource whole(text);
  TextSource pieces(text, 1);
  Reader first(whole, options...);
  Reader second(pieces, options...);
  if (Digest(first) != Digest(second)) std::abort();
}

void CheckLiteral(std::string_view text) {
  std::string literal;
  for (const ColumnType type : {ColumnType::kText, ColumnType::kBigInt, ColumnType::kDouble,
                                ColumnType::kBoolean, ColumnType::kAny}) {
    literal.clear();
    if (!AppendLiteral(literal, millrace::client::Cell::String(std::string(text)), type).ok()) {
      continue;
    }
    if (literal.find_first_not_of("0123456789.eE+-TRUEFALS") == std::string::npos) continue;
    if (literal.size() < 2 || literal.front() != '\'' || literal.back() != '\'') std::abort();
    const std::string inside = literal.substr(1, literal.size() - 2);
    for (size_t i = 0; i < inside.size(); ++i) {
      if (inside[i] == '\'' && inside[++i] != '\'') std::abort();
    }
  }
}

}  // namespace

// For the fuzzer, whose entry stands outside of every namespace.
void FuzzImport(std::string_view text) {
  Check<CsvReader>(text, CsvOptions{});
  Check<CsvReader>(text, CsvOptions{.delimiter = ';', .header = false, .null_text = "x"});
  Check<JsonLinesReader>(text);
  Check<Deb822Reader>(text);
  CheckLiteral(text);
}

}  // namespace millrace::cli

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {
      "a,b\r\n1,\"x\"\"y\"\n2,\"two\nlines\"\r3,last\n\n4,5",
      "Package: bash\nDescription: one\n two\n .\nSize: 12\n\nPackage: zsh\n",
      "{\"a\":1,\"b\":\"x\"}\n\n{\"b\":null,\"c\":[1,{\"d\":2}]}\n",
      "it's a 'quoted'' text",
  };
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::cli::FuzzImport({reinterpret_cast<const char*>(data), size});
  return 0;
}
