// Users and the keys of services and tokens.
#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

// ---- Users ------------------------------------------------------------------

bool Parser::ParseCreateUser(CreateUser& create) {
  Advance();
  if (!AcceptIfNotExists(create.if_not_exists) || !ParseNameOrString(create.name) ||
      !Expect(Keyword::kWith)) {
    return false;
  }
  if (Accept(Keyword::kPassword)) {
    if (!ParseString(create.secret.emplace())) return false;
  } else if (Accept(Keyword::kOauth)) {
    create.auth = AuthKind::kOAuth;
    if (AtString() && !ParseString(create.secret.emplace())) return false;
  } else {
    create.auth = AuthKind::kInternal;
    if (!Expect(Keyword::kInternal)) return false;
  }
  if (Accept(Keyword::kRole)) {
    if (!(AtString() ? ParseString(create.role) : ParseAnyWord(create.role))) return false;
    create.role = ToLower(create.role);
  }
  return !Accept(Keyword::kEmail) || ParseString(create.email.emplace());
}

bool Parser::ParseAlterUser(AlterUser& alter) {
  Advance();
  if (!ParseNameOrString(alter.name)) return false;
  if (AcceptWord("unlock")) {
    alter.kind = AlterUserKind::kUnlock;
    return true;
  }
  if (Accept(Keyword::kRevoke)) {
    alter.kind = AlterUserKind::kRevokeSessions;
    return AcceptWord("sessions") || SyntaxError();
  }
  if (!Expect(Keyword::kSet)) return false;
  if (Accept(Keyword::kPassword)) {
    alter.kind = AlterUserKind::kPassword;
    return ParseString(alter.value);
  }
  if (Accept(Keyword::kEmail)) {
    alter.kind = AlterUserKind::kEmail;
    return ParseString(alter.value);
  }
  alter.kind = AlterUserKind::kRole;
  if (!Expect(Keyword::kRole)) return false;
  if (!(AtString() ? ParseString(alter.value) : ParseAnyWord(alter.value))) return false;
  alter.value = ToLower(alter.value);
  return true;
}

bool Parser::ParseDropUser(DropUser& drop) {
  Advance();
  return AcceptIfExists(drop.if_exists) && ParseNameOrString(drop.name);
}

// ---- Keys -------------------------------------------------------------------

// SYSTEM ROTATE KEY [REVOKE OLD]
bool Parser::ParseRotateTokenKey(RotateTokenKey& rotate) {
  Advance();
  if (!AcceptWord("rotate")) return SyntaxError();
  if (!Expect(Keyword::kKey)) return false;
  if (!Accept(Keyword::kRevoke)) return true;
  rotate.revoke_old = true;
  return AcceptWord("old") || SyntaxError();
}

// API KEY name FOR USER user [EXPIRES [IN] 'when']
bool Parser::ParseCreateApiKey(CreateApiKey& create) {
  Advance();
  if (!Expect(Keyword::kKey) || !ParseNameOrString(create.name) ||
      !Expect({Keyword::kFor, Keyword::kUser}) || !ParseNameOrString(create.user)) {
    return false;
  }
  if (!AcceptWord("expires")) return true;
  create.expires_in = Accept(Keyword::kIn);
  return ParseString(create.expires.emplace());
}

// API KEY [IF EXISTS] 'id'
bool Parser::ParseDropApiKey(DropApiKey& drop) {
  Advance();
  return Expect(Keyword::kKey) && AcceptIfExists(drop.if_exists) && ParseString(drop.id);
}

}  // namespace millrace::sql
