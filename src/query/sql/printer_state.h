// The printer behind printer.h: one class, its forms spread over printer_*.cc by
// theme. Every function appends to the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/sql/ast.h"
#include "query/sql/cte_scope.h"
#include "query/sql/operators.h"
#include "query/sql/printer.h"

namespace millrace::sql {

class Printer {
 public:
  explicit Printer(const PrintOptions& options) : options_(options) {}

  void Print(const Statement& statement);
  void Print(const Query& query);
  // In parentheses when it binds less tightly than `minimum`.
  void Print(const Expr& expression, int minimum = 0);
  void Print(const TypeName& type);
  void Print(const TableName& name);

  std::string Take() { return std::move(text_); }

 private:
  // ---- Pieces: printer.cc ---------------------------------------------------

  Printer& Add(std::string_view text) {
    text_.append(text);
    return *this;
  }
  Printer& AddIf(bool condition, std::string_view text) { return condition ? Add(text) : *this; }
  Printer& AddName(std::string_view identifier);
  // Quoted also when it is an unreserved keyword, where one could be misread.
  Printer& AddCarefully(std::string_view identifier);
  Printer& AddString(std::string_view text);
  Printer& AddSecret(std::string_view text);
  Printer& AddNumber(uint64_t number);
  template <typename T, typename PrintItem>
  void List(const std::vector<T>& items, PrintItem print_item) {
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) Add(", ");
      print_item(items[i]);
    }
  }
  void Names(const std::vector<std::string>& names);          // (a, b)
  void OptionalNames(const std::vector<std::string>& names);  // " (a, b)" or nothing
  void Expressions(const std::vector<Expr>& expressions);
  void PrintLiteral(const Literal& literal);
  void PrintOptionName(std::string_view name);
  void PrintOptionList(const std::vector<Option>& options);  // (A = 1, ..)
  void WithOptions(const std::vector<Option>& options);      // " WITH (..)" or nothing

  // ---- Expressions: printer_expression.cc, printer_function.cc --------------

  void PrintNode(const Expr& expression);
  void PrintOperator(const Expr& expression);
  void PrintForm(const Expr& expression);
  void PrintUnary(const Unary& unary);
  void PrintBinary(const Binary& binary);
  void PrintPatternMatch(const PatternMatch& match);
  void PrintBetween(const Between& between);
  void PrintQuantified(const Quantified& quantified);
  void PrintCase(const Case& node);
  void PrintTypedLiteral(const TypedLiteral& literal);
  void PrintSubscript(const Subscript& subscript);
  void PrintRow(const RowConstructor& row);
  void PrintStar(const Star& star);
  void PrintColumn(const ColumnRef& column);
  void PrintSubquery(const Query& query);
  void PrintCall(const FunctionCall& call, bool as_table);
  bool PrintSpecialCall(const FunctionCall& call);
  void PrintOver(const Over& over);
  void PrintWindow(const WindowSpec& spec);
  void PrintFrame(const WindowFrame& frame);
  void PrintFrameBound(const FrameBound& bound);
  void PrintOrder(const std::vector<OrderItem>& items);
  void PrintOrderItem(const OrderItem& item);
  void PrintOrderSuffix(const OrderItem& item);

  // ---- Queries: printer_query.cc --------------------------------------------

  void PrintWith(const With& with);
  void PrintBody(const Query& query);
  void PrintSetOperation(const SetOperation& operation);
  void PrintSetOperand(const Query& query, bool parentheses);
  void PrintValues(const Values& values);
  void PrintTail(const Query& query);
  void PrintSelect(const Select& select);
  void PrintItems(const std::vector<SelectItem>& items);
  void PrintGroupBy(const Select& select);
  void PrintGrouping(const GroupingElement& element);
  void PrintTables(const std::vector<TableRef>& tables);
  void PrintTable(const TableRef& table);
  void PrintJoin(const Join& join);
  void PrintAlias(const TableRef& table);
  void PrintWhere(const ExprPtr& where);

  // ---- Statements: printer_statement.cc, printer_table.cc, printer_admin.cc --

  void PrintStatement(const Query& query) { Print(query); }
  void PrintStatement(const Insert& insert);
  void PrintStatement(const Update& update);
  void PrintStatement(const Delete& statement);
  void PrintStatement(const CreateNamespace& create);
  void PrintStatement(const AlterNamespace& alter);
  void PrintStatement(const DropNamespace& drop);
  void PrintStatement(const UseNamespace& use);
  void PrintStatement(const CreateTable& create);
  void PrintStatement(const AlterTable& alter);
  void PrintStatement(const DropTable& drop);
  void PrintStatement(const Truncate& truncate);
  void PrintStatement(const CreateView& create);
  void PrintStatement(const AlterView& alter);
  void PrintStatement(const DropView& drop);
  void PrintStatement(const RefreshView& refresh);
  void PrintStatement(const CreateIndex& create);
  void PrintStatement(const DropIndex& drop);
  void PrintStatement(const Show& show);
  void PrintStatement(const Describe& describe);
  void PrintStatement(const Explain& explain);
  void PrintStatement(const ExecuteAs& execute);
  void PrintStatement(const Transaction& transaction);
  void PrintStatement(const SetVariable& set);
  void PrintStatement(const ResetVariable& reset);
  void PrintStatement(const CreateStorage& create);
  void PrintStatement(const AlterStorage& alter);
  void PrintStatement(const DropStorage& drop);
  void PrintStatement(const CheckStorage& check);
  void PrintStatement(const MaintainStorage& maintain);
  void PrintStatement(const Kill& kill);
  void PrintStatement(const Subscribe& subscribe);
  void PrintStatement(const CreateTopic& create);
  void PrintStatement(const DropTopic& drop);
  void PrintStatement(const ClearTopic& clear);
  void PrintStatement(const AddTopicSource& add);
  void PrintStatement(const Consume& consume);
  void PrintStatement(const Acknowledge& acknowledge);
  void PrintStatement(const CreateUser& create);
  void PrintStatement(const AlterUser& alter);
  void PrintStatement(const DropUser& drop);
  void PrintStatement(const RotateTokenKey& rotate);
  void PrintStatement(const CreateApiKey& create);
  void PrintStatement(const DropApiKey& drop);
  void PrintStatement(const Grant& grant);
  void PrintStatement(const ClusterCommand& command);
  void PrintStatement(const BackupDatabase& backup);
  void PrintStatement(const RestoreDatabase& restore);
  void PrintStatement(const ExportUserData& data);

  void PrintAction(const AddColumn& action);
  void PrintAction(const DropColumn& action);
  void PrintAction(const ModifyColumn& action);
  void PrintAction(const RenameColumn& action);
  void PrintAction(const RenameTable& action);
  void PrintAction(const AlterColumn& action);
  void PrintAction(const SetTableOptions& action);
  void PrintAction(const CreateVectorIndex& action);
  void PrintAction(const DropVectorIndex& action);
  void PrintAction(const AddConstraint& action);
  void PrintAction(const DropConstraint& action);

  void PrintTableKind(TableKind kind);
  void PrintColumnDefinition(const ColumnDefinition& column);
  void PrintConstraint(const TableConstraint& constraint);
  void PrintForeignKey(const ForeignKey& key);
  void PrintAssignments(const std::vector<Assignment>& assignments);
  void PrintConflict(const OnConflict& conflict);
  void PrintReturning(const std::vector<SelectItem>& items);
  void PrintVariable(std::string_view name);
  void PrintWord(std::string_view word);  // where any word may stand
  void PrintStorageOptions(const std::vector<Option>& options, std::string_view before);
  void PrintTransactionModes(const Transaction& transaction);

  const PrintOptions& options_;
  std::string text_;
  CteScope ctes_;
};

}  // namespace millrace::sql
