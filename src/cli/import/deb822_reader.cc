// Debian's control format: stanzas of fields, continued lines, blank lines between.
#include "cli/import/record_reader.h"

namespace millrace::cli {
namespace {

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

}  // namespace

Result<bool> Deb822Reader::Next(Record& record) {
  if (line_ == 0) bytes_.SkipByteOrderMark();
  record.cells.clear();
  record_bytes_ = 0;
  open_cell_ = nullptr;
  bool inside = false;
  while (true) {
    ASSIGN_OR_RETURN(const bool found, bytes_.TakeLine(text_, kRecordBytesMax));
    if (!found) return inside;
    ++line_;
    if (text_.starts_with('#')) continue;
    if (IsBlank(text_)) {
      if (inside) return true;
      continue;
    }
    if (!inside) record.line = line_;
    inside = true;
    RETURN_IF_ERROR(AddLine(record));
  }
}

Status Deb822Reader::AddLine(Record& record) {
  record_bytes_ += text_.size();
  if (record_bytes_ > kRecordBytesMax) return ResourceExhausted("the record is too long");
  const std::string where = "line " + std::to_string(line_) + ": ";
  if (text_[0] == ' ' || text_[0] == '\t') {
    if (open_cell_ == nullptr) {
      return InvalidArgument(where + "a continued line without a field").WithSqlState("22P04");
    }
    const std::string_view more = std::string_view(text_).substr(1);
    open_cell_->text.push_back('\n');
    open_cell_->text.append(more == "." ? std::string_view() : more);
    return Status::Ok();
  }
  const size_t colon = text_.find(':');
  if (colon == std::string::npos || colon == 0) {
    return InvalidArgument(where + "\"Name: value\" is expected").WithSqlState("22P04");
  }
  const size_t index = FieldIndex(Trim(std::string_view(text_).substr(0, colon)));
  if (index >= record.cells.size()) record.cells.resize(index + 1);
  open_cell_ = &record.cells[index];
  *open_cell_ = client::Cell::String(std::string(Trim(std::string_view(text_).substr(colon + 1))));
  return Status::Ok();
}

}  // namespace millrace::cli
