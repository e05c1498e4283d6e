// Any text that ValidateJson accepts can be walked without reading outside it,
// and its compact form is valid JSON with the same values.
#include "query/expr/json_slice.h"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "types/json_text.h"

namespace {

using millrace::expr::JsonKind;
using millrace::expr::JsonSlice;

void Check(bool holds) {
  if (!holds) std::abort();
}

void Walk(const JsonSlice& slice) {
  std::string text;
  slice.AppendText(&text);
  if (slice.kind() == JsonKind::kString) Check(millrace::IsValidUtf8(text));
  if (slice.kind() == JsonKind::kNumber) (void)slice.Number();
  size_t count = 0;
  for (JsonSlice::Iterator it(slice); it.Next(); ++count) {
    if (slice.kind() == JsonKind::kObject) {
      std::string key;
      it.key().AppendString(&key);
      Check(slice.Member(key).has_value());
    } else {
      Check(slice.Element(static_cast<int64_t>(count))->text() == it.value().text());
    }
    Walk(it.value());
  }
  Check(count == slice.size());
  Check(!slice.Element(static_cast<int64_t>(count)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  if (size > 400 || !millrace::ValidateJson(document).ok()) return 0;
  const JsonSlice root = JsonSlice::Root(document);
  Walk(root);
  std::string compact;
  root.AppendCompact(&compact);
  Check(millrace::ValidateJson(compact).ok());
  const JsonSlice again = JsonSlice::Root(compact);
  std::string twice;
  again.AppendCompact(&twice);
  Check(twice == compact);
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t i) {
  static const char* const kSeeds[] = {
      R"({"a": [1, 2.5e3, "x\"\\", null, {"b": true}], "c\u00e4": "\ud83d\ude00"})",
      R"( [ [], {}, "", [[]], -0, 1E+2 ] )",
      R"("\ud83d")",
      R"({"a":1,"a":2})",
      "true",
      "12345678901234567890123456789"};
  return i < std::size(kSeeds) ? kSeeds[i] : nullptr;
}
