// Storages, topics, users, the cluster, backup and export.
#include "query/sql/printer_state.h"

namespace millrace::sql {

// ---- Storages ---------------------------------------------------------------

void Printer::PrintStorageOptions(const std::vector<Option>& options, std::string_view before) {
  for (const Option& option : options) {
    Add(before).Add(option.name).Add(" ");
    if (option.name == "CREDENTIALS") {
      AddSecret(option.value.text);
    } else {
      AddString(option.value.text);
    }
  }
}

void Printer::PrintStatement(const CreateStorage& create) {
  Add("CREATE STORAGE ").AddIf(create.if_not_exists, "IF NOT EXISTS ").AddString(create.id);
  Add(" TYPE ").AddString(create.type);
  PrintStorageOptions(create.options, " ");
}

void Printer::PrintStatement(const AlterStorage& alter) {
  Add("ALTER STORAGE ").AddString(alter.id);
  PrintStorageOptions(alter.options, " SET ");
}

void Printer::PrintStatement(const DropStorage& drop) {
  Add("DROP STORAGE ").AddIf(drop.if_exists, "IF EXISTS ").AddString(drop.id);
}

void Printer::PrintStatement(const CheckStorage& check) {
  Add("STORAGE CHECK ").AddString(check.id).AddIf(check.extended, " EXTENDED");
}

void Printer::PrintStatement(const MaintainStorage& maintain) {
  Add(maintain.kind == MaintenanceKind::kFlush ? "STORAGE FLUSH " : "STORAGE COMPACT ");
  if (maintain.table.has_value()) {
    Add("TABLE ");
    return Print(*maintain.table);
  }
  Add("ALL");
  if (!maintain.namespace_name.empty()) Add(" IN NAMESPACE ").AddName(maintain.namespace_name);
}

// ---- Topics -----------------------------------------------------------------

void Printer::PrintStatement(const CreateTopic& create) {
  Add("CREATE TOPIC ").AddIf(create.if_not_exists, "IF NOT EXISTS ");
  Print(create.topic);
  if (create.partitions.has_value()) Add(" PARTITIONS ").AddNumber(*create.partitions);
  WithOptions(create.options);
}

void Printer::PrintStatement(const DropTopic& drop) {
  Add("DROP TOPIC ").AddIf(drop.if_exists, "IF EXISTS ");
  Print(drop.topic);
}

void Printer::PrintStatement(const ClearTopic& clear) {
  Add("CLEAR TOPIC ");
  Print(clear.topic);
}

void Printer::PrintStatement(const AddTopicSource& add) {
  static constexpr std::string_view kOperations[] = {"INSERT", "UPDATE", "DELETE"};
  Add("ALTER TOPIC ");
  Print(add.topic);
  Add(" ADD SOURCE ");
  Print(add.table);
  Add(" ON ").Add(kOperations[static_cast<size_t>(add.operation)]);
  PrintWhere(add.where);
  WithOptions(add.options);
}

void Printer::PrintStatement(const Consume& consume) {
  Add("CONSUME FROM ");
  Print(consume.topic);
  if (consume.group.has_value()) Add(" GROUP ").AddString(*consume.group);
  switch (consume.start) {
    case ConsumeStart::kUnspecified:
      break;
    case ConsumeStart::kEarliest:
      Add(" FROM EARLIEST");
      break;
    case ConsumeStart::kLatest:
      Add(" FROM LATEST");
      break;
    case ConsumeStart::kOffset:
      Add(" FROM ").AddNumber(consume.offset);
      break;
  }
  if (consume.limit.has_value()) Add(" LIMIT ").AddNumber(*consume.limit);
}

void Printer::PrintStatement(const Acknowledge& acknowledge) {
  Add("ACK ");
  Print(acknowledge.topic);
  Add(" GROUP ").AddString(acknowledge.group);
  if (acknowledge.partition.has_value()) Add(" PARTITION ").AddNumber(*acknowledge.partition);
  Add(" UPTO OFFSET ").AddNumber(acknowledge.offset);
}

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
  }
}

void Printer::PrintStatement(const DropUser& drop) {
  Add("DROP USER ").AddIf(drop.if_exists, "IF EXISTS ").AddString(drop.name);
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
  List(grant.grantees, [&](const std::string& grantee) { AddString(grantee); });
  AddIf(!grant.revoke && grant.with_grant_option, " WITH GRANT OPTION");
}

// ---- Cluster, backup, export ------------------------------------------------

void Printer::PrintStatement(const ClusterCommand& command) {
  static constexpr std::string_view kActions[] = {
      "LIST",     "STATUS", "SNAPSHOT", "PURGE", "TRIGGER ELECTION", "TRANSFER LEADER",
      "STEPDOWN", "CLEAR"};
  Add("CLUSTER ").Add(kActions[static_cast<size_t>(command.action)]);
  if (command.argument.has_value()) Add(" ").AddNumber(*command.argument);
}

void Printer::PrintStatement(const BackupDatabase& backup) {
  Add("BACKUP DATABASE ").AddIf(backup.if_exists, "IF EXISTS ");
  if (!backup.database.empty()) AddName(backup.database).Add(" ");
  Add("TO ").AddString(backup.path);
}

void Printer::PrintStatement(const RestoreDatabase& restore) {
  Add("RESTORE DATABASE ").AddIf(restore.if_not_exists, "IF NOT EXISTS ");
  if (!restore.database.empty()) AddName(restore.database).Add(" ");
  Add("FROM ").AddString(restore.path);
}

void Printer::PrintStatement(const ExportUserData&) { Add("EXPORT USER DATA"); }

}  // namespace millrace::sql
