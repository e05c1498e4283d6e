// Reading a log entry of rows from any bytes never crashes, and never gives more
// operations than the bytes can hold. The first byte chooses whether the rest is the
// entry, or changes of a valid one.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "catalog/definitions_for_test.h"
#include "tables/mutation.h"

namespace millrace {
namespace {

std::string ValidEntry() {
  TableDefinition table = testing::MakeTable("t", TableKind::kUser, {{"id", TypeId::kInt, true}});
  MutationBatch batch(1234);
  batch.BeginTable(table, "ann");
  batch.Insert("k1", std::string(20, 'r'));
  batch.Delete("k2", 7);
  batch.BeginTable(table, "bob");
  batch.Update("k3", 8, std::string(14, 's'));
  batch.Replace("", std::string(30, 't'));
  batch.Truncate("bob");
  return batch.Finish();
}

size_t CountOps(std::string_view payload) {
  MutationReader reader(payload);
  MutationSection section;
  size_t ops = 0;
  while (reader.NextSection(&section)) {
    for (uint64_t i = 0; i < section.count; ++i) {
      MutationView op;
      if (!reader.NextOp(&op)) {
        MR_ASSERT(!reader.status().ok(), "an operation is missing and nobody says so");
        return ops;
      }
      ++ops;
    }
  }
  return ops;
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 1) != 0) {
    const std::string edits = std::exchange(payload, millrace::ValidEntry());
    for (size_t i = 0; i + 1 < edits.size(); i += 2) {
      payload[static_cast<uint8_t>(edits[i]) % payload.size()] = edits[i + 1];
    }
  }
  MR_ASSERT(millrace::CountOps(payload) <= payload.size(), "more operations than bytes");
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {"\x01", "\x01\x20\x05",
                                       "\x02\x01\x01walltimetablversf\x03zoe"};
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
