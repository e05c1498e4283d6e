// SQL text for eyes other than its author's: logs, error details, terminals.
#pragma once

#include <string>
#include <string_view>

namespace millrace::sql {

// The text up to where a secret may begin, and "***" instead of the rest; all of it when
// there is none. Works on text that does not parse: a misspelled CREATE USER holds its
// password all the same, and nobody can tell where. So everything after CREATE USER,
// ALTER USER, SET PASSWORD or CREDENTIALS goes.
std::string HideSecrets(std::string_view sql);

}  // namespace millrace::sql
