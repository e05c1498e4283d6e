// Cells as people read them: timestamps, dates and times from their integers,
// bytes as \x….
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/result.h"

namespace millrace::cli {

// The text of a cell that is not null. A value that does not fit its column's
// type comes out as it is on the wire.
std::string ReadableText(const client::Cell& cell, std::string_view data_type);

// True for the types that are set flush right.
bool IsNumericType(std::string_view data_type);

// "2026-11-21 15:28:13.25", from microseconds since 1970; proleptic Gregorian.
std::string TimestampText(int64_t micros);
// "2026-11-21", from days since 1970.
std::string DateText(int64_t days);
// "15:28:13.25", from microseconds since midnight.
std::string TimeText(int64_t micros);

}  // namespace millrace::cli
