// Rows as records of a file that `millrace import` reads back to the same values.
//
//   CSV    RFC 4180 with a header; NULL is an empty field, the empty text is "".
//   JSONL  one object per row. BIGINT and DECIMAL are strings of digits and exact, as
//          the server sends them; JSON values are strings that hold JSON, so that the
//          JSON value null and NULL differ; embeddings are arrays.
//   Both   timestamps, dates, times and bytes ("\x01ff") as SQL writes them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "client/result.h"

namespace millrace::cli {

class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  // Appends what stands before the first record.
  virtual void Begin(const std::vector<client::Column>& columns, std::string* out) = 0;
  virtual void Append(const client::Row& row, std::string* out) = 0;
};

struct CsvStyle {
  char delimiter = ',';
  bool header = true;
  std::string null_text;
};

std::unique_ptr<RecordWriter> MakeCsvWriter(CsvStyle style);
std::unique_ptr<RecordWriter> MakeJsonLinesWriter();

// By the ending, one for packing left out: csv, jsonl, ndjson, json; CSV for "-" and others.
ExportFormat FormatOfName(std::string_view path);

}  // namespace millrace::cli
