// Who may do what: the fixed rules, as pure functions of roles; grants.h adds to them. A row of a
// user or stream table belongs to one user and is reached by that user only; the role decides
// whether the table may be used at all.
#pragma once

#include "catalog/account_definitions.h"
#include "catalog/definitions.h"

namespace millrace::auth {

// `access` counts for shared tables only.
bool CanRead(Role role, TableKind kind, AccessLevel access);
bool CanWrite(Role role, TableKind kind, AccessLevel access);

// The rights on its rows that a table gives to a role by itself, without any grant.
Privileges FixedRights(Role role, TableKind kind, AccessLevel access);

bool CanCreateTable(Role role, TableKind kind);
// Also gives and takes an access level, so a table for dba only is theirs to alter: or a
// service would open it to itself.
bool CanAlterTable(Role role, TableKind kind, AccessLevel access);
bool CanDropTable(Role role);

// Reading the schema `system`.
bool CanReadSystem(Role role);
// Namespaces, storages, users, backups, jobs, EXPLAIN, SET; the admin console.
bool CanAdminister(Role role);
// Creating, altering or dropping a user of role `target`, and giving somebody that
// role: nobody makes or takes over a user more powerful than himself.
bool CanManageUser(Role actor, Role target);

// EXECUTE AS USER; inside, the effective role is kUser.
bool MayImpersonate(Role actor, Role target);

}  // namespace millrace::auth
