// Values from text, as PostgreSQL's input functions read them.
#pragma once

#include <string_view>

#include "base/status.h"
#include "types/value.h"

namespace millrace {

// The value of `type` that `text` stands for. Surrounding blanks are allowed for
// numbers, booleans and everything temporal.
// Errors: 22P02 bad text, 22003 out of range, 22007 and 22008 bad or impossible
// date or time, 22021 NUL bytes or invalid UTF-8.
Result<Value> ParseValue(std::string_view text, const SqlType& type);

// Refuses what TEXT cannot hold: NUL bytes and invalid UTF-8. Errors: 22021.
Status CheckText(std::string_view text);

// 22003 in one wording: `value 70000 is out of range for type SMALLINT`.
Status ValueOutOfRange(std::string_view value, const SqlType& type);

// True for the integers of the type's own width.
bool IsInRange(Int128 value, TypeId integer_type);

}  // namespace millrace
