// Any text casts to every type or is refused; what it casts to prints and reads
// back as the same value, and its JSON cell is JSON.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "types/json_text.h"
#include "types/value.h"

namespace {

using millrace::SqlType;
using millrace::TypeId;
using millrace::Value;

constexpr SqlType kTypes[] = {TypeId::kBoolean,
                              TypeId::kSmallInt,
                              TypeId::kInt,
                              TypeId::kBigInt,
                              TypeId::kFloat,
                              TypeId::kDouble,
                              TypeId::kText,
                              TypeId::kBytes,
                              TypeId::kJson,
                              TypeId::kTimestamp,
                              TypeId::kDateTime,
                              TypeId::kDate,
                              TypeId::kTime,
                              TypeId::kUuid,
                              TypeId::kFile,
                              TypeId::kInterval,
                              SqlType::Decimal(38, 10),
                              SqlType::Decimal(5, 2),
                              SqlType::Embedding(2)};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Value text = Value::Text(std::string(reinterpret_cast<const char*>(data), size));
  for (const SqlType& type : kTypes) {
    const auto value = millrace::CastValue(text, type);
    if (!value.ok()) continue;
    const auto printed = millrace::CastValue(*value, TypeId::kText);
    MR_ASSERT(printed.ok(), "a value has no text");
    const auto again = millrace::CastValue(*printed, type);
    MR_ASSERT(again.ok() && *again == *value, "a value does not read back from its text");
    std::string json;
    millrace::AppendJsonCell(&json, *value);
    MR_ASSERT(millrace::ValidateJson(json).ok(), "a cell is not JSON");
  }
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {
      "true",
      "-123456789012",
      "12.50",
      "1.5e-10",
      "NaN",
      "-Infinity",
      "2026-01-02",
      "2026-01-02 03:04:05.123456+01:30",
      "20260102T030405Z",
      "23:59:60",
      "1 year 2 mons -3 days +04:05:06.789",
      "P1Y2M3W4DT5H6M7.5S",
      "1.5 months ago",
      "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
      "[0.1, -2e-3]",
      "\\x00ff7f",
      "a\\\\b\\001",
      "{\"a\": [1, -2.5e3, null, \"\\ud83d\\ude00\"]}",
  };
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
