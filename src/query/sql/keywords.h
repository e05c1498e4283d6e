// The keywords of the dialect and what each may be used for without quotes.
#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::sql {

enum class Keyword : uint16_t {
  kNone,  // not a keyword
#define MR_SQL_KEYWORD(name, spelling, word_class) name,
#include "query/sql/keyword_list.inc"
#undef MR_SQL_KEYWORD
};

// The classes of the PostgreSQL grammar. Any word may follow AS or a dot.
enum class KeywordClass : uint8_t {
  kUnreserved,        // any name
  kUnreservedQuoted,  // any name; printed in quotes because the analytical engine reserves it
  kColumnName,        // column or table, not a function
  kTypeOrFunction,    // function, not a column or table
  kReserved,          // no name at all
};

// Finds a keyword in any letter case; kNone when the word is none.
Keyword FindKeyword(std::string_view word);

// Lower-case spelling; empty for kNone.
std::string_view KeywordSpelling(Keyword keyword);

// kUnreserved for kNone.
KeywordClass ClassOf(Keyword keyword);

}  // namespace millrace::sql
