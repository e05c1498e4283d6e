// Namespaces, views, indexes, privileges.
#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

// ---- Namespaces -------------------------------------------------------------

bool Parser::ParseCreateNamespace(CreateNamespace& create) {
  Advance();
  return AcceptIfNotExists(create.if_not_exists) && ParseNamespaceName(create.name);
}

bool Parser::ParseAlterNamespace(AlterNamespace& alter) {
  Advance();
  return ParseNamespaceName(alter.name) && Expect({Keyword::kSet, Keyword::kDescription}) &&
         ParseString(alter.description);
}

bool Parser::ParseDropNamespace(DropNamespace& drop) {
  Advance();
  return AcceptIfExists(drop.if_exists) && ParseNamespaceName(drop.name) &&
         AcceptCascade(drop.cascade);
}

// At USE, or at the NAMESPACE of SET NAMESPACE.
bool Parser::ParseUseNamespace(UseNamespace& use) {
  Accept(Keyword::kUse);
  const bool keyword =
      current_.keyword == Keyword::kNamespace || current_.keyword == Keyword::kSchema;
  if (keyword && (NextIs(TokenKind::kWord) || NextIs(TokenKind::kQuotedIdentifier) ||
                  NextIs(TokenKind::kString))) {
    Advance();
  }
  return AtString() ? ParseString(use.name) : ParseNamespaceName(use.name);
}

// ---- Views ------------------------------------------------------------------

bool Parser::ParseCreateView(CreateView& create) {
  if (Accept(Keyword::kOr)) {
    create.or_replace = true;
    if (!Expect(Keyword::kReplace)) return false;
  }
  create.materialized = Accept(Keyword::kMaterialized);
  if (!Expect(Keyword::kView) || !AcceptIfNotExists(create.if_not_exists) ||
      !ParseTableName(create.view)) {
    return false;
  }
  if (At(TokenKind::kLeftParen) && !ParseIdentifierList(create.columns)) return false;
  if (Accept(Keyword::kWith) && !ParseOptionList(create.options)) return false;
  if (!Expect(Keyword::kAs)) return false;
  if (!AtQuery()) return SyntaxError();
  return ParseQuery(create.query);
}

bool Parser::ParseAlterView(AlterView& alter) {
  Advance();
  return AcceptIfExists(alter.if_exists) && ParseTableName(alter.view) &&
         Expect({Keyword::kRename, Keyword::kTo}) && ParseIdentifier(alter.new_name);
}

bool Parser::ParseDropView(DropView& drop) {
  drop.materialized = Accept(Keyword::kMaterialized);
  return Expect(Keyword::kView) && AcceptIfExists(drop.if_exists) && ParseTableName(drop.view) &&
         AcceptCascade(drop.cascade);
}

bool Parser::ParseRefreshView(RefreshView& refresh) {
  return Expect({Keyword::kRefresh, Keyword::kMaterialized, Keyword::kView}) &&
         ParseTableName(refresh.view);
}

// ---- Indexes ----------------------------------------------------------------

bool Parser::ParseCreateIndex(CreateIndex& create) {
  create.unique = Accept(Keyword::kUnique);
  if (!Expect(Keyword::kIndex)) return false;
  if (At(Keyword::kConcurrently)) return Unsupported(current_, "CONCURRENTLY");
  if (!AcceptIfNotExists(create.if_not_exists)) return false;
  if (!At(Keyword::kOn) && !ParseIdentifier(create.name)) return false;
  if (!Expect(Keyword::kOn) || !ParseTableName(create.table)) return false;
  if (Accept(Keyword::kUsing) && !ParseIdentifier(create.method)) return false;
  if (!Expect(TokenKind::kLeftParen) ||
      !ParseCommaList(create.elements, &Parser::ParseIndexElement) ||
      !Expect(TokenKind::kRightParen)) {
    return false;
  }
  if (Accept(Keyword::kWith) && !ParseOptionList(create.options)) return false;
  return ParseWhere(create.where);
}

bool Parser::ParseIndexElement(OrderItem& element) {
  return ParseExpr(element.expression) && ParseOrderSuffix(element);
}

bool Parser::ParseDropIndex(DropIndex& drop) {
  Advance();
  return AcceptIfExists(drop.if_exists) && ParseTableName(drop.index) &&
         AcceptCascade(drop.cascade);
}

// ---- Privileges -------------------------------------------------------------

bool Parser::ParseGrant(Grant& grant) {
  grant.revoke = current_.keyword == Keyword::kRevoke;
  Advance();
  if (grant.revoke && current_.keyword == Keyword::kGrant) {
    grant.with_grant_option = true;
    if (!Expect({Keyword::kGrant, Keyword::kOption, Keyword::kFor})) return false;
  }
  if (!ParseCommaList(grant.privileges, &Parser::ParsePrivilege)) return false;
  if (Accept(Keyword::kOn)) {
    for (std::string& privilege : grant.privileges) privilege = ToUpper(privilege);
    if (!ParseGrantObjects(grant)) return false;
  } else {
    grant.object = GrantObject::kRole;
  }
  if (!Expect(grant.revoke ? Keyword::kFrom : Keyword::kTo)) return false;
  if (!ParseCommaList(grant.grantees, &Parser::ParseGrantee)) return false;
  if (grant.revoke) {
    bool ignored = false;  // nothing depends on a grant
    return AcceptCascade(ignored);
  }
  if (!Accept(Keyword::kWith)) return true;
  grant.with_grant_option = true;
  return Expect({Keyword::kGrant, Keyword::kOption});
}

bool Parser::ParsePrivilege(std::string& privilege) {
  const bool all = current_.keyword == Keyword::kAll;
  if (!ParseAnyWord(privilege)) return false;
  if (all) Accept(Keyword::kPrivileges);
  if (At(TokenKind::kLeftParen)) return Unsupported(current_, "a privilege on columns");
  return true;
}

// [USER|ROLE] name
bool Parser::ParseGrantee(Grantee& grantee) {
  if (Accept(Keyword::kUser)) {
    grantee.word = GranteeWord::kUser;
  } else if (current_.keyword == Keyword::kRole &&
             (NextIs(TokenKind::kWord) || NextIs(TokenKind::kQuotedIdentifier) ||
              NextIs(TokenKind::kString))) {
    grantee.word = GranteeWord::kRole;
    Advance();
    // USER is a reserved word, and the name of a role.
    if (current_.keyword == Keyword::kUser) return ParseAnyWord(grantee.name);
  }
  return ParseNameOrString(grantee.name);
}

bool Parser::ParseGrantObjects(Grant& grant) {
  const bool name_follows = NextIs(TokenKind::kWord) || NextIs(TokenKind::kQuotedIdentifier);
  if (Accept(Keyword::kAll)) {
    grant.object = GrantObject::kAllTablesInNamespace;
    if (!Expect({Keyword::kTables, Keyword::kIn})) return false;
    if (!Accept(Keyword::kNamespace) && !Expect(Keyword::kSchema)) return false;
  } else if (name_follows && (Accept(Keyword::kNamespace) || Accept(Keyword::kSchema))) {
    grant.object = GrantObject::kNamespace;
  } else if (name_follows && Accept(Keyword::kTopic)) {
    grant.object = GrantObject::kTopic;
  } else {
    Accept(Keyword::kTable);
  }
  return ParseCommaList(grant.objects, &Parser::ParseTableName);
}

}  // namespace millrace::sql
