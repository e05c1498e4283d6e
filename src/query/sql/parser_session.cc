// SHOW, DESCRIBE, SET, transactions, EXPLAIN, EXECUTE AS, KILL, SUBSCRIBE.
#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

// ---- SHOW and DESCRIBE ------------------------------------------------------

bool Parser::ParseShow(Show& show) {
  Advance();
  const auto take = [&](ShowKind kind) {
    show.kind = kind;
    Advance();
    return true;
  };
  switch (current_.keyword) {
    case Keyword::kNamespaces:
    case Keyword::kSchemas:
      return take(ShowKind::kNamespaces);
    case Keyword::kStorages:
      return take(ShowKind::kStorages);
    case Keyword::kExport:
      return take(ShowKind::kExport);
    case Keyword::kUsers:
      return take(ShowKind::kUsers);
    case Keyword::kTopics:
      return take(ShowKind::kTopics);
    case Keyword::kJobs:
      return take(ShowKind::kJobs);
    case Keyword::kAll:
      return take(ShowKind::kAll);
    case Keyword::kManifest:
      take(ShowKind::kManifest);
      Accept(Keyword::kCache);
      return true;
    case Keyword::kTables:
    case Keyword::kViews:
      take(current_.keyword == Keyword::kTables ? ShowKind::kTables : ShowKind::kViews);
      if (!Accept(Keyword::kIn) && !Accept(Keyword::kFrom)) return true;
      if (NextIs(TokenKind::kWord) || NextIs(TokenKind::kQuotedIdentifier)) {
        if (!Accept(Keyword::kNamespace)) Accept(Keyword::kSchema);
      }
      return ParseNamespaceName(show.name);
    case Keyword::kStats:
      take(ShowKind::kStats);
      return Expect({Keyword::kFor, Keyword::kTable}) && ParseTableName(show.table);
    case Keyword::kColumns:
      take(ShowKind::kColumns);
      if (!Accept(Keyword::kIn) && !Accept(Keyword::kFor) && !Expect(Keyword::kFrom)) return false;
      Accept(Keyword::kTable);
      return ParseTableName(show.table);
    case Keyword::kIndexes:
      take(ShowKind::kIndexes);
      if (!Accept(Keyword::kIn) && !Accept(Keyword::kFor) && !Accept(Keyword::kFrom) &&
          !Accept(Keyword::kOn)) {
        return true;
      }
      Accept(Keyword::kTable);
      return ParseTableName(show.table);
    case Keyword::kCreate:
      take(ShowKind::kCreateTable);
      return Expect(Keyword::kTable) && ParseTableName(show.table);
    default:
      break;
  }
  if (AtWord("grants") || AtWord("api")) return ParseShowOfUser(show);
  if (AtWord("backup") || AtWord("backups")) {
    take(ShowKind::kBackups);
    return Expect({Keyword::kFor, Keyword::kDatabase}) && ParseNamespaceName(show.name);
  }
  for (const Keyword word : {Keyword::kNamespaces, Keyword::kTables, Keyword::kStorages,
                             Keyword::kUsers, Keyword::kTopics, Keyword::kColumns}) {
    Missed(word);
  }
  show.kind = ShowKind::kVariable;
  return ParseVariableName(show.name);
}

// GRANTS [FOR [USER] user], API KEYS [FOR [USER] user]
bool Parser::ParseShowOfUser(Show& show) {
  show.kind = AtWord("api") ? ShowKind::kApiKeys : ShowKind::kGrants;
  Advance();
  if (show.kind == ShowKind::kApiKeys && !AcceptWord("keys")) return SyntaxError();
  if (!Accept(Keyword::kFor)) return true;
  Accept(Keyword::kUser);
  return ParseNameOrString(show.name);
}

bool Parser::ParseDescribe(Describe& describe) {
  Advance();
  describe.table_keyword = Accept(Keyword::kTable);
  if (!ParseTableName(describe.table)) return false;
  describe.history = describe.table_keyword && Accept(Keyword::kHistory);
  return true;
}

// ---- SET and RESET ----------------------------------------------------------

// name{.name}, TIME ZONE, TRANSACTION ISOLATION LEVEL
bool Parser::ParseVariableName(std::string& name) {
  if (Accept(Keyword::kTime, Keyword::kZone)) {
    name = "timezone";
    return true;
  }
  if (Accept(Keyword::kTransaction, Keyword::kIsolation)) {
    name = "transaction_isolation";
    return Expect(Keyword::kLevel);
  }
  if (!ParseIdentifier(name)) return false;
  while (Accept(TokenKind::kDot)) {
    std::string part;
    if (!ParseAnyWord(part)) return false;
    name.append(".").append(part);
  }
  return true;
}

bool Parser::ParseSet(Statement& statement) {
  Advance();
  const bool assigns = NextIs(TokenKind::kEqual) || NextIs(Keyword::kTo);
  if (!assigns) {
    if (current_.keyword == Keyword::kNamespace || current_.keyword == Keyword::kSchema) {
      return ParseInto(statement, &Parser::ParseUseNamespace);
    }
    if (current_.keyword == Keyword::kTransaction) {
      Transaction& transaction = statement.node.emplace<Transaction>();
      transaction.action = TransactionAction::kSetCharacteristics;
      Advance();
      return ParseTransactionModes(transaction);
    }
    if (current_.keyword == Keyword::kRole) return Unsupported(current_, "SET ROLE");
  }
  SetVariable set;
  set.local = !assigns && Accept(Keyword::kLocal);
  if (!set.local && !assigns) Accept(Keyword::kSession);
  if (current_.keyword == Keyword::kAuthorization) {
    return Unsupported(current_, "SET SESSION AUTHORIZATION", "Use EXECUTE AS USER.");
  }
  const bool time_zone = current_.keyword == Keyword::kTime && NextIs(Keyword::kZone);
  if (!ParseVariableName(set.name)) return false;
  if (!time_zone && !Accept(TokenKind::kEqual) && !Expect(Keyword::kTo)) return false;
  if (Accept(Keyword::kDefault)) {
    statement.node = ResetVariable{std::move(set.name)};
    return true;
  }
  if (!ParseCommaList(set.values, &Parser::ParseVariableValue)) return false;
  statement.node = std::move(set);
  return true;
}

bool Parser::ParseReset(ResetVariable& reset) {
  Advance();
  return Accept(Keyword::kAll) || ParseVariableName(reset.name);
}

// ---- Transactions -----------------------------------------------------------

bool Parser::ParseBegin(Transaction& transaction) {
  transaction.action = TransactionAction::kBegin;
  const bool start = current_.keyword == Keyword::kStart;
  Advance();
  if (start) {
    if (!Expect(Keyword::kTransaction)) return false;
  } else if (!Accept(Keyword::kTransaction)) {
    Accept(Keyword::kWork);
  }
  return ParseTransactionModes(transaction);
}

bool Parser::ParseTransactionModes(Transaction& transaction) {
  while (true) {
    if (Accept(Keyword::kIsolation)) {
      if (!Expect(Keyword::kLevel)) return false;
      if (Accept(Keyword::kSerializable)) {
        transaction.isolation = IsolationLevel::kSerializable;
      } else if (Accept(Keyword::kRepeatable)) {
        transaction.isolation = IsolationLevel::kRepeatableRead;
        if (!Expect(Keyword::kRead)) return false;
      } else if (!Expect(Keyword::kRead)) {
        return false;
      } else if (Accept(Keyword::kCommitted)) {
        transaction.isolation = IsolationLevel::kReadCommitted;
      } else {
        transaction.isolation = IsolationLevel::kReadUncommitted;
        if (!Expect(Keyword::kUncommitted)) return false;
      }
    } else if (Accept(Keyword::kRead)) {
      transaction.access = At(Keyword::kOnly) ? AccessMode::kReadOnly : AccessMode::kReadWrite;
      if (!Accept(Keyword::kOnly) && !Expect(Keyword::kWrite)) return false;
    } else if (At(Keyword::kNot) || At(Keyword::kDeferrable)) {
      Accept(Keyword::kNot);
      if (!Expect(Keyword::kDeferrable)) return false;
    } else {
      return previous_.kind != TokenKind::kComma || SyntaxError();
    }
    Accept(TokenKind::kComma);
  }
}

// [AND [NO] CHAIN]
bool Parser::ParseChain() {
  if (!Accept(Keyword::kAnd)) return true;
  if (At(Keyword::kChain)) return Unsupported(current_, "AND CHAIN");
  return Expect({Keyword::kNo, Keyword::kChain});
}

bool Parser::ParseCommit(Transaction& transaction) {
  transaction.action = TransactionAction::kCommit;
  Advance();
  if (!Accept(Keyword::kTransaction)) Accept(Keyword::kWork);
  return ParseChain();
}

bool Parser::ParseRollback(Transaction& transaction) {
  transaction.action = TransactionAction::kRollback;
  Advance();
  if (!Accept(Keyword::kTransaction)) Accept(Keyword::kWork);
  if (!Accept(Keyword::kTo)) return ParseChain();
  transaction.action = TransactionAction::kRollbackTo;
  AcceptSavepointWord();
  return ParseIdentifier(transaction.savepoint);
}

bool Parser::ParseSavepoint(Transaction& transaction) {
  transaction.action = TransactionAction::kSavepoint;
  Advance();
  return ParseIdentifier(transaction.savepoint);
}

bool Parser::ParseRelease(Transaction& transaction) {
  transaction.action = TransactionAction::kRelease;
  Advance();
  AcceptSavepointWord();
  return ParseIdentifier(transaction.savepoint);
}

// SAVEPOINT before a name; alone it is the name.
void Parser::AcceptSavepointWord() {
  if (NextIs(TokenKind::kWord) || NextIs(TokenKind::kQuotedIdentifier)) {
    Accept(Keyword::kSavepoint);
  }
}

// ---- EXPLAIN and EXECUTE AS -------------------------------------------------

bool Parser::ParseExplain(Explain& explain) {
  Advance();
  explain.analyze = Accept(Keyword::kAnalyze) || Accept(Keyword::kAnalyse);
  explain.verbose = Accept(Keyword::kVerbose);
  if (At(TokenKind::kLeftParen) && !AtQuery() && !ParseExplainOptions(explain)) return false;
  Statement statement;
  if (!ParseStatement(statement)) return false;
  explain.statement = std::move(statement);
  return true;
}

// (name [value], ..)
bool Parser::ParseExplainOptions(Explain& explain) {
  if (!Expect(TokenKind::kLeftParen)) return false;
  do {
    Option option;
    option.position = current_.position;
    if (!ParseAnyWord(option.name)) return false;
    option.name = ToUpper(option.name);
    option.value = Literal::Boolean(true);
    if (!At(TokenKind::kComma) && !At(TokenKind::kRightParen)) {
      Accept(TokenKind::kEqual);
      if (!ParseConstant(WordCase::kUpper, option.value)) return false;
    }
    const bool off = option.value == Literal::Boolean(false) || option.value.text == "OFF";
    if (option.name == "ANALYZE") {
      explain.analyze = !off;
    } else if (option.name == "VERBOSE") {
      explain.verbose = !off;
    } else {
      explain.options.push_back(std::move(option));
    }
  } while (Accept(TokenKind::kComma));
  return Expect(TokenKind::kRightParen);
}

bool Parser::ParseExecuteAs(ExecuteAs& execute) {
  Statement statement;
  if (!Expect({Keyword::kExecute, Keyword::kAs, Keyword::kUser}) ||
      !ParseNameOrString(execute.user) || !Expect(TokenKind::kLeftParen) ||
      !ParseStatement(statement)) {
    return false;
  }
  Accept(TokenKind::kSemicolon);
  if (!Expect(TokenKind::kRightParen)) return false;
  execute.statement = std::move(statement);
  return true;
}

// ---- KILL and SUBSCRIBE -----------------------------------------------------

bool Parser::ParseKill(Kill& kill) {
  Advance();
  if (Accept(Keyword::kJob)) {
    kill.kind = KillKind::kJob;
  } else if (Accept(Keyword::kLive)) {
    kill.kind = KillKind::kLiveQuery;
    if (!Expect(Keyword::kQuery)) return false;
  } else {
    kill.kind = KillKind::kQuery;
    if (!Expect(Keyword::kQuery)) return false;
  }
  return ParseString(kill.id);
}

bool Parser::ParseSubscribe(Subscribe& subscribe) {
  if (!Expect({Keyword::kSubscribe, Keyword::kTo})) return false;
  subscribe.query.position = current_.position;
  if (!(AtQuery() ? ParseQuery(subscribe.query) : ParseSubscribeSource(subscribe.query))) {
    return false;
  }
  return !Accept(Keyword::kOptions) || ParseOptionList(subscribe.options);
}

// table [WHERE condition]
bool Parser::ParseSubscribeSource(Query& query) {
  Select select;
  select.position = current_.position;
  select.items.push_back({Expr(Star{}, current_.position), {}});
  TableRef& table = select.from.emplace_back();
  TableName name;
  table.position = current_.position;
  if (!ParseTableName(name) || !ParseWhere(select.where)) return false;
  table.node = std::move(name);
  query.body = Box<Select>(std::move(select));
  return true;
}

}  // namespace millrace::sql
