// The recursive-descent parser behind parser.h: one class, its grammar spread over
// parser_*.cc by theme.
//
// Every grammar function returns whether it succeeded and leaves its result in its
// last parameter. After a failure the Status is in the parser and nothing more is
// parsed; so a rule reads as `return Expect(..) && ParseX(x) && Expect(..);`.
//
// Each check for a keyword or token that did not match is remembered until the
// parser moves on: that is the list of what would have been right, from which a
// syntax error makes its hint.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/sql/ast.h"
#include "query/sql/lexer.h"
#include "query/sql/parser.h"
#include "query/sql/token.h"

namespace millrace::sql {

class Parser {
 public:
  explicit Parser(std::string_view sql) : lexer_(sql), current_(lexer_.Next()) {}

  // Each parses the whole text.
  bool ParseAll(std::vector<Statement>& statements);
  bool ParseOnly(Statement& statement);
  bool ParseOnly(Query& query);
  bool ParseOnly(Expr& expression);
  bool ParseOnly(TypeName& type);
  bool ParseOnly(TableName& name);

  // Why the last call failed.
  Status TakeError() { return std::move(error_); }

 private:
  // ---- Depth ----------------------------------------------------------------

  // One level of recursion while it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > parser_.height_) parser_.height_ = parser_.depth_;
    }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  // The scope of a loop that puts each new node on top of the last: a + b + c.
  // Grow() before each; the height counts from what was parsed in this scope.
  class Chain {
   public:
    explicit Chain(Parser& parser) : parser_(parser), outer_height_(parser.height_) {
      parser_.height_ = parser_.depth_;
    }
    ~Chain() {
      if (outer_height_ > parser_.height_) parser_.height_ = outer_height_;
    }
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

   private:
    Parser& parser_;
    uint32_t outer_height_;
  };

  // False, with the error set, when the text nests or chains too deep.
  bool WithinLimits();
  bool Grow() {
    ++height_;
    return WithinLimits();
  }

  // ---- Tokens: parser_state.cc -----------------------------------------------

  void Advance();
  const Token& Next();  // the token after the current one
  Token SecondNext();   // the one after that
  std::string_view Text(const Token& token) const { return lexer_.TextOf(token); }
  std::string_view CurrentText() const { return lexer_.TextOf(current_); }

  bool At(TokenKind kind) { return current_.kind == kind || Missed(kind); }
  bool At(Keyword keyword) { return current_.keyword == keyword || Missed(keyword); }
  bool NextIs(Keyword keyword) { return Next().keyword == keyword; }
  bool NextIs(TokenKind kind) { return Next().kind == kind; }
  // A bare word that is no keyword of ours, in any letter case.
  bool AtWord(std::string_view word);
  bool Accept(TokenKind kind);
  bool Accept(Keyword keyword);
  // All words or none; looks at the first two before it takes any.
  bool Accept(Keyword first, Keyword second);
  bool AcceptWord(std::string_view word);
  bool Expect(TokenKind kind);
  bool Expect(Keyword keyword);
  // All of them in a row.
  bool Expect(std::initializer_list<Keyword> keywords);
  // [IF EXISTS] and [IF NOT EXISTS].
  bool AcceptIfExists(bool& found);
  bool AcceptIfNotExists(bool& found);

  // `item` between the parentheses, separated by commas: ParseList(out, parse).
  template <typename T, typename ParseItem>
  bool ParseCommaList(std::vector<T>& items, ParseItem parse_item);

  // ---- Errors: parser_error.cc ----------------------------------------------

  bool Missed(TokenKind kind) {
    if (missed_kind_count_ < missed_kinds_.size()) missed_kinds_[missed_kind_count_++] = kind;
    return false;
  }
  bool Missed(Keyword keyword) {
    if (missed_keyword_count_ < missed_keywords_.size()) {
      missed_keywords_[missed_keyword_count_++] = keyword;
    }
    return false;
  }
  // 42601 at the current token. All of these return false.
  bool SyntaxError(std::string hint = {});
  bool SyntaxErrorAt(const Token& token, std::string hint);
  bool TokenError();
  // 42601 or another state with a message of its own.
  bool Fail(const Token& token, std::string message, std::string hint = {},
            std::string_view sqlstate = "42601");
  // 0A000: "<what> is not supported".
  bool Unsupported(const Token& token, std::string_view what, std::string hint = {});
  bool ReservedWordError();
  bool StringExpectedError();

  bool MissedKind(TokenKind kind) const;
  std::string Hint(const Token& token);
  std::string MisspelledAliasHint(const Token& token);
  std::string ListHint(const Token& token);
  std::string ParenthesisHint(const Token& token);
  std::string_view TextToShow(const Token& token) const;
  SqlPosition PositionOf(const Token& token) const;

  // ---- Names and simple values: parser_name.cc ------------------------------

  bool AtIdentifier() const;  // usable as a column or table name
  bool AtFunctionName() const;
  bool ParseIdentifier(std::string& name);
  // As an identifier, and DEFAULT, which is the name of a namespace.
  bool ParseNamespaceName(std::string& name);
  bool AtDefaultNamespace() { return At(Keyword::kDefault) && NextIs(TokenKind::kDot); }
  // After AS and after a dot: reserved words are fine.
  bool ParseAnyWord(std::string& name);
  bool ParseTableName(TableName& name);
  bool ParseIdentifierList(std::vector<std::string>& names);  // with parentheses
  // An identifier, or a string taken as written: user names, storage ids.
  bool ParseNameOrString(std::string& name);
  bool ParseStorageId(std::string& id);
  bool AtString() const;
  bool ParseString(std::string& text);
  bool ParseUnsigned(uint64_t& value);
  // A constant with optional sign; bare words become strings in `words` case.
  enum class WordCase : uint8_t { kUpper, kLower };
  bool ParseConstant(WordCase words, Literal& literal);
  bool ParseOption(Option& option);
  bool ParseOptionList(std::vector<Option>& options);  // with parentheses
  bool ParseType(TypeName& type);
  bool ParseTypeWords(TypeName& type);
  bool ParseTypeModifiers(TypeName& type);
  bool AcceptTimeZone(TypeName& type);
  bool AtTypedLiteral();

  // ---- Expressions: parser_expression.cc, parser_primary.cc -----------------

  bool ParseExpr(Expr& out) { return ParseExpr(0, out); }
  // Stops before an operator that binds less tightly than `minimum`.
  bool ParseExpr(int minimum, Expr& out);
  bool ParseElement(Expr& out) { return ParseExpr(out); }  // for ParseCommaList
  bool ParseOperand(Expr& out);
  bool ContinueExpr(int minimum, Expr& left);  // operators after a finished operand
  // `taken` is false when no operator of that tightness stands here.
  bool ParseWordOperator(int minimum, Expr& left, bool& taken);
  bool ParseLogical(LogicalOperator op, Expr& left);
  bool ParseBinary(BinaryOperator op, int precedence, Expr& left);
  bool ParseIs(Expr& left);
  bool ParseNegatable(Expr& left);  // [NOT] BETWEEN, IN, LIKE, ILIKE, SIMILAR TO
  bool ParsePattern(PatternKind kind, bool negated, Expr& left);
  bool ParseBetween(bool negated, Expr& left);
  bool ParseIn(bool negated, Expr& left);
  bool ParseQuantified(BinaryOperator op, Expr& left);
  bool ParseCollate(Expr& left);
  bool ParseAtTimeZone(Expr& left);
  bool ParsePrefixOperator(UnaryOperator op, int operand_minimum, Expr& out);
  bool ParseSign(Expr& out);
  bool ParsePostfix(Expr& left);
  bool ParseSubscript(Expr& left);
  bool ParseCastOperator(Expr& left);

  bool ParsePrimary(Expr& out);
  bool ParseKeywordPrimary(Expr& out, bool& handled);
  bool ParseNumber(Expr& out, SourcePosition position, bool negative);
  bool ParseStringLiteral(Expr& out);
  bool ParseParameter(Expr& out);
  bool ParseParenthesized(Expr& out);
  bool ParseNameExpr(Expr& out);
  bool ParseTypedLiteral(Expr& out);
  bool ParseInterval(Expr& out);
  bool ParseIntervalUnit(std::string& unit);
  bool ParseCase(Expr& out);
  bool ParseCast(Expr& out, bool try_cast);
  bool ParseExtract(Expr& out);
  bool ParseArray(Expr& out);
  bool ParseRow(Expr& out);
  bool ParseExists(Expr& out);
  bool ParseFile(Expr& out);
  // The inside of ( ) up to and with the closing one, after the opening one: a
  // query, or one or more expressions.
  struct QueryOrList {
    Box<Query> query;
    std::vector<Expr> list;
  };
  bool ParseQueryOrList(QueryOrList& out);
  // '(' query ')'.
  bool ParseSubquery(Box<Query>& query);

  // ---- Functions: parser_function.cc ----------------------------------------

  bool ParseFunction(std::string namespace_name, std::string name, FunctionCall& call);
  bool ParseArguments(FunctionCall& call);
  bool ParseArgument(Expr& out);
  void AcceptNullTreatment(FunctionCall& call);
  bool ParseFunctionTail(FunctionCall& call);
  bool ParseSpecialValue(Expr& out);  // CURRENT_TIMESTAMP and its like
  bool ParsePosition(FunctionCall& call);
  bool ParseSubstring(FunctionCall& call);
  bool ParseTrim(FunctionCall& call);
  bool ParseOverlay(FunctionCall& call);
  bool ParseOver(Over& over);
  bool ParseWindowSpec(WindowSpec& spec);
  bool ParseFrame(WindowFrame& frame);
  bool ParseFrameBound(FrameBound& bound);
  bool ParseOrderBy(std::vector<OrderItem>& items);  // after ORDER BY
  bool ParseOrderItem(OrderItem& item);
  bool ParseOrderSuffix(OrderItem& item);

  // ---- Queries: parser_query.cc, parser_select.cc, parser_from.cc -----------

  bool AtQuery();  // SELECT, WITH, VALUES, TABLE or a parenthesis before one of them
  bool AtQueryStart();
  bool ParseQuery(Query& query);
  bool ParseWith(With& with);
  bool ParseCommonTable(CommonTable& table);
  bool ContinueIntersect(Query& left);
  bool ContinueQuery(Query& left);  // set operations and tail after a finished operand
  bool ParseQueryOperand(Query& query);
  bool ParseQueryTail(Query& query);
  bool ParseLimitClause(Query& query, bool& found);
  bool ParseFetch(Query& query);
  bool ParseLimitCount(Query& query);

  bool ParseSelect(Select& select);
  bool ParseSelectClauses(Select& select);
  bool ParseSelectItem(SelectItem& item);
  bool ParseSelectItems(std::vector<SelectItem>& items);
  bool AtBareAlias();
  bool ParseGroupBy(Select& select);
  bool ParseGroupingElement(GroupingElement& element);
  bool ParseWindows(Select& select);
  bool ParseValues(Values& values, bool allow_default);
  bool ParseValuesRow(Values& values, bool allow_default);
  bool ParseValueCell(Values& values, bool allow_default);
  bool ParseTableQuery(Query& query);

  bool ParseFrom(std::vector<TableRef>& tables);
  bool ParseTableRef(TableRef& table);
  bool ParseTableOperand(TableRef& table);
  bool ParseParenthesizedTable(TableRef& table);
  // What stood between two parentheses in FROM: a query or a joined table.
  struct QueryOrTable {
    Box<Query> query;
    TableRef table;
  };
  bool ParseQueryOrTable(QueryOrTable& out);
  bool ContinueJoins(TableRef& left);
  bool ParseJoinKind(Join& join, bool& found);
  bool ParseJoinCondition(Join& join);
  bool ParseTableFunction(TableName name, TableRef& table);
  bool ParseTableAlias(TableRef& table);
  bool AtBareTableAlias();

  // ---- Statements: parser_statement.cc and its neighbours -------------------

  bool ParseStatement(Statement& statement);
  bool ParseStatementNode(Statement& statement);
  bool ParseOtherStatement(Statement& statement);
  bool ParseWithStatement(Statement& statement);
  bool ParseCreate(Statement& statement);
  bool ParseAlter(Statement& statement);
  bool ParseDrop(Statement& statement);
  bool UnknownStatement();
  // Makes the statement one of this form and parses it in place.
  template <typename T>
  bool ParseInto(Statement& statement, bool (Parser::*parse)(T&)) {
    return (this->*parse)(statement.node.emplace<T>());
  }

  // parser_rows.cc
  bool ParseInsert(Insert& insert);
  bool ParseInsertSource(Insert& insert);
  bool ParseOnConflict(OnConflict& conflict);
  bool ParseUpdate(Update& update);
  bool ParseDelete(Delete& statement);
  bool ParseTargetAlias(std::string& alias);
  bool ParseAssignments(std::vector<Assignment>& assignments);
  bool ParseAssignment(Assignment& assignment);
  bool ParseMultipleAssignment(std::vector<Assignment>& assignments);
  bool ParseAssignedValue(Expr& out);
  bool ParseWhere(ExprPtr& where);
  bool ParseReturning(std::vector<SelectItem>& items);

  // parser_table.cc, parser_column.cc
  bool AcceptTableKind(TableKind& kind);
  bool ParseCreateTable(CreateTable& create);
  bool ParseNamesOfQuery(CreateTable& create);
  bool ParseTableElements(CreateTable& create);
  bool ParseCreateTableTail(CreateTable& create);
  bool AtTableConstraint();
  bool ParseTableConstraint(TableConstraint& constraint);
  bool ParseForeignKey(ForeignKey& key);
  bool ParseReferentialAction(ReferentialAction& action);
  bool ParseColumnDefinition(ColumnDefinition& column);
  bool ParseColumnConstraint(ColumnDefinition& column, bool& found);
  bool ParseGenerated(ColumnDefinition& column);
  bool ParseDropTable(DropTable& drop);
  bool ParseTruncate(Truncate& truncate);

  // parser_alter.cc
  bool ParseAlterTable(AlterTable& alter);
  bool ParseAlterAction(AlterTableAction& action);
  bool ParseAlterAdd(AlterTableAction& action);
  bool ParseAlterDrop(AlterTableAction& action);
  bool ParseAlterRename(AlterTableAction& action);
  bool ParseAlterColumn(AlterColumn& action);
  bool ParseAlterSet(SetTableOptions& action);
  bool ParseModifyColumn(ModifyColumn& action);
  bool ParseCreateVectorIndex(CreateVectorIndex& action);

  // parser_define.cc: namespaces, views, indexes, grants
  bool ParseCreateNamespace(CreateNamespace& create);
  bool ParseAlterNamespace(AlterNamespace& alter);
  bool ParseDropNamespace(DropNamespace& drop);
  bool ParseUseNamespace(UseNamespace& use);
  bool ParseCreateView(CreateView& create);
  bool ParseAlterView(AlterView& alter);
  bool ParseDropView(DropView& drop);
  bool ParseRefreshView(RefreshView& refresh);
  bool ParseCreateIndex(CreateIndex& create);
  bool ParseIndexElement(OrderItem& element);
  bool ParseDropIndex(DropIndex& drop);
  bool ParseGrant(Grant& grant);
  bool ParsePrivilege(std::string& privilege);
  bool ParseGrantee(Grantee& grantee);
  bool ParseGrantObjects(Grant& grant);
  bool AcceptCascade(bool& cascade);

  // parser_session.cc: SHOW, SET, transactions, EXPLAIN, EXECUTE AS, KILL, SUBSCRIBE
  bool ParseShow(Show& show);
  bool ParseShowOfUser(Show& show);
  bool ParseDescribe(Describe& describe);
  bool ParseVariableName(std::string& name);
  bool ParseSet(Statement& statement);
  bool ParseVariableValue(Literal& value) { return ParseConstant(WordCase::kLower, value); }
  bool ParseReset(ResetVariable& reset);
  bool ParseBegin(Transaction& transaction);
  bool ParseCommit(Transaction& transaction);
  bool ParseRollback(Transaction& transaction);
  void AcceptSavepointWord();
  bool ParseSavepoint(Transaction& transaction);
  bool ParseRelease(Transaction& transaction);
  bool ParseTransactionModes(Transaction& transaction);
  bool ParseChain();
  bool ParseExplain(Explain& explain);
  bool ParseExplainOptions(Explain& explain);
  bool ParseExecuteAs(ExecuteAs& execute);
  bool ParseKill(Kill& kill);
  bool ParseSubscribe(Subscribe& subscribe);
  bool ParseSubscribeSource(Query& query);

  // parser_admin.cc: storages, topics, users, cluster, backup
  bool ParseCreateStorage(CreateStorage& create);
  bool ParseStorageOption(std::vector<Option>& options, bool& found);
  bool ParseAlterStorage(AlterStorage& alter);
  bool ParseDropStorage(DropStorage& drop);
  bool ParseStorageCommand(Statement& statement);
  bool ParseMaintainStorage(MaintainStorage& maintain);
  bool ParseCreateTopic(CreateTopic& create);
  bool ParseDropTopic(DropTopic& drop);
  bool ParseClearTopic(ClearTopic& clear);
  bool ParseAddTopicSource(AddTopicSource& add);
  bool ParseConsume(Consume& consume);
  bool ParseConsumeStart(Consume& consume);
  bool ParseAcknowledge(Acknowledge& acknowledge);
  bool ParseCreateUser(CreateUser& create);
  bool ParseAlterUser(AlterUser& alter);
  bool ParseDropUser(DropUser& drop);
  bool ParseRotateTokenKey(RotateTokenKey& rotate);
  bool ParseCreateApiKey(CreateApiKey& create);
  bool ParseDropApiKey(DropApiKey& drop);
  bool ParseCluster(ClusterCommand& command);
  bool ParseClusterPurge(ClusterCommand& command);
  bool ParseBackup(BackupDatabase& backup);
  bool ParseRestore(RestoreDatabase& restore);
  bool ParseExport(ExportUserData& data);

  // ---- State ----------------------------------------------------------------

  Lexer lexer_;
  Token current_;
  std::optional<Token> next_;  // already cut, when somebody looked ahead
  Token previous_;             // kEnd before the first Advance
  // The last alias written without AS: it may be a misspelled clause.
  Token bare_alias_;

  uint32_t depth_ = 0;
  uint32_t height_ = 0;

  std::array<Keyword, 64> missed_keywords_;
  size_t missed_keyword_count_ = 0;
  std::array<TokenKind, 16> missed_kinds_;
  size_t missed_kind_count_ = 0;
  Status error_;
};

template <typename T, typename ParseItem>
bool Parser::ParseCommaList(std::vector<T>& items, ParseItem parse_item) {
  do {
    if (!(this->*parse_item)(items.emplace_back())) return false;
  } while (Accept(TokenKind::kComma));
  return true;
}

}  // namespace millrace::sql
