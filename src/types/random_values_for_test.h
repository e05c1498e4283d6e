// Random values of every type for property tests, rich in the edges: extremes,
// signed zeros, NaN, zero bytes and strings that begin with one another.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "types/decimal.h"
#include "types/value.h"

namespace millrace::testing {

inline const std::vector<SqlType>& AllTypes() {
  static const std::vector<SqlType> kTypes = {
      TypeId::kBoolean,
      TypeId::kSmallInt,
      TypeId::kInt,
      TypeId::kBigInt,
      TypeId::kFloat,
      TypeId::kDouble,
      SqlType::Decimal(10, 2),
      SqlType::Decimal(38, 10),
      SqlType::Decimal(38, 38),
      SqlType::Decimal(5, 0),
      TypeId::kText,
      TypeId::kBytes,
      TypeId::kJson,
      TypeId::kTimestamp,
      TypeId::kDateTime,
      TypeId::kDate,
      TypeId::kTime,
      TypeId::kUuid,
      SqlType::Embedding(3),
      TypeId::kFile,
      TypeId::kInterval,
  };
  return kTypes;
}

inline int64_t RandomInteger(Random& random, int64_t low, int64_t high) {
  switch (random.Below(6)) {
    case 0:
      return low;
    case 1:
      return high;
    case 2:
      return std::clamp<int64_t>(static_cast<int64_t>(random.Below(5)) - 2, low, high);
    default:
      break;
  }
  const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  const uint64_t offset = span == UINT64_MAX ? random.NextUint64() : random.Below(span + 1);
  return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
}

template <typename Float>
double RandomFloat(Random& random) {
  using Limits = std::numeric_limits<Float>;
  switch (random.Below(10)) {
    case 0:
      return 0.0;
    case 1:
      return -0.0;
    case 2:
      return std::numeric_limits<double>::quiet_NaN();
    case 3:
      return random.Below(2) == 0 ? Limits::infinity() : -Limits::infinity();
    case 4:
      return random.Below(2) == 0 ? Limits::max() : Limits::lowest();
    case 5:
      return random.Below(2) == 0 ? Limits::min() : Limits::denorm_min();
    case 6:
      return static_cast<double>(static_cast<int64_t>(random.Below(2001)) - 1000);
    case 7:
      return static_cast<double>(static_cast<Float>(static_cast<int64_t>(random.NextUint64())));
    default:
      break;
  }
  const auto unit = static_cast<Float>(static_cast<double>(random.Below(1'000'003)) / 1e6);
  return static_cast<double>(std::ldexp(unit, static_cast<int>(random.Below(80)) - 40));
}

// Short strings over a tiny alphabet: many are prefixes of each other.
inline std::string RandomString(Random& random, std::string_view alphabet) {
  std::string text;
  for (uint64_t left = random.Below(6); left > 0; --left) {
    text.push_back(alphabet[random.Below(alphabet.size())]);
  }
  return text;
}

inline Int128 RandomDecimal(Random& random, int precision) {
  const Int128 limit =
      decimal::PowerOfTen(static_cast<int>(random.Below(static_cast<uint64_t>(precision) + 1)));
  const auto raw = (static_cast<Uint128>(random.NextUint64()) << 64) | random.NextUint64();
  const auto magnitude = static_cast<Int128>(raw % static_cast<Uint128>(limit));
  return random.Below(2) == 0 ? magnitude : -magnitude;
}

// A value of any type that a table can hold, never null.
inline Value RandomValue(Random& random, const SqlType& type) {
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  constexpr int64_t kFirstDay = -719'162;  // 0001-01-01
  constexpr int64_t kLastDay = 2'932'896;  // 9999-12-31
  switch (type.id) {
    case TypeId::kNull:
      return Value::Null();
    case TypeId::kBoolean:
      return Value::Boolean(random.Below(2) == 1);
    case TypeId::kSmallInt:
      return Value::Integer(type, RandomInteger(random, INT16_MIN, INT16_MAX));
    case TypeId::kInt:
      return Value::Integer(type, RandomInteger(random, INT32_MIN, INT32_MAX));
    case TypeId::kBigInt:
      return Value::Integer(type, RandomInteger(random, INT64_MIN, INT64_MAX));
    case TypeId::kDate:
      return Value::Integer(type, RandomInteger(random, kFirstDay, kLastDay));
    case TypeId::kTimestamp:
    case TypeId::kDateTime:
      return Value::Integer(type, RandomInteger(random, kFirstDay * kMicrosPerDay,
                                                (kLastDay + 1) * kMicrosPerDay - 1));
    case TypeId::kTime:
      return Value::Integer(type, RandomInteger(random, 0, kMicrosPerDay));
    case TypeId::kFloat:
      return Value::Real(type, RandomFloat<float>(random));
    case TypeId::kDouble:
      return Value::Real(type, RandomFloat<double>(random));
    case TypeId::kDecimal:
      return Value::Wide(type, RandomDecimal(random, type.precision));
    case TypeId::kUuid:
      return Value::Wide(type,
                         static_cast<Int128>((static_cast<Uint128>(random.NextUint64()) << 64) |
                                             random.NextUint64()));
    case TypeId::kText:
      return Value::String(type, RandomString(random, "ab'\"\\\n\x01\x7f "));
    case TypeId::kBytes:
      return Value::String(type, RandomString(random, std::string_view("\0\x01\xff\xfe"
                                                                       "ab",
                                                                       6)));
    case TypeId::kJson:
    case TypeId::kFile:
      return Value::String(type, "{\"a\":\"" + RandomString(random, "ab ") + "\"}");
    case TypeId::kEmbedding: {
      std::string floats;
      for (int i = 0; i < type.dimensions; ++i) {
        const auto value = static_cast<float>(random.Below(1000)) / 7.0F - 50.0F;
        floats.append(reinterpret_cast<const char*>(&value), sizeof(value));
      }
      return Value::String(type, floats);
    }
    case TypeId::kInterval:
      return Value::OfInterval({static_cast<int32_t>(RandomInteger(random, -100'000, 100'000)),
                                static_cast<int32_t>(RandomInteger(random, -100'000, 100'000)),
                                RandomInteger(random, -100 * kMicrosPerDay, 100 * kMicrosPerDay)});
  }
  return Value::Null();
}

}  // namespace millrace::testing
