// Reading a feed record from any bytes never crashes.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "feed/cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto commit = millrace::DecodeFeedRecord(millrace::Lsn(9), bytes);
  if (commit.ok()) MR_ASSERT(commit->changes.size() <= size, "more changes than bytes");
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {
      "\x01wallmicrfirstseq\x03"
      "ann\x02\x01\x01k\x03new\x01\x03\x01k\x01\x03old",
      "\x02wallmicrfirstseq\x03"
      "ann\x01\x04\x01k\x01\x01"};
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
