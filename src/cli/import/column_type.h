// The types of imported columns: inferred from values for a new table, read from
// the server's description for one that is there, and used to write literals.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "client/result.h"

namespace millrace::cli {

enum class ColumnType : uint8_t {
  kUnseen,  // no value yet
  kBoolean,
  kBigInt,
  kDouble,
  kText,
  kAny,  // an existing column of another type
};

// "BIGINT"; a column without values becomes TEXT.
std::string_view SqlTypeName(ColumnType type);

// The type named by DESCRIBE TABLE: "BIGINT", "BigInt", "VARCHAR(20)"…
ColumnType TypeFromName(std::string_view name);

// Is a string that looks like a number one? In CSV yes, in JSON no.
enum class Strings : uint8_t { kUntyped, kText };

// The narrowest type that holds what `type` held and this cell.
ColumnType Widen(ColumnType type, const client::Cell& cell, Strings strings);

// True for an integer that fits 64 bits and would be printed the same again:
// not "007", "+1" or " 1", which are codes and not numbers.
bool IsBigInt(std::string_view text);
// A decimal or integer, as JSON writes it, that a DOUBLE holds.
bool IsDouble(std::string_view text);

// Appends the cell as an SQL literal for a column of this type. What does not
// look like the type goes as a quoted string: the server casts it or refuses it.
// InvalidArgument only for text that cannot be sent at all.
Status AppendLiteral(std::string& out, const client::Cell& cell, ColumnType type);

// 'text', with quotes doubled. InvalidArgument for text that is not UTF-8 or holds a zero byte.
Status AppendQuoted(std::string& out, std::string_view text);

// "name", with quotes doubled.
void AppendIdentifier(std::string& out, std::string_view name);

}  // namespace millrace::cli
