#include "auth/authorize.h"

namespace millrace::auth {

bool CanRead(Role role, TableKind kind, AccessLevel access) {
  if (kind != TableKind::kShared) return role >= Role::kUser;
  switch (access) {
    case AccessLevel::kPublic:
      return true;
    case AccessLevel::kPrivate:
    case AccessLevel::kRestricted:
      return role >= Role::kService;
    case AccessLevel::kDba:
      return role >= Role::kDba;
  }
  return false;
}

bool CanWrite(Role role, TableKind kind, AccessLevel access) {
  if (kind != TableKind::kShared) return role >= Role::kUser;
  return role >= (access == AccessLevel::kDba ? Role::kDba : Role::kService);
}

Privileges FixedRights(Role role, TableKind kind, AccessLevel access) {
  const Privileges read = CanRead(role, kind, access) ? Privileges::kSelect : Privileges::kNone;
  const Privileges write = CanWrite(role, kind, access) ? Privileges::kWrite : Privileges::kNone;
  return read | write;
}

bool CanCreateTable(Role role, TableKind kind) {
  return role >= (kind == TableKind::kShared ? Role::kService : Role::kUser);
}

bool CanAlterTable(Role role, TableKind kind, AccessLevel access) {
  if (kind == TableKind::kShared && access == AccessLevel::kDba) return role >= Role::kDba;
  return CanCreateTable(role, kind);
}

bool CanDropTable(Role role) { return role >= Role::kDba; }

bool CanReadSystem(Role role) { return role >= Role::kDba; }

bool CanAdminister(Role role) { return role >= Role::kDba; }

bool CanManageUser(Role actor, Role target) { return CanAdminister(actor) && actor >= target; }

bool MayImpersonate(Role actor, Role target) {
  switch (actor) {
    case Role::kSystem:
      return true;
    case Role::kDba:
      return target == Role::kService || target == Role::kUser;
    case Role::kService:
      return target == Role::kUser;
    case Role::kUser:
    case Role::kAnonymous:
      return false;
  }
  return false;
}

}  // namespace millrace::auth
