// Reads the answer of POST /v1/api/sql while it arrives and hands rows to a sink:
//
//   {"status": "success" | "error", "took": ms,
//    "results": [{"schema": [{"name","data_type","index","flags"?}],
//                 "rows": [[cell, …], …], "row_count", "message"?, "as_user"?}, …],
//    "error"?: null | {"code","message","details"?,
//                      "sqlstate"?,"line"?,"column"?,"token"?,"hint"?,"detail"?}}
//
// Also reads the auth endpoints' errors, {"error": "code", "message": "…"}.
// Unknown members are skipped. At most one row is held.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/json_scanner.h"
#include "client/json_text.h"
#include "client/result.h"
#include "client/server_error.h"

namespace millrace::client {

class EnvelopeReader final : private JsonHandler {
 public:
  explicit EnvelopeReader(ResultSink& sink) : sink_(sink), scanner_(*this) {}

  // The sink's failure, or Unavailable when the bytes are not such an answer.
  Status Feed(std::string_view bytes);
  Status Finish();
  // Ok unless it was the sink that stopped the reading.
  const Status& sink_failure() const { return sink_failure_; }
  // Of the transaction that stays open for further requests; empty when none does.
  const std::string& transaction_id() const { return transaction_id_; }
  // What the server complained about; complete after Finish.
  const std::optional<ServerError>& error() const { return error_; }

 private:
  enum class Place : uint8_t {
    kTop,
    kEnvelope,
    kResults,
    kResult,
    kSchema,
    kField,
    kFlags,
    kRows,
    kRow,
    kError,
    kSkipped,
  };
  enum class Wanted : uint8_t { kNothing, kCell, kDataType, kDetail };

  Status OnNull() override;
  Status OnBool(bool value) override;
  Status OnNumber(std::string_view text) override;
  Status OnString(std::string_view text) override;
  Status OnKey(std::string_view text) override;
  Status OnBeginObject() override { return Begin('{'); }
  Status OnEndObject() override { return End('}'); }
  Status OnBeginArray() override { return Begin('['); }
  Status OnEndArray() override { return End(']'); }

  Place place() const { return places_.back(); }
  Status Scalar(CellKind kind, std::string_view text);
  void EnvelopeScalar(CellKind kind, std::string_view text);
  void ResultScalar(CellKind kind, std::string_view text);
  void FieldScalar(std::string_view text);
  void ErrorScalar(CellKind kind, std::string_view text);
  Status Begin(char bracket);
  Status Enter(char bracket, Place next);
  Place PlaceInside(char bracket) const;
  Status End(char bracket);
  Status Leave(Place left);
  Cell& NextCell();
  Status EndRow();
  ServerError& Error();
  Status Wrap(Status status);

  ResultSink& sink_;
  JsonScanner scanner_;
  std::vector<Place> places_ = {Place::kTop};
  std::string key_;
  std::string transaction_id_;
  JsonText nested_;
  Wanted wanted_ = Wanted::kNothing;
  std::vector<Column> columns_;
  size_t column_count_ = 0;
  bool has_schema_ = false;
  Row row_;
  size_t cell_count_ = 0;
  ResultSummary summary_;
  std::optional<ServerError> error_;
  Status sink_failure_;
};

// {"Decimal":{"precision":10,"scale":2}} becomes "Decimal(10,2)".
std::string DataTypeText(std::string_view json);

}  // namespace millrace::client
