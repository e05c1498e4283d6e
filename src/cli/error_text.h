// Errors as the shell prints them, in the manner of psql:
//
//   ERROR:  syntax error at or near "FORM" (SQLSTATE 42601)
//   LINE 2: FORM t
//           ^
//   DETAIL:  …
//   HINT:  …
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::cli {

enum class Coloring : uint8_t { kPlain, kColored };

// `sql` is the text that the position is about. Ends with a newline.
std::string ErrorText(const Status& status, std::string_view sql, Coloring coloring);

// kExitConnectionError when the server was not reached or refused us, else kExitSqlError.
int ExitCodeFor(const Status& status);

}  // namespace millrace::cli
