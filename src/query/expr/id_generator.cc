#include "query/expr/id_generator.h"

#include <algorithm>
#include <cstring>

namespace millrace::expr {
namespace {

constexpr int kUuidRandomBits = 74;  // 12 before the variant, 62 after it
constexpr int kUlidRandomBits = 80;
constexpr char kCrockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

Uint128 RandomBits(Random& random, int bit_count) {
  uint8_t bytes[16];
  random.Fill(bytes);
  Uint128 bits;
  std::memcpy(&bits, bytes, sizeof(bits));
  return bits & ((Uint128{1} << bit_count) - 1);
}

}  // namespace

void ClockIdGenerator::StartAfter(int64_t snowflake) {
  const std::lock_guard lock(mutex_);
  last_snowflake_ = std::max(last_snowflake_, snowflake);
}

int64_t ClockIdGenerator::Snowflake() {
  const int64_t millis = clock_.WallMicros() / 1000 - kSnowflakeEpochMillis;
  const std::lock_guard lock(mutex_);
  last_snowflake_ =
      std::max(last_snowflake_ + 1, std::max<int64_t>(millis, 0) << kSnowflakeCounterBits);
  return last_snowflake_;
}

ClockIdGenerator::Stamp ClockIdGenerator::NextStamp(Stamp* last, int bit_count) {
  const auto millis = static_cast<uint64_t>(std::max<int64_t>(clock_.WallMicros() / 1000, 0));
  const std::lock_guard lock(mutex_);
  if (millis > last->millis) {
    // The top bit starts clear so that counting up has room.
    *last = {millis, RandomBits(random_, bit_count - 1)};
  } else if (++last->bits >> bit_count != 0) {
    *last = {last->millis + 1, 0};
  }
  return *last;
}

Int128 ClockIdGenerator::UuidV7() {
  const Stamp stamp = NextStamp(&last_uuid_, kUuidRandomBits);
  const auto high_bits = static_cast<uint64_t>(stamp.bits >> 62) & 0xfff;
  const auto low_bits = static_cast<uint64_t>(stamp.bits) & ((uint64_t{1} << 62) - 1);
  const uint64_t high = (stamp.millis << 16) | 0x7000 | high_bits;
  const uint64_t low = (uint64_t{1} << 63) | low_bits;
  return static_cast<Int128>((Uint128{high} << 64) | low);
}

std::string ClockIdGenerator::Ulid() {
  const Stamp stamp = NextStamp(&last_ulid_, kUlidRandomBits);
  Uint128 bits = (Uint128{stamp.millis} << kUlidRandomBits) | stamp.bits;
  std::string text(26, '0');
  for (size_t i = text.size(); i-- > 0; bits >>= 5) {
    text[i] = kCrockford[static_cast<size_t>(bits & 31)];
  }
  return text;
}

Int128 RandomUuid(Random& random) {
  Uint128 bits = RandomBits(random, 127) | (Uint128{random.NextUint64()} << 127);
  bits &= ~(Uint128{0xf} << 76);
  bits |= Uint128{4} << 76;
  bits &= ~(Uint128{3} << 62);
  bits |= Uint128{2} << 62;
  return static_cast<Int128>(bits);
}

}  // namespace millrace::expr
