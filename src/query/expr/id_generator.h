// Ids made by the server: snowflake numbers, UUID version 7 and ULID. All three
// carry their time first, so they sort by creation.
//
//   snowflake   milliseconds since 2024-01-01 UTC (41 bits) | counter (12 bits)
//
// 53 bits: JavaScript reads every snowflake exactly, until the year 2093. The
// counter starts at 0 in each millisecond; when more than 4096 ids are asked for
// in one millisecond it carries into the time, which then runs ahead of the
// clock. A clock that steps back does not matter: the last id plus one is given
// until the clock has caught up. Ids are strictly rising within one generator.
// After a restart they rise too, unless the clock was set back meanwhile:
// StartAfter() with the highest id known removes that exception.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "types/sql_type.h"

namespace millrace::expr {

// Thread-safe.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;
  // Strictly rising, in (0, 2^53).
  virtual int64_t Snowflake() = 0;
  // RFC 9562 version 7 as the payload of UUID; strictly rising.
  virtual Int128 UuidV7() = 0;
  // 26 characters of Crockford base 32, monotonic within a millisecond.
  virtual std::string Ulid() = 0;
};

inline constexpr int64_t kSnowflakeEpochMillis = 1'704'067'200'000;  // 2024-01-01
inline constexpr int kSnowflakeCounterBits = 12;

// The generator used everywhere outside tests of other modules.
class ClockIdGenerator final : public IdGenerator {
 public:
  // Both must outlive the generator.
  ClockIdGenerator(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  // Every later snowflake is greater than `snowflake`.
  void StartAfter(int64_t snowflake);

  int64_t Snowflake() override;
  Int128 UuidV7() override;
  std::string Ulid() override;

 private:
  // A millisecond and random bits below it; the bits are counted up while the
  // millisecond stays the same, so that the pair only ever rises.
  struct Stamp {
    uint64_t millis = 0;
    Uint128 bits = 0;
  };
  Stamp NextStamp(Stamp* last, int bit_count);

  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;
  int64_t last_snowflake_ = 0;
  Stamp last_uuid_;
  Stamp last_ulid_;
};

// A random (version 4) UUID.
Int128 RandomUuid(Random& random);

}  // namespace millrace::expr
