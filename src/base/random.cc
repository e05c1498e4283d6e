#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/assert.h"

namespace millrace {
namespace {

// One system call refills a thread's buffer for 32 ids.
struct EntropyBuffer {
  std::array<uint8_t, 512> bytes;
  size_t used = 512;
};

void FillFromSystem(std::span<uint8_t> bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = getrandom(bytes.data() + done, bytes.size() - done, 0);
    if (got > 0) done += static_cast<size_t>(got);
  }
}

}  // namespace

uint64_t Random::NextUint64() {
  uint64_t value = 0;
  Fill({reinterpret_cast<uint8_t*>(&value), sizeof(value)});
  return value;
}

uint64_t Random::Below(uint64_t bound) {
  MR_ASSERT(bound > 0, "an empty range has no element");
  return static_cast<uint64_t>((static_cast<unsigned __int128>(NextUint64()) * bound) >> 64);
}

void SystemRandom::Fill(std::span<uint8_t> bytes) {
  thread_local EntropyBuffer buffer;
  if (bytes.size() > 64) return FillFromSystem(bytes);
  if (buffer.used + bytes.size() > buffer.bytes.size()) {
    FillFromSystem(buffer.bytes);
    buffer.used = 0;
  }
  std::memcpy(bytes.data(), buffer.bytes.data() + buffer.used, bytes.size());
  std::memset(buffer.bytes.data() + buffer.used, 0, bytes.size());
  buffer.used += bytes.size();
}

SeededRandom::SeededRandom(uint64_t seed) {
  for (uint64_t& word : state_) {  // splitmix64
    seed += 0x9e3779b97f4a7c15ULL;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    word = z ^ (z >> 31);
  }
}

uint64_t SeededRandom::Step() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::Fill(std::span<uint8_t> bytes) {
  const std::lock_guard lock(mutex_);
  for (size_t done = 0; done < bytes.size(); done += 8) {
    const uint64_t word = Step();
    std::memcpy(bytes.data() + done, &word, std::min<size_t>(8, bytes.size() - done));
  }
}

}  // namespace millrace
