// Randomness, injected. Secrets (tokens, salts) come from SystemRandom; tests
// pass a SeededRandom and get the same bytes every time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

namespace millrace {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<uint8_t> bytes) = 0;
  uint64_t NextUint64();
  // Uniform in [0, bound); bound > 0.
  uint64_t Below(uint64_t bound);
};

// The operating system's generator (getrandom), buffered. Does not block after boot.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> bytes) override;
};

// xoshiro256** from a seed: deterministic, not for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed);
  void Fill(std::span<uint8_t> bytes) override;

 private:
  uint64_t Step();
  std::mutex mutex_;
  uint64_t state_[4];
};

}  // namespace millrace
