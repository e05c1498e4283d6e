// Storages, topics, the cluster, backup and export.
#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

// ---- Storages ---------------------------------------------------------------

bool Parser::ParseCreateStorage(CreateStorage& create) {
  Advance();
  if (!AcceptIfNotExists(create.if_not_exists) || !ParseStorageId(create.id) ||
      !Expect(Keyword::kType)) {
    return false;
  }
  if (!(AtString() ? ParseString(create.type) : ParseAnyWord(create.type))) return false;
  create.type = ToLower(create.type);
  for (bool found = true; found;) {
    if (!ParseStorageOption(create.options, found)) return false;
  }
  return true;
}

bool Parser::ParseStorageOption(std::vector<Option>& options, bool& found) {
  static constexpr Keyword kNames[] = {
      Keyword::kName,
      Keyword::kDescription,
      Keyword::kPath,
      Keyword::kBucket,
      Keyword::kRegion,
      Keyword::kCredentials,
      Keyword::kBaseDirectory,
      Keyword::kSharedTablesTemplate,
      Keyword::kUserTablesTemplate,
      Keyword::kConfig,
  };
  for (const Keyword name : kNames) {
    if (!At(name)) continue;
    Option& option = options.emplace_back();
    option.position = current_.position;
    option.name = ToUpper(KeywordSpelling(name));
    option.value.kind = LiteralKind::kString;
    Advance();
    return ParseString(option.value.text);
  }
  found = false;
  return true;
}

bool Parser::ParseAlterStorage(AlterStorage& alter) {
  Advance();
  if (!ParseStorageId(alter.id)) return false;
  if (!At(Keyword::kSet)) return SyntaxError();
  while (Accept(Keyword::kSet)) {
    bool found = true;
    if (!ParseStorageOption(alter.options, found)) return false;
    if (!found) return SyntaxError();
  }
  return true;
}

bool Parser::ParseDropStorage(DropStorage& drop) {
  Advance();
  return AcceptIfExists(drop.if_exists) && ParseStorageId(drop.id);
}

bool Parser::ParseStorageCommand(Statement& statement) {
  Advance();
  if (Accept(Keyword::kCheck)) {
    CheckStorage& check = statement.node.emplace<CheckStorage>();
    if (!ParseStorageId(check.id)) return false;
    check.extended = Accept(Keyword::kExtended);
    return true;
  }
  return ParseInto(statement, &Parser::ParseMaintainStorage);
}

bool Parser::ParseMaintainStorage(MaintainStorage& maintain) {
  maintain.kind = At(Keyword::kCompact) ? MaintenanceKind::kCompact : MaintenanceKind::kFlush;
  if (!Accept(Keyword::kCompact) && !Expect(Keyword::kFlush)) return false;
  if (Accept(Keyword::kTable)) return ParseTableName(maintain.table.emplace());
  if (!Expect(Keyword::kAll)) return false;
  if (!Accept(Keyword::kIn)) return true;
  if (NextIs(TokenKind::kWord) || NextIs(TokenKind::kQuotedIdentifier)) {
    Accept(Keyword::kNamespace);
  }
  return ParseNamespaceName(maintain.namespace_name);
}

// ---- Topics -----------------------------------------------------------------

bool Parser::ParseCreateTopic(CreateTopic& create) {
  Advance();
  if (!AcceptIfNotExists(create.if_not_exists) || !ParseTableName(create.topic)) return false;
  if (Accept(Keyword::kPartitions) && !ParseUnsigned(create.partitions.emplace())) return false;
  return !Accept(Keyword::kWith) || ParseOptionList(create.options);
}

bool Parser::ParseDropTopic(DropTopic& drop) {
  Advance();
  return AcceptIfExists(drop.if_exists) && ParseTableName(drop.topic);
}

bool Parser::ParseClearTopic(ClearTopic& clear) {
  return Expect({Keyword::kClear, Keyword::kTopic}) && ParseTableName(clear.topic);
}

bool Parser::ParseAddTopicSource(AddTopicSource& add) {
  Advance();
  if (!ParseTableName(add.topic) || !Expect({Keyword::kAdd, Keyword::kSource}) ||
      !ParseTableName(add.table) || !Expect(Keyword::kOn)) {
    return false;
  }
  if (Accept(Keyword::kInsert)) {
    add.operation = TopicOperation::kInsert;
  } else if (Accept(Keyword::kUpdate)) {
    add.operation = TopicOperation::kUpdate;
  } else {
    add.operation = TopicOperation::kDelete;
    if (!Expect(Keyword::kDelete)) return false;
  }
  if (!ParseWhere(add.where)) return false;
  return !Accept(Keyword::kWith) || ParseOptionList(add.options);
}

bool Parser::ParseConsume(Consume& consume) {
  Advance();
  Accept(Keyword::kFrom);
  if (!ParseTableName(consume.topic)) return false;
  if (Accept(Keyword::kGroup) && !ParseString(consume.group.emplace())) return false;
  if (Accept(Keyword::kFrom) && !ParseConsumeStart(consume)) return false;
  return !Accept(Keyword::kLimit) || ParseUnsigned(consume.limit.emplace());
}

bool Parser::ParseConsumeStart(Consume& consume) {
  if (Accept(Keyword::kLatest)) {
    consume.start = ConsumeStart::kLatest;
    return true;
  }
  if (Accept(Keyword::kEarliest)) {
    consume.start = ConsumeStart::kEarliest;
    return true;
  }
  consume.start = ConsumeStart::kOffset;
  Accept(Keyword::kOffset);
  return ParseUnsigned(consume.offset);
}

bool Parser::ParseAcknowledge(Acknowledge& acknowledge) {
  Advance();
  if (!ParseTableName(acknowledge.topic) || !Expect(Keyword::kGroup) ||
      !ParseString(acknowledge.group)) {
    return false;
  }
  if (Accept(Keyword::kPartition) && !ParseUnsigned(acknowledge.partition.emplace())) return false;
  return Expect({Keyword::kUpto, Keyword::kOffset}) && ParseUnsigned(acknowledge.offset);
}

// ---- Cluster, backup, export ------------------------------------------------

bool Parser::ParseCluster(ClusterCommand& command) {
  Advance();
  const auto take = [&](ClusterAction action) {
    command.action = action;
    return true;
  };
  if (Accept(Keyword::kList) || Accept(Keyword::kLs)) return take(ClusterAction::kList);
  if (Accept(Keyword::kStatus)) return take(ClusterAction::kStatus);
  if (Accept(Keyword::kSnapshot)) return take(ClusterAction::kSnapshot);
  if (Accept(Keyword::kClear)) return take(ClusterAction::kClear);
  if (Accept(Keyword::kStepdown)) return take(ClusterAction::kStepDown);
  if (At(Keyword::kPurge)) return ParseClusterPurge(command);
  if (Accept(Keyword::kStep)) {
    Accept(TokenKind::kMinus);
    return take(ClusterAction::kStepDown) && Expect(Keyword::kDown);
  }
  if (Accept(Keyword::kTrigger)) {
    Accept(TokenKind::kMinus);
    return take(ClusterAction::kTriggerElection) && Expect(Keyword::kElection);
  }
  if (!Expect(Keyword::kTransfer)) return false;
  Accept(TokenKind::kMinus);
  return take(ClusterAction::kTransferLeader) && Expect(Keyword::kLeader) &&
         ParseUnsigned(command.argument.emplace());
}

// PURGE [--UPTO] n, where -- begins no comment.
bool Parser::ParseClusterPurge(ClusterCommand& command) {
  command.action = ClusterAction::kPurge;
  const std::string_view rest = lexer_.source().substr(current_.end());
  const size_t dashes = rest.find_first_not_of(" \t");
  if (dashes != std::string_view::npos && !next_.has_value() &&
      EqualIgnoringCase(rest.substr(dashes, 6), "--upto")) {
    lexer_.ResumeAfter(current_, dashes + 2);
  }
  Advance();
  Accept(Keyword::kUpto);
  return ParseUnsigned(command.argument.emplace());
}

bool Parser::ParseBackup(BackupDatabase& backup) {
  if (!Expect({Keyword::kBackup, Keyword::kDatabase}) || !AcceptIfExists(backup.if_exists)) {
    return false;
  }
  if (!At(Keyword::kTo) && !ParseNamespaceName(backup.database)) return false;
  return Expect(Keyword::kTo) && ParseString(backup.path);
}

bool Parser::ParseRestore(RestoreDatabase& restore) {
  if (!Expect({Keyword::kRestore, Keyword::kDatabase}) ||
      !AcceptIfNotExists(restore.if_not_exists)) {
    return false;
  }
  if (!At(Keyword::kFrom) && !ParseNamespaceName(restore.database)) return false;
  return Expect(Keyword::kFrom) && ParseString(restore.path);
}

bool Parser::ParseExport(ExportUserData&) {
  return Expect({Keyword::kExport, Keyword::kUser, Keyword::kData});
}

}  // namespace millrace::sql
