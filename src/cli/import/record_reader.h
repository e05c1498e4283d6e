// Records out of files: CSV, JSON lines, and Debian's deb822 control format. Each
// reader streams; it holds one record.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "cli/import/byte_source.h"
#include "client/result.h"

namespace millrace::cli {

// Larger than any sane record; a file of another kind must not fill the memory.
inline constexpr size_t kRecordBytesMax = 16 * 1024 * 1024;

struct Record {
  // Where it begins in its file, from 1.
  uint64_t line = 0;
  // By field index; shorter than fields() when the rest is missing. CSV and
  // deb822 give strings and nulls, JSON keeps its kinds.
  client::Row cells;
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // False at the end. InvalidArgument with "line n: …" for a malformed record.
  virtual Result<bool> Next(Record& record) = 0;
  // Field names as written. Grows while records with new fields come.
  const std::vector<std::string>& fields() const { return fields_; }

 protected:
  // The index of a named field, added when it is new.
  size_t FieldIndex(std::string_view name);
  std::vector<std::string> fields_;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, size_t, Hash, std::equal_to<>> index_;
};

struct CsvOptions {
  char delimiter = ',';
  bool header = true;
  // The unquoted text that means NULL.
  std::string null_text;
  // Names instead of the header's.
  std::vector<std::string> names;
};

// RFC 4180: "…" quotes, "" inside, newlines inside quotes. Lines end with \n, \r\n
// or \r. Empty lines are skipped, unless there is one column only. Every record must have
// as many fields as the first.
class CsvReader final : public RecordReader {
 public:
  CsvReader(ByteSource& source, CsvOptions options)
      : bytes_(source), options_(std::move(options)) {}
  Result<bool> Next(Record& record) override;

 private:
  Status Start();
  Result<bool> ReadRecord(Record& record);
  Result<bool> ReadField(client::Cell& cell, size_t& record_bytes);
  Status ReadQuoted(std::string& text, size_t& record_bytes);
  Status Fail(uint64_t line, std::string_view what) const;

  ByteReader bytes_;
  CsvOptions options_;
  uint64_t line_ = 1;
  bool started_ = false;
};

// One JSON object per line; empty lines are skipped.
class JsonLinesReader final : public RecordReader {
 public:
  explicit JsonLinesReader(ByteSource& source) : bytes_(source) {}
  Result<bool> Next(Record& record) override;

 private:
  ByteReader bytes_;
  std::string text_;
  uint64_t line_ = 0;
};

// Stanzas of "Name: value" lines, divided by empty lines; a line that begins with
// space continues the value, " ." being an empty line of it; "#" begins a comment.
class Deb822Reader final : public RecordReader {
 public:
  explicit Deb822Reader(ByteSource& source) : bytes_(source) {}
  Result<bool> Next(Record& record) override;

 private:
  Status AddLine(Record& record);

  ByteReader bytes_;
  std::string text_;
  uint64_t line_ = 0;
  size_t record_bytes_ = 0;
  client::Cell* open_cell_ = nullptr;
};

}  // namespace millrace::cli
