#include "query/sql/secrets.h"

#include <algorithm>
#include <array>

#include "query/sql/lexer.h"
#include "query/sql/token_text.h"

namespace millrace::sql {
namespace {

constexpr size_t kWordBytesMax = 16;  // of those that matter here

// In lower case; empty for what is no bare word.
std::string WordOf(const Lexer& lexer, const Token& token) {
  if (token.kind != TokenKind::kWord || token.length > kWordBytesMax) return {};
  return ToLower(lexer.TextOf(token));
}

bool SecretFollows(const std::string& before, const std::string& word, const std::string& next) {
  if (word == "credentials" || word == "identified") return true;
  if (word == "password") return before == "set";
  if (word != "user" && word != "role") return false;
  constexpr std::array<std::string_view, 3> kVerbs = {"create", "alter", "replace"};
  return next != "table" && std::ranges::find(kVerbs, before) != kVerbs.end();
}

}  // namespace

std::string HideSecrets(std::string_view sql) {
  Lexer lexer(sql);
  std::string before;
  Token token = lexer.Next();
  std::string word = WordOf(lexer, token);
  while (token.kind != TokenKind::kEnd) {
    const Token next = lexer.Next();
    std::string next_word = WordOf(lexer, next);
    if (next.kind != TokenKind::kEnd && SecretFollows(before, word, next_word)) {
      return std::string(sql.substr(0, token.end())).append(" ***");
    }
    before = std::move(word);
    word = std::move(next_word);
    token = next;
  }
  return std::string(sql);
}

}  // namespace millrace::sql
