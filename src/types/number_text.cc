#include "types/number_text.h"

#include <charconv>
#include <cmath>

namespace millrace {
namespace {

template <typename Float>
void AppendFloat(std::string* out, Float value, Float plain_max) {
  if (!std::isfinite(value)) {
    out->append(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    return;
  }
  const Float magnitude = std::fabs(value);
  const bool plain = magnitude == 0 || (magnitude >= Float(1e-4) && magnitude < plain_max);
  char buffer[48];
  const auto written =
      std::to_chars(buffer, buffer + sizeof(buffer), value,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  out->append(buffer, static_cast<size_t>(written.ptr - buffer));
}

}  // namespace

void AppendInteger(std::string* out, int64_t value) {
  char buffer[24];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out->append(buffer, static_cast<size_t>(written.ptr - buffer));
}

void AppendReal(std::string* out, double value) { AppendFloat(out, value, 1e15); }
void AppendReal(std::string* out, float value) { AppendFloat(out, value, 1e6F); }

}  // namespace millrace
