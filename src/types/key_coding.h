// Order-preserving key coding: the byte order of coded keys is the SQL order of
// the values, and no coded value is a prefix of another, so the coding of a
// tuple is the concatenation of its parts and a prefix of a tuple is a byte
// prefix.
//
//   type                           bytes
//   Boolean                        00 | 01
//   SmallInt Int BigInt, temporal  big-endian, sign bit flipped (2, 4 or 8 bytes)
//   Decimal, Uuid                  16 bytes big-endian; Decimal with sign bit flipped
//   Float Double                   IEEE bits; negative: all flipped, else sign bit flipped;
//                                  -0 is coded as 0, every NaN as one NaN above +inf
//   Text Json Bytes File           each 00 as 00 ff, then the end mark 00 01
//
// Key columns are never null. Embedding cannot be a key.
#pragma once

#include <string>
#include <string_view>

#include "base/coding.h"
#include "base/status.h"
#include "types/batch.h"
#include "types/value.h"

namespace millrace {

bool CanBeKey(TypeId id);

// Appends the coding of one value of a key-able type, not null.
void AppendKeyPart(std::string* key, const Value& value);
void AppendKeyPart(std::string* key, const Column& column, size_t row);
// The coding of a text, used for user ids too.
void AppendKeyText(std::string* key, std::string_view text);

// Reads one part back. Errors: kDataLoss when the bytes are not a coding.
Result<Value> ReadKeyPart(ByteReader* reader, const SqlType& type);
Result<std::string> ReadKeyText(ByteReader* reader);

// The smallest key above every key with this prefix; empty when there is none.
std::string PrefixSuccessor(std::string_view prefix);

}  // namespace millrace
