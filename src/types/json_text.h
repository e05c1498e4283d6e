// Writing JSON text and reading SQL values from it: the wire forms of every
// type (see the table in README.md). Writers append; they never fail.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "types/batch.h"
#include "types/value.h"

namespace millrace {

// A JSON string with quotes; control characters and invalid UTF-8 (as U+FFFD) escaped.
void AppendJsonString(std::string* out, std::string_view text);
// Shortest form that reads back the same; NaN and infinities as the strings
// "NaN", "Infinity", "-Infinity".
void AppendJsonDouble(std::string* out, double value);
void AppendJsonFloat(std::string* out, float value);

// One cell in its wire form, e.g. BIGINT as a decimal string.
void AppendJsonCell(std::string* out, const Column& column, size_t row);
void AppendJsonCell(std::string* out, const Value& value);
// "[cell,cell]" of one row.
void AppendJsonRow(std::string* out, const Batch& batch, size_t row);

// Errors: 22P02 with the byte offset when `text` is not one JSON value.
Status ValidateJson(std::string_view text);
bool IsValidUtf8(std::string_view text);

}  // namespace millrace
