#include "query/expr/value_set.h"

#include <cmath>
#include <limits>

#include "base/coding.h"

namespace millrace::expr {
namespace {

template <typename T>
T Canonical(T value) {
  if (std::isnan(value)) return std::numeric_limits<T>::quiet_NaN();
  return value == 0 ? T{0} : value;  // -0 equals 0
}

template <typename T>
std::string_view Bytes(std::string* buffer, T value) {
  buffer->assign(reinterpret_cast<const char*>(&value), sizeof(T));
  return *buffer;
}

}  // namespace

std::string_view ValueSet::KeyAt(const ColumnHandle& values, size_t row, std::string* buffer) {
  switch (values.column().physical()) {
    case PhysicalType::kBytes:
      return values.Get<std::string_view>(row);
    case PhysicalType::kBool:
      return Bytes(buffer, values.Get<uint8_t>(row));
    case PhysicalType::kInt16:
      return Bytes(buffer, values.Get<int16_t>(row));
    case PhysicalType::kInt32:
      return Bytes(buffer, values.Get<int32_t>(row));
    case PhysicalType::kInt64:
      return Bytes(buffer, values.Get<int64_t>(row));
    case PhysicalType::kInt128:
      return Bytes(buffer, values.Get<Int128>(row));
    case PhysicalType::kFloat32:
      return Bytes(buffer, Canonical(values.Get<float>(row)));
    case PhysicalType::kFloat64:
      return Bytes(buffer, Canonical(values.Get<double>(row)));
    case PhysicalType::kInterval: {
      const auto interval = values.Get<Interval>(row);
      constexpr int64_t kMicrosPerDay = 86'400'000'000;
      const Int128 days = Int128{interval.months} * 30 + interval.days;
      return Bytes(buffer, days * kMicrosPerDay + interval.micros);
    }
  }
  MR_ASSERT(false, "unknown physical type");
}

}  // namespace millrace::expr
