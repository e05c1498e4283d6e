#include "client/envelope_reader.h"

#include <charconv>

namespace millrace::client {
namespace {

uint64_t ToUint(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void SetFlag(Column& column, std::string_view flag) {
  if (flag == "pk") column.primary_key = true;
  if (flag == "nn") column.not_null = true;
  if (flag == "uq") column.unique = true;
}

}  // namespace

std::string DataTypeText(std::string_view json) {
  const size_t open = json.find('"');
  const size_t close = open == std::string_view::npos ? open : json.find('"', open + 1);
  if (close == std::string_view::npos) return std::string(json);
  std::string text(json.substr(open + 1, close - open - 1));
  std::string numbers;
  bool in_number = false;
  for (const char c : json.substr(close)) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && !in_number && !numbers.empty()) numbers.push_back(',');
    if (digit) numbers.push_back(c);
    in_number = digit;
  }
  if (!numbers.empty()) text.append("(").append(numbers).append(")");
  return text;
}

// Tells a body that is no answer (a proxy's page, a cut connection) from a sink that gave up.
Status EnvelopeReader::Wrap(Status status) {
  if (status.ok() || !sink_failure_.ok()) return status;
  return Unavailable("the server's answer could not be read")
      .WithSqlState("08P01")
      .WithDetail(status.message());
}

Status EnvelopeReader::Feed(std::string_view bytes) { return Wrap(scanner_.Feed(bytes)); }
Status EnvelopeReader::Finish() { return Wrap(scanner_.Finish()); }

Status EnvelopeReader::OnNull() {
  if (nested_.open()) return nested_.Null(), Status::Ok();
  return Scalar(CellKind::kNull, {});
}

Status EnvelopeReader::OnBool(bool value) {
  if (nested_.open()) return nested_.Bool(value), Status::Ok();
  return Scalar(CellKind::kBool, value ? "true" : "false");
}

Status EnvelopeReader::OnNumber(std::string_view text) {
  if (nested_.open()) return nested_.Number(text), Status::Ok();
  return Scalar(CellKind::kNumber, text);
}

Status EnvelopeReader::OnString(std::string_view text) {
  if (nested_.open()) return nested_.String(text), Status::Ok();
  return Scalar(CellKind::kString, text);
}

Status EnvelopeReader::OnKey(std::string_view text) {
  if (nested_.open()) return nested_.Key(text), Status::Ok();
  key_.assign(text);
  return Status::Ok();
}

Status EnvelopeReader::Scalar(CellKind kind, std::string_view text) {
  switch (place()) {
    case Place::kRow: {
      Cell& cell = NextCell();
      cell.kind = kind;
      cell.text.assign(text);
      break;
    }
    case Place::kEnvelope:
      EnvelopeScalar(kind, text);
      break;
    case Place::kResult:
      ResultScalar(kind, text);
      break;
    case Place::kField:
      FieldScalar(text);
      break;
    case Place::kFlags:
      SetFlag(columns_.back(), text);
      break;
    case Place::kError:
      ErrorScalar(kind, text);
      break;
    case Place::kTop:
    case Place::kResults:
    case Place::kSchema:
    case Place::kRows:
      return InvalidArgument("a bare value where an object or array belongs");
    case Place::kSkipped:
      break;
  }
  return Status::Ok();
}

void EnvelopeReader::EnvelopeScalar(CellKind kind, std::string_view text) {
  if (kind != CellKind::kString) return;
  if (key_ == "error") Error().code = text;
  // The auth endpoints put the message beside the code.
  if (key_ == "message") Error().message = text;
  if (key_ == "status" && text == "error") Error();
  if (key_ == "transaction_id") transaction_id_ = text;
}

void EnvelopeReader::ResultScalar(CellKind kind, std::string_view text) {
  if (key_ == "row_count") summary_.row_count = ToUint(text);
  if (key_ == "message") summary_.message = text;
  if (key_ == "as_user") summary_.as_user = text;
}

void EnvelopeReader::FieldScalar(std::string_view text) {
  Column& column = columns_.back();
  if (key_ == "name") column.name = text;
  if (key_ == "data_type") column.data_type = text;
  if (key_ == "index") column.index = static_cast<uint32_t>(ToUint(text));
}

void EnvelopeReader::ErrorScalar(CellKind kind, std::string_view text) {
  if (kind == CellKind::kNull) return;
  ServerError& error = Error();
  if (key_ == "code") error.code = text;
  if (key_ == "message") error.message = text;
  if (key_ == "detail") error.detail = text;
  if (key_ == "details" && error.detail.empty()) error.detail = text;
  if (key_ == "hint") error.hint = text;
  if (key_ == "sqlstate") error.sqlstate = text;
  if (key_ == "token") error.token = text;
  if (key_ == "line") error.line = static_cast<uint32_t>(ToUint(text));
  if (key_ == "column") error.column = static_cast<uint32_t>(ToUint(text));
}

ServerError& EnvelopeReader::Error() {
  if (!error_.has_value()) error_.emplace();
  return *error_;
}

// Which place a bracket opens here; kSkipped for what nobody reads.
EnvelopeReader::Place EnvelopeReader::PlaceInside(char bracket) const {
  const bool object = bracket == '{';
  switch (place()) {
    case Place::kTop:
      return object ? Place::kEnvelope : Place::kSkipped;
    case Place::kEnvelope:
      if (key_ == "results" && !object) return Place::kResults;
      return key_ == "error" && object ? Place::kError : Place::kSkipped;
    case Place::kResults:
      return object ? Place::kResult : Place::kSkipped;
    case Place::kResult:
      if (key_ == "schema" && !object) return Place::kSchema;
      return key_ == "rows" && !object ? Place::kRows : Place::kSkipped;
    case Place::kSchema:
      return object ? Place::kField : Place::kSkipped;
    case Place::kField:
      return key_ == "flags" && !object ? Place::kFlags : Place::kSkipped;
    case Place::kRows:
      return object ? Place::kSkipped : Place::kRow;
    default:
      return Place::kSkipped;
  }
}

Status EnvelopeReader::Begin(char bracket) {
  if (nested_.open()) return nested_.Begin(bracket), Status::Ok();
  Wanted wanted = Wanted::kNothing;
  if (place() == Place::kRow) wanted = Wanted::kCell;
  if (place() == Place::kField && key_ == "data_type") wanted = Wanted::kDataType;
  if (place() == Place::kError && key_ == "details") wanted = Wanted::kDetail;
  if (wanted != Wanted::kNothing) {
    wanted_ = wanted;
    return nested_.Begin(bracket), Status::Ok();
  }
  return Enter(bracket, PlaceInside(bracket));
}

Status EnvelopeReader::Enter(char bracket, Place next) {
  if (place() == Place::kTop && next == Place::kSkipped) {
    return InvalidArgument("the answer is not an object");
  }
  places_.push_back(next);
  switch (next) {
    case Place::kResult:
      summary_ = {};
      has_schema_ = false;
      break;
    case Place::kSchema:
      columns_.clear();
      summary_.has_rows = true;
      break;
    case Place::kField:
      columns_.emplace_back().index = static_cast<uint32_t>(columns_.size() - 1);
      break;
    case Place::kRows:
      if (!has_schema_) return InvalidArgument("rows before their schema");
      break;
    case Place::kRow:
      cell_count_ = 0;
      break;
    default:
      break;
  }
  return Status::Ok();
}

Status EnvelopeReader::End(char bracket) {
  if (!nested_.open()) {
    const Place left = place();
    places_.pop_back();
    return Leave(left);
  }
  nested_.End(bracket);
  if (!nested_.done()) return Status::Ok();
  if (wanted_ == Wanted::kCell) {
    Cell& cell = NextCell();
    cell.kind = CellKind::kJson;
    cell.text = nested_.text();
  } else if (wanted_ == Wanted::kDataType) {
    columns_.back().data_type = DataTypeText(nested_.text());
  } else if (Error().detail.empty()) {
    Error().detail = nested_.text();
  }
  nested_.Clear();
  return Status::Ok();
}

Status EnvelopeReader::Leave(Place left) {
  switch (left) {
    case Place::kSchema:
      has_schema_ = true;
      column_count_ = columns_.size();
      sink_failure_ = sink_.OnSchema(std::move(columns_));
      columns_.clear();
      return sink_failure_;
    case Place::kRow:
      return EndRow();
    case Place::kResult:
      sink_failure_ = sink_.OnResultEnd(summary_);
      return sink_failure_;
    default:
      return Status::Ok();
  }
}

// Cells are reused from row to row unless the sink moved them away.
Cell& EnvelopeReader::NextCell() {
  if (cell_count_ == row_.size()) row_.emplace_back();
  return row_[cell_count_++];
}

Status EnvelopeReader::EndRow() {
  if (cell_count_ != column_count_) return InvalidArgument("a row that does not fit its schema");
  row_.resize(cell_count_);
  sink_failure_ = sink_.OnRow(row_);
  return sink_failure_;
}

}  // namespace millrace::client
