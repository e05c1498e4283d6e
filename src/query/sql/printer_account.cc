// Users, privileges and keys.
#include "query/sql/printer_state.h"

namespace millrace::sql {

// ---- Users and privileges ---------------------------------------------------

void Printer::PrintStatement(const CreateUser& create) {
  Add("CREATE USER ").AddIf(create.if_not_exists, "IF NOT EXISTS ").AddString(create.name);
  switch (create.auth) {
    case AuthKind::kPassword:
      Add(" WITH PASSWORD ").AddSecret(create.secret.value_or(""));
      break;
    case AuthKind::kOAuth:
      Add(" WITH OAUTH");
      if (create.secret.has_value()) Add(" ").AddSecret(*create.secret);
      break;
    case AuthKind::kInternal:
      Add(" WITH INTERNAL");
      break;
  }
  if (!create.role.empty()) {
    Add(" ROLE ");
    PrintWord(create.role);
  }
  if (create.email.has_value()) Add(" EMAIL ").AddString(*create.email);
}

void Printer::PrintStatement(const AlterUser& alter) {
  Add("ALTER USER ").AddString(alter.name);
  switch (alter.kind) {
    case AlterUserKind::kPassword:
      Add(" SET PASSWORD ").AddSecret(alter.value);
      return;
    case AlterUserKind::kEmail:
      Add(" SET EMAIL ").AddString(alter.value);
      return;
    case AlterUserKind::kRole:
      Add(" SET ROLE ").AddString(alter.value);
      return;
    case AlterUserKind::kUnlock:
      Add(" UNLOCK");
      return;
    case AlterUserKind::kRevokeSessions:
      Add(" REVOKE SESSIONS");
      return;
  }
}

void Printer::PrintStatement(const DropUser& drop) {
  Add("DROP USER ").AddIf(drop.if_exists, "IF EXISTS ").AddString(drop.name);
}

void Printer::PrintStatement(const RotateTokenKey& rotate) {
  Add("ALTER SYSTEM ROTATE KEY").AddIf(rotate.revoke_old, " REVOKE OLD");
}

void Printer::PrintStatement(const CreateApiKey& create) {
  Add("CREATE API KEY ").AddString(create.name).Add(" FOR USER ").AddString(create.user);
  if (!create.expires.has_value()) return;
  Add(" EXPIRES ").AddIf(create.expires_in, "IN ").AddString(*create.expires);
}

void Printer::PrintStatement(const DropApiKey& drop) {
  Add("DROP API KEY ").AddIf(drop.if_exists, "IF EXISTS ").AddString(drop.id);
}

void Printer::PrintStatement(const Grant& grant) {
  static constexpr std::string_view kObjects[] = {"TABLE ", "NAMESPACE ",
                                                  "ALL TABLES IN NAMESPACE ", "TOPIC ", ""};
  Add(grant.revoke ? "REVOKE " : "GRANT ");
  AddIf(grant.revoke && grant.with_grant_option, "GRANT OPTION FOR ");
  List(grant.privileges, [&](const std::string& privilege) { PrintWord(privilege); });
  if (grant.object != GrantObject::kRole) {
    Add(" ON ").Add(kObjects[static_cast<size_t>(grant.object)]);
    List(grant.objects, [&](const TableName& object) { Print(object); });
  }
  Add(grant.revoke ? " FROM " : " TO ");
  List(grant.grantees, [&](const Grantee& grantee) {
    static constexpr std::string_view kWords[] = {"", "USER ", "ROLE "};
    Add(kWords[static_cast<size_t>(grantee.word)]).AddString(grantee.name);
  });
  AddIf(!grant.revoke && grant.with_grant_option, " WITH GRANT OPTION");
}

}  // namespace millrace::sql
