#include "types/value.h"

#include <cmath>

namespace millrace {

bool Value::operator==(const Value& other) const {
  if (type_ != other.type_) return false;
  const double* left = std::get_if<double>(&payload_);
  const double* right = std::get_if<double>(&other.payload_);
  if (left != nullptr && right != nullptr && std::isnan(*left)) return std::isnan(*right);
  return payload_ == other.payload_;
}

}  // namespace millrace
