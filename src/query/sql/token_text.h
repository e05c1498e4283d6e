// What a token's text means: identifiers folded, strings unescaped, numbers read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "query/sql/ast_expression.h"
#include "query/sql/token.h"

namespace millrace::sql {

// ASCII letters only.
std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);
bool EqualIgnoringCase(std::string_view a, std::string_view b);

// The name a kWord or kQuotedIdentifier token stands for: in lower case, quotes
// removed. `raw` is the token's text.
std::string IdentifierText(std::string_view raw, const Token& token);

// The value of a string or bytes token. Nothing when an escape is malformed.
std::optional<std::string> StringValue(std::string_view raw, const Token& token);

// The literal of a number token; `negative` when a minus sign belongs to it.
Literal NumberLiteral(std::string_view raw, const Token& token, bool negative);

}  // namespace millrace::sql
