// Text of integers and binary floats, as SQL and JSON print them.
#pragma once

#include <cstdint>
#include <string>

namespace millrace {

void AppendInteger(std::string* out, int64_t value);

// The shortest decimal that reads back as the same number: "0.1", "1e+15",
// "NaN", "Infinity", "-Infinity". Plain digits where PostgreSQL prints them, from
// 1e-4 up to 1e15 (1e6 for float), else with an exponent.
void AppendReal(std::string* out, double value);
void AppendReal(std::string* out, float value);

}  // namespace millrace
