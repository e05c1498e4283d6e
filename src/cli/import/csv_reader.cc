// RFC 4180 records: quotes, doubled quotes, line ends inside fields.
#include "cli/import/record_reader.h"

namespace millrace::cli {
namespace {

Status TooLong() { return ResourceExhausted("the record is too long"); }

}  // namespace

Status CsvReader::Fail(uint64_t line, std::string_view what) const {
  RETURN_IF_ERROR(bytes_.status());
  return InvalidArgument("line " + std::to_string(line) + ": " + std::string(what))
      .WithSqlState("22P04");
}

Status CsvReader::Start() {
  started_ = true;
  bytes_.SkipByteOrderMark();
  fields_ = options_.names;
  if (!options_.header) return Status::Ok();
  Record header;
  ASSIGN_OR_RETURN(const bool found, ReadRecord(header));
  if (!found || !options_.names.empty()) return Status::Ok();
  for (client::Cell& cell : header.cells) fields_.push_back(std::move(cell.text));
  return Status::Ok();
}

Result<bool> CsvReader::Next(Record& record) {
  if (!started_) RETURN_IF_ERROR(Start());
  ASSIGN_OR_RETURN(const bool found, ReadRecord(record));
  if (!found) return false;
  if (fields_.empty()) {
    for (size_t i = 1; i <= record.cells.size(); ++i) fields_.push_back("c" + std::to_string(i));
  }
  if (record.cells.size() != fields_.size()) {
    return Fail(record.line, "the record has " + std::to_string(record.cells.size()) +
                                 " fields instead of " + std::to_string(fields_.size()));
  }
  return true;
}

Result<bool> CsvReader::ReadRecord(Record& record) {
  // With one column an empty line is a record: its field is empty, which means NULL.
  const bool one_column = started_ && fields_.size() == 1;
  while (!one_column && (bytes_.Peek() == '\n' || bytes_.Peek() == '\r')) {
    const bool pair = bytes_.Take() == '\r' && bytes_.Peek() == '\n';
    if (pair) bytes_.Take();
    ++line_;
  }
  if (bytes_.Peek() == ByteReader::kEnd) {
    RETURN_IF_ERROR(bytes_.status());
    return false;
  }
  record.line = line_;
  size_t count = 0;
  size_t record_bytes = 0;
  bool more = true;
  while (more) {
    // Cells are reused from record to record.
    if (count == record.cells.size()) record.cells.emplace_back();
    ASSIGN_OR_RETURN(more, ReadField(record.cells[count++], record_bytes));
  }
  record.cells.resize(count);
  return true;
}

// Returns whether another field of the record follows.
Result<bool> CsvReader::ReadField(client::Cell& cell, size_t& record_bytes) {
  cell.text.clear();
  cell.kind = client::CellKind::kString;
  const bool quoted = bytes_.Peek() == '"';
  if (quoted) RETURN_IF_ERROR(ReadQuoted(cell.text, record_bytes));
  while (true) {
    const int byte = bytes_.Take();
    const bool ends = byte == ByteReader::kEnd || byte == '\n' || byte == '\r';
    const bool divides = byte == static_cast<unsigned char>(options_.delimiter);
    if (ends || divides) {
      if (byte == '\r' && bytes_.Peek() == '\n') bytes_.Take();
      if (ends) ++line_;
      RETURN_IF_ERROR(bytes_.status());
      if (!quoted && cell.text == options_.null_text) cell = client::Cell::Null();
      return divides;
    }
    if (quoted) return Fail(line_, "text after a closing quote");
    if (++record_bytes > kRecordBytesMax) return TooLong();
    cell.text.push_back(static_cast<char>(byte));
  }
}

Status CsvReader::ReadQuoted(std::string& text, size_t& record_bytes) {
  const uint64_t opened = line_;
  bytes_.Take();
  while (true) {
    const int byte = bytes_.Take();
    if (byte == ByteReader::kEnd) return Fail(opened, "the quote that opens here is never closed");
    if (byte == '"') {
      if (bytes_.Peek() != '"') return Status::Ok();
      bytes_.Take();
    }
    if (byte == '\n') ++line_;
    if (++record_bytes > kRecordBytesMax) return TooLong();
    text.push_back(static_cast<char>(byte));
  }
}

}  // namespace millrace::cli
