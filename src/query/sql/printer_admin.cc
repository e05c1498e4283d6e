// Storages, topics, the cluster, backup and export.
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
