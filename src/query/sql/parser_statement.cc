// Which statement begins here.
#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {
namespace {

// Words a statement can begin with, for guessing at a misspelled one.
constexpr Keyword kFirstWords[] = {
    Keyword::kSelect,  Keyword::kInsert,   Keyword::kUpdate,    Keyword::kDelete,
    Keyword::kCreate,  Keyword::kAlter,    Keyword::kDrop,      Keyword::kTruncate,
    Keyword::kShow,    Keyword::kDescribe, Keyword::kExplain,   Keyword::kBegin,
    Keyword::kCommit,  Keyword::kRollback, Keyword::kSavepoint, Keyword::kRelease,
    Keyword::kSet,     Keyword::kReset,    Keyword::kUse,       Keyword::kExecute,
    Keyword::kStorage, Keyword::kKill,     Keyword::kSubscribe, Keyword::kConsume,
    Keyword::kAck,     Keyword::kClear,    Keyword::kCluster,   Keyword::kBackup,
    Keyword::kRestore, Keyword::kExport,   Keyword::kGrant,     Keyword::kRevoke,
    Keyword::kValues,  Keyword::kWith,     Keyword::kRefresh,   Keyword::kStart,
    Keyword::kTable,
};

// Statements of other systems, known so that the error can say so.
constexpr Keyword kForeignWords[] = {
    Keyword::kAttach,  Keyword::kCall,    Keyword::kCheckpoint, Keyword::kClose,
    Keyword::kComment, Keyword::kCopy,    Keyword::kDeallocate, Keyword::kDeclare,
    Keyword::kDetach,  Keyword::kDiscard, Keyword::kDo,         Keyword::kFetch,
    Keyword::kListen,  Keyword::kLoad,    Keyword::kLock,       Keyword::kMerge,
    Keyword::kMove,    Keyword::kNotify,  Keyword::kPivot,      Keyword::kPragma,
    Keyword::kPrepare, Keyword::kReindex, Keyword::kSummarize,  Keyword::kUnpivot,
    Keyword::kVacuum,  Keyword::kAnalyze,
};

}  // namespace

bool Parser::ParseStatement(Statement& statement) {
  const Level level(*this);
  const Chain chain(*this);
  if (!WithinLimits()) return false;
  const SourcePosition position = current_.position;
  if (!ParseStatementNode(statement)) return false;
  statement.position = position;
  statement.length = previous_.end() - position.offset;
  return true;
}

bool Parser::ParseStatementNode(Statement& statement) {
  switch (current_.keyword) {
    case Keyword::kSelect:
    case Keyword::kValues:
    case Keyword::kTable:
      return ParseInto(statement, &Parser::ParseQuery);
    case Keyword::kWith:
      return ParseWithStatement(statement);
    case Keyword::kInsert:
      return ParseInto(statement, &Parser::ParseInsert);
    case Keyword::kUpdate:
      return ParseInto(statement, &Parser::ParseUpdate);
    case Keyword::kDelete:
      return ParseInto(statement, &Parser::ParseDelete);
    case Keyword::kCreate:
      return ParseCreate(statement);
    case Keyword::kAlter:
      return ParseAlter(statement);
    case Keyword::kDrop:
      return ParseDrop(statement);
    case Keyword::kTruncate:
      return ParseInto(statement, &Parser::ParseTruncate);
    case Keyword::kUse:
      return ParseInto(statement, &Parser::ParseUseNamespace);
    case Keyword::kGrant:
    case Keyword::kRevoke:
      return ParseInto(statement, &Parser::ParseGrant);
    case Keyword::kRefresh:
      return ParseInto(statement, &Parser::ParseRefreshView);
    case Keyword::kShow:
      return ParseInto(statement, &Parser::ParseShow);
    case Keyword::kDescribe:
    case Keyword::kDesc:
      return ParseInto(statement, &Parser::ParseDescribe);
    case Keyword::kExplain:
      return ParseInto(statement, &Parser::ParseExplain);
    case Keyword::kSet:
      return ParseSet(statement);
    case Keyword::kReset:
      return ParseInto(statement, &Parser::ParseReset);
    default:
      break;
  }
  if (current_.kind == TokenKind::kLeftParen) return ParseInto(statement, &Parser::ParseQuery);
  return ParseOtherStatement(statement);
}

bool Parser::ParseOtherStatement(Statement& statement) {
  switch (current_.keyword) {
    case Keyword::kBegin:
    case Keyword::kStart:
      return ParseInto(statement, &Parser::ParseBegin);
    case Keyword::kCommit:
    case Keyword::kEnd:
      return ParseInto(statement, &Parser::ParseCommit);
    case Keyword::kRollback:
    case Keyword::kAbort:
      return ParseInto(statement, &Parser::ParseRollback);
    case Keyword::kSavepoint:
      return ParseInto(statement, &Parser::ParseSavepoint);
    case Keyword::kRelease:
      return ParseInto(statement, &Parser::ParseRelease);
    case Keyword::kExecute:
      if (!NextIs(Keyword::kAs)) return Unsupported(current_, "EXECUTE of a prepared statement");
      return ParseInto(statement, &Parser::ParseExecuteAs);
    case Keyword::kKill:
      return ParseInto(statement, &Parser::ParseKill);
    case Keyword::kSubscribe:
      return ParseInto(statement, &Parser::ParseSubscribe);
    case Keyword::kStorage:
      return ParseStorageCommand(statement);
    case Keyword::kClear:
      return ParseInto(statement, &Parser::ParseClearTopic);
    case Keyword::kConsume:
      return ParseInto(statement, &Parser::ParseConsume);
    case Keyword::kAck:
      return ParseInto(statement, &Parser::ParseAcknowledge);
    case Keyword::kCluster:
      return ParseInto(statement, &Parser::ParseCluster);
    case Keyword::kBackup:
      return ParseInto(statement, &Parser::ParseBackup);
    case Keyword::kRestore:
      return ParseInto(statement, &Parser::ParseRestore);
    case Keyword::kExport:
      return ParseInto(statement, &Parser::ParseExport);
    default:
      return UnknownStatement();
  }
}

bool Parser::UnknownStatement() {
  for (const Keyword word : kForeignWords) {
    if (current_.keyword == word) return Unsupported(current_, ToUpper(KeywordSpelling(word)));
  }
  for (const Keyword word : kFirstWords) Missed(word);
  return SyntaxError();
}

// WITH .. before SELECT, INSERT, UPDATE or DELETE: which one shows only after it.
bool Parser::ParseWithStatement(Statement& statement) {
  const SourcePosition position = current_.position;
  With with;
  if (!ParseWith(with)) return false;
  const auto attach = [&](auto& node) {
    node.with = std::move(with);
    return true;
  };
  switch (current_.keyword) {
    case Keyword::kInsert:
      return ParseInto(statement, &Parser::ParseInsert) && attach(*statement.If<Insert>());
    case Keyword::kUpdate:
      return ParseInto(statement, &Parser::ParseUpdate) && attach(*statement.If<Update>());
    case Keyword::kDelete:
      return ParseInto(statement, &Parser::ParseDelete) && attach(*statement.If<Delete>());
    default:
      break;
  }
  const Token body = current_;
  Query& query = statement.node.emplace<Query>();
  if (!ParseQueryOperand(query) || !ContinueQuery(query)) return false;
  if (query.with) return Fail(body, "multiple WITH clauses not allowed");
  query.position = position;
  return attach(query);
}

// ---- CREATE, ALTER, DROP ----------------------------------------------------

bool Parser::ParseCreate(Statement& statement) {
  Advance();
  if (AtWord("api")) return ParseInto(statement, &Parser::ParseCreateApiKey);
  switch (current_.keyword) {
    case Keyword::kUser:
      // TABLE is reserved, so no user has that name without quotes.
      if (NextIs(Keyword::kTable)) {
        return ParseInto(statement, &Parser::ParseCreateTable);
      }
      return ParseInto(statement, &Parser::ParseCreateUser);
    case Keyword::kTable:
    case Keyword::kShared:
    case Keyword::kStream:
      return ParseInto(statement, &Parser::ParseCreateTable);
    case Keyword::kTemp:
    case Keyword::kTemporary:
      return Unsupported(current_, "a temporary table", "Use a STREAM table with TTL_SECONDS.");
    case Keyword::kNamespace:
    case Keyword::kSchema:
      return ParseInto(statement, &Parser::ParseCreateNamespace);
    case Keyword::kView:
    case Keyword::kMaterialized:
    case Keyword::kOr:
      return ParseInto(statement, &Parser::ParseCreateView);
    case Keyword::kIndex:
    case Keyword::kUnique:
      return ParseInto(statement, &Parser::ParseCreateIndex);
    case Keyword::kStorage:
      return ParseInto(statement, &Parser::ParseCreateStorage);
    case Keyword::kTopic:
      return ParseInto(statement, &Parser::ParseCreateTopic);
    case Keyword::kDatabase:
      return Unsupported(current_, "CREATE DATABASE", "Use CREATE NAMESPACE.");
    case Keyword::kFunction:
    case Keyword::kTrigger:
    case Keyword::kRole:
      return Unsupported(current_, "CREATE " + ToUpper(CurrentText()));
    default:
      for (const Keyword word :
           {Keyword::kTable, Keyword::kUser, Keyword::kShared, Keyword::kStream,
            Keyword::kNamespace, Keyword::kView, Keyword::kIndex, Keyword::kStorage,
            Keyword::kTopic, Keyword::kUnique, Keyword::kMaterialized}) {
        Missed(word);
      }
      return SyntaxError();
  }
}

bool Parser::ParseAlter(Statement& statement) {
  Advance();
  if (AtWord("system")) return ParseInto(statement, &Parser::ParseRotateTokenKey);
  switch (current_.keyword) {
    case Keyword::kUser:
      if (NextIs(Keyword::kTable)) {
        return ParseInto(statement, &Parser::ParseAlterTable);
      }
      return ParseInto(statement, &Parser::ParseAlterUser);
    case Keyword::kTable:
    case Keyword::kShared:
    case Keyword::kStream:
      return ParseInto(statement, &Parser::ParseAlterTable);
    case Keyword::kNamespace:
    case Keyword::kSchema:
      return ParseInto(statement, &Parser::ParseAlterNamespace);
    case Keyword::kStorage:
      return ParseInto(statement, &Parser::ParseAlterStorage);
    case Keyword::kTopic:
      return ParseInto(statement, &Parser::ParseAddTopicSource);
    case Keyword::kView:
      return ParseInto(statement, &Parser::ParseAlterView);
    case Keyword::kIndex:
    case Keyword::kDatabase:
    case Keyword::kRole:
      return Unsupported(current_, "ALTER " + ToUpper(CurrentText()));
    default:
      for (const Keyword word :
           {Keyword::kTable, Keyword::kUser, Keyword::kShared, Keyword::kStream,
            Keyword::kNamespace, Keyword::kStorage, Keyword::kTopic, Keyword::kView}) {
        Missed(word);
      }
      return SyntaxError();
  }
}

bool Parser::ParseDrop(Statement& statement) {
  Advance();
  if (AtWord("api")) return ParseInto(statement, &Parser::ParseDropApiKey);
  switch (current_.keyword) {
    case Keyword::kUser:
      if (NextIs(Keyword::kTable)) {
        return ParseInto(statement, &Parser::ParseDropTable);
      }
      return ParseInto(statement, &Parser::ParseDropUser);
    case Keyword::kTable:
    case Keyword::kShared:
    case Keyword::kStream:
      return ParseInto(statement, &Parser::ParseDropTable);
    case Keyword::kNamespace:
    case Keyword::kSchema:
      return ParseInto(statement, &Parser::ParseDropNamespace);
    case Keyword::kView:
    case Keyword::kMaterialized:
      return ParseInto(statement, &Parser::ParseDropView);
    case Keyword::kIndex:
      return ParseInto(statement, &Parser::ParseDropIndex);
    case Keyword::kStorage:
      return ParseInto(statement, &Parser::ParseDropStorage);
    case Keyword::kTopic:
      return ParseInto(statement, &Parser::ParseDropTopic);
    case Keyword::kDatabase:
      return Unsupported(current_, "DROP DATABASE", "Use DROP NAMESPACE.");
    default:
      for (const Keyword word :
           {Keyword::kTable, Keyword::kUser, Keyword::kShared, Keyword::kStream,
            Keyword::kNamespace, Keyword::kView, Keyword::kIndex, Keyword::kStorage,
            Keyword::kTopic, Keyword::kMaterialized}) {
        Missed(word);
      }
      return SyntaxError();
  }
}

}  // namespace millrace::sql
