// Reads JSON lines: one object per line, its members as fields.
#include "cli/import/record_reader.h"
#include "client/json_object.h"

namespace millrace::cli {

Result<bool> JsonLinesReader::Next(Record& record) {
  if (line_ == 0) bytes_.SkipByteOrderMark();
  do {
    ASSIGN_OR_RETURN(const bool found, bytes_.TakeLine(text_, kRecordBytesMax));
    if (!found) return false;
    ++line_;
  } while (text_.find_first_not_of(" \t") == std::string::npos);
  record.line = line_;
  record.cells.clear();
  auto members = client::ParseJsonObject(text_);
  if (!members.ok()) {
    Status status =
        InvalidArgument("line " + std::to_string(line_) + ": " + members.status().message())
            .WithSqlState("22032");
    if (text_.starts_with('[')) {
      status = std::move(status).WithHint("One object per line is expected, without an array.");
    }
    return status;
  }
  for (client::JsonMember& member : *members) {
    const size_t index = FieldIndex(member.name);
    if (index >= record.cells.size()) record.cells.resize(index + 1);
    record.cells[index] = std::move(member.value);
  }
  return true;
}

}  // namespace millrace::cli
