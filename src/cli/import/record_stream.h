// All records of all files of an import, one after the other, over one list of
// columns: fields of the same name meet in one column, whatever their file.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/import/input_file.h"
#include "cli/import/record_reader.h"
#include "cli/options.h"

namespace millrace::cli {

// A field's name as a column's name: lower case, every other character than a
// letter, digit or underscore an underscore, beginning with a letter:
// "Installed-Size" -> "installed_size".
std::string ColumnName(std::string_view field);

// By the name of the file and, when that says nothing, by its first bytes.
RecordFormat DetectFormat(std::string_view path, std::string_view first_bytes);

struct SourceRecord {
  // Index into RecordStream::files().
  size_t file = 0;
  uint64_t line = 0;
  // By column index; shorter than columns() when the rest is missing.
  client::Row cells;
};

struct RecordStreamOptions {
  RecordFormat format = RecordFormat::kAuto;
  CsvOptions csv;
  // Not empty: take only these fields (by column name). For CSV they are the names themselves.
  std::vector<std::string> columns;
};

// Not thread-safe.
class RecordStream {
 public:
  RecordStream(std::vector<std::string> files, RecordStreamOptions options);

  // False at the end of the last file. Errors begin with the file's name.
  Result<bool> Next(SourceRecord& record);
  // Declares columns before the first record, which then has all of them.
  void AddColumns(const std::vector<std::string>& names);
  // Column names in the order they were first met; grows.
  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<std::string>& files() const { return files_; }
  // Opens the first file if it is not open, to tell its format.
  Result<RecordFormat> Format();
  uint64_t bytes_consumed() const;
  uint64_t bytes_total() const { return bytes_total_; }

 private:
  static constexpr size_t kIgnored = SIZE_MAX;

  Status OpenFile();
  void CloseFile();
  // Finds the columns of fields met since the last call.
  void MapNewFields();
  size_t MapField(const std::string& field);
  Status InFile(Status status) const;

  std::vector<std::string> files_;
  RecordStreamOptions options_;
  RecordFormat format_ = RecordFormat::kAuto;  // of the open file
  std::vector<std::string> columns_;
  std::unordered_map<std::string, size_t> column_index_;
  size_t next_file_ = 0;
  std::unique_ptr<InputFile> input_;
  std::unique_ptr<ByteSource> replay_;
  std::unique_ptr<RecordReader> reader_;
  std::vector<size_t> column_of_field_;
  Record record_;
  uint64_t bytes_done_ = 0;
  uint64_t bytes_total_ = 0;
};

}  // namespace millrace::cli
