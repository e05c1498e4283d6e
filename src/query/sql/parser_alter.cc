// ALTER TABLE.
#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

bool Parser::ParseAlterTable(AlterTable& alter) {
  return AcceptTableKind(alter.kind) && AcceptIfExists(alter.if_exists) &&
         ParseTableName(alter.table) && ParseCommaList(alter.actions, &Parser::ParseAlterAction);
}

bool Parser::ParseAlterAction(AlterTableAction& action) {
  if (Accept(Keyword::kAdd)) return ParseAlterAdd(action);
  if (Accept(Keyword::kDrop)) return ParseAlterDrop(action);
  if (Accept(Keyword::kRename)) return ParseAlterRename(action);
  if (Accept(Keyword::kAlter)) return ParseAlterColumn(action.emplace<AlterColumn>());
  if (Accept(Keyword::kModify)) return ParseModifyColumn(action.emplace<ModifyColumn>());
  if (Accept(Keyword::kSet)) return ParseAlterSet(action.emplace<SetTableOptions>());
  if (Accept(Keyword::kCreate)) {
    return ParseCreateVectorIndex(action.emplace<CreateVectorIndex>());
  }
  return SyntaxError();
}

bool Parser::ParseAlterAdd(AlterTableAction& action) {
  if (AtTableConstraint()) {
    return ParseTableConstraint(action.emplace<AddConstraint>().constraint);
  }
  AddColumn& add = action.emplace<AddColumn>();
  Accept(Keyword::kColumn);
  return AcceptIfNotExists(add.if_not_exists) && ParseColumnDefinition(add.column);
}

bool Parser::ParseAlterDrop(AlterTableAction& action) {
  if (Accept(Keyword::kConstraint)) {
    DropConstraint& drop = action.emplace<DropConstraint>();
    return AcceptIfExists(drop.if_exists) && ParseIdentifier(drop.name) &&
           AcceptCascade(drop.cascade);
  }
  // DROP INDEX x drops an index, DROP index a column of that name.
  const bool index_follows = current_.keyword == Keyword::kIndex &&
                             (NextIs(TokenKind::kWord) || NextIs(TokenKind::kQuotedIdentifier)) &&
                             !NextIs(Keyword::kCascade) && !NextIs(Keyword::kRestrict);
  if (index_follows || (current_.keyword == Keyword::kVector && NextIs(Keyword::kIndex))) {
    Accept(Keyword::kVector);
    Accept(Keyword::kIndex);
    return ParseIdentifier(action.emplace<DropVectorIndex>().column);
  }
  DropColumn& drop = action.emplace<DropColumn>();
  Accept(Keyword::kColumn);
  return AcceptIfExists(drop.if_exists) && ParseIdentifier(drop.column) &&
         AcceptCascade(drop.cascade);
}

bool Parser::ParseAlterRename(AlterTableAction& action) {
  if (Accept(Keyword::kTo)) return ParseIdentifier(action.emplace<RenameTable>().new_name);
  RenameColumn& rename = action.emplace<RenameColumn>();
  Accept(Keyword::kColumn);
  return ParseIdentifier(rename.column) && Expect(Keyword::kTo) && ParseIdentifier(rename.new_name);
}

bool Parser::ParseModifyColumn(ModifyColumn& action) {
  Accept(Keyword::kColumn);
  if (!ParseIdentifier(action.column) || !ParseType(action.type)) return false;
  if (Accept(Keyword::kNull)) {
    action.nullability = Nullability::kNull;
  } else if (Accept(Keyword::kNot)) {
    action.nullability = Nullability::kNotNull;
    return Expect(Keyword::kNull);
  }
  return true;
}

bool Parser::ParseAlterColumn(AlterColumn& action) {
  Accept(Keyword::kColumn);
  if (!ParseIdentifier(action.column)) return false;
  if (Accept(Keyword::kDrop)) {
    if (Accept(Keyword::kDefault)) {
      action.kind = AlterColumnKind::kDropDefault;
      return true;
    }
    action.kind = AlterColumnKind::kDropNotNull;
    return Expect({Keyword::kNot, Keyword::kNull});
  }
  Expr expression;
  if (Accept(Keyword::kSet)) {
    if (Accept(Keyword::kDefault)) {
      action.kind = AlterColumnKind::kSetDefault;
      if (!ParseExpr(expression)) return false;
      action.default_value = std::move(expression);
      return true;
    }
    if (Accept(Keyword::kNot)) {
      action.kind = AlterColumnKind::kSetNotNull;
      return Expect(Keyword::kNull);
    }
    if (!Expect(Keyword::kData)) return false;
  }
  action.kind = AlterColumnKind::kSetType;
  if (!Expect(Keyword::kType) || !ParseType(action.type.emplace())) return false;
  if (!Accept(Keyword::kUsing)) return true;
  if (!ParseExpr(expression)) return false;
  action.using_expression = std::move(expression);
  return true;
}

bool Parser::ParseAlterSet(SetTableOptions& action) {
  if (current_.keyword == Keyword::kAccess && NextIs(Keyword::kLevel)) {
    Option& option = action.options.emplace_back();
    option.position = current_.position;
    option.name = "ACCESS_LEVEL";
    std::string level;
    if (!Expect({Keyword::kAccess, Keyword::kLevel})) return false;
    if (!(AtString() ? ParseString(level) : ParseAnyWord(level))) return false;
    option.value = Literal::String(ToUpper(level));
    return true;
  }
  Accept(Keyword::kTblproperties);
  return ParseOptionList(action.options);
}

bool Parser::ParseCreateVectorIndex(CreateVectorIndex& action) {
  Accept(Keyword::kVector);
  if (!Expect(Keyword::kIndex) || !ParseIdentifier(action.column)) return false;
  if (!Accept(Keyword::kUsing)) return true;
  if (!ParseAnyWord(action.metric)) return false;
  action.metric = ToUpper(action.metric);
  return true;
}

}  // namespace millrace::sql
