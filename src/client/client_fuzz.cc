// Feeds bytes to the answer reader whole and cut in two: both must say the same.
// What simdjson takes for JSON, the scanner must take too.
#include <simdjson.h>

#include <cstdlib>
#include <string>

#include "client/envelope_reader.h"
#include "client/json_object.h"

namespace {

using millrace::client::CollectingSink;
using millrace::client::EnvelopeReader;

std::string Digest(std::string_view first, std::string_view second) {
  CollectingSink sink;
  EnvelopeReader reader(sink);
  const bool ok = reader.Feed(first).ok() && reader.Feed(second).ok() && reader.Finish().ok();
  std::string digest = ok ? "ok " : "bad ";
  for (const auto& result : sink.Take()) {
    digest.append(result.summary.message).append(std::to_string(result.summary.row_count));
    for (const auto& column : result.columns) digest.append(column.name).append(column.data_type);
    for (const auto& row : result.rows) {
      for (const auto& cell : row) digest.append(cell.text).push_back(static_cast<char>(cell.kind));
    }
  }
  if (reader.error()) digest.append(reader.error()->code).append(reader.error()->message);
  return digest;
}

}  // namespace

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {
      R"({"status":"success","results":[{"schema":[{"name":"a","data_type":"Int","index":0}],)"
      R"("rows":[[1],[null]],"row_count":2}],"took":1})",
      R"({"results":[{"schema":[{"name":"a","data_type":{"Decimal":{"precision":1,"scale":2}},)"
      R"("flags":["pk"]}],"rows":[["x\u00e9"],[[1,{"k":2}]]]}]})",
      R"({"status":"error","results":[],)"
      R"("error":{"code":"X","message":"m","line":1,"details":{"a":1}}})",
  };
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t cut = size == 0 ? 0 : data[0] % size;
  if (Digest(text, {}) != Digest(text.substr(0, cut), text.substr(cut))) std::abort();
  simdjson::dom::parser parser(65536 * 2);
  const auto parsed = parser.parse(text.data(), text.size());
  const bool object = parsed.error() == simdjson::SUCCESS &&
                      parsed.value_unsafe().type() == simdjson::dom::element_type::OBJECT;
  const bool shallow = text.find("[[[[[[[[") == std::string_view::npos &&
                       text.find("{\"\":{\"\":{\"\":") == std::string_view::npos;
  if (object && shallow && !millrace::client::ParseJsonObject(text).ok()) std::abort();
  return 0;
}
