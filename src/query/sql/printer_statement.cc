// Statements on rows, sessions and transactions.
#include <variant>

#include "query/sql/printer_state.h"

namespace millrace::sql {

void Printer::Print(const Statement& statement) {
  std::visit([&](const auto& node) { PrintStatement(node); }, statement.node);
}

// ---- Rows -------------------------------------------------------------------

void Printer::PrintStatement(const Insert& insert) {
  const size_t outer_ctes = ctes_.depth();
  if (insert.with) PrintWith(*insert.with);
  Add("INSERT INTO ");
  Print(insert.table);
  if (!insert.alias.empty()) Add(" AS ").AddName(insert.alias);
  OptionalNames(insert.columns);
  if (insert.source) {
    Add(" ");
    Print(*insert.source);
  } else {
    Add(" DEFAULT VALUES");
  }
  if (insert.on_conflict.has_value()) PrintConflict(*insert.on_conflict);
  PrintReturning(insert.returning);
  ctes_.LeaveTo(outer_ctes);
}

void Printer::PrintConflict(const OnConflict& conflict) {
  Add(" ON CONFLICT");
  OptionalNames(conflict.columns);
  if (!conflict.constraint.empty()) Add(" ON CONSTRAINT ").AddName(conflict.constraint);
  if (conflict.action == ConflictAction::kNothing) {
    Add(" DO NOTHING");
    return;
  }
  Add(" DO UPDATE SET ");
  PrintAssignments(conflict.assignments);
  PrintWhere(conflict.where);
}

void Printer::PrintStatement(const Update& update) {
  const size_t outer_ctes = ctes_.depth();
  if (update.with) PrintWith(*update.with);
  Add("UPDATE ");
  Print(update.table);
  if (!update.alias.empty()) Add(" AS ").AddName(update.alias);
  Add(" SET ");
  PrintAssignments(update.assignments);
  if (!update.from.empty()) {
    Add(" FROM ");
    PrintTables(update.from);
  }
  PrintWhere(update.where);
  PrintReturning(update.returning);
  ctes_.LeaveTo(outer_ctes);
}

void Printer::PrintStatement(const Delete& statement) {
  const size_t outer_ctes = ctes_.depth();
  if (statement.with) PrintWith(*statement.with);
  Add("DELETE FROM ");
  Print(statement.table);
  if (!statement.alias.empty()) Add(" AS ").AddName(statement.alias);
  if (!statement.using_tables.empty()) {
    Add(" USING ");
    PrintTables(statement.using_tables);
  }
  PrintWhere(statement.where);
  PrintReturning(statement.returning);
  ctes_.LeaveTo(outer_ctes);
}

void Printer::PrintAssignments(const std::vector<Assignment>& assignments) {
  List(assignments, [&](const Assignment& assignment) {
    AddName(assignment.column).Add(" = ");
    Print(assignment.value);
  });
}

void Printer::PrintReturning(const std::vector<SelectItem>& items) {
  if (items.empty()) return;
  Add(" RETURNING ");
  PrintItems(items);
}

// ---- Around other statements ------------------------------------------------

void Printer::PrintStatement(const Explain& explain) {
  Add("EXPLAIN ").AddIf(explain.analyze, "ANALYZE ").AddIf(explain.verbose, "VERBOSE ");
  if (!explain.options.empty()) {
    Add("(");
    List(explain.options, [&](const Option& option) {
      PrintWord(option.name);
      Add(" ");
      PrintLiteral(option.value);
    });
    Add(") ");
  }
  Print(*explain.statement);
}

void Printer::PrintStatement(const ExecuteAs& execute) {
  Add("EXECUTE AS USER ").AddString(execute.user).Add(" (");
  Print(*execute.statement);
  Add(")");
}

void Printer::PrintStatement(const Subscribe& subscribe) {
  Add("SUBSCRIBE TO ");
  Print(subscribe.query);
  if (subscribe.options.empty()) return;
  Add(" OPTIONS ");
  PrintOptionList(subscribe.options);
}

// ---- SHOW, SET, transactions ------------------------------------------------

void Printer::PrintStatement(const Show& show) {
  static constexpr std::string_view kNames[] = {"NAMESPACES",
                                                "TABLES",
                                                "VIEWS",
                                                "STORAGES",
                                                "STATS FOR TABLE ",
                                                "MANIFEST",
                                                "EXPORT",
                                                "COLUMNS FROM ",
                                                "INDEXES",
                                                "BACKUPS FOR DATABASE ",
                                                "USERS",
                                                "TOPICS",
                                                "JOBS",
                                                "GRANTS",
                                                "API KEYS",
                                                "CREATE TABLE ",
                                                "ALL",
                                                ""};
  Add("SHOW ").Add(kNames[static_cast<size_t>(show.kind)]);
  switch (show.kind) {
    case ShowKind::kTables:
    case ShowKind::kViews:
      if (!show.name.empty()) Add(" IN NAMESPACE ").AddName(show.name);
      return;
    case ShowKind::kIndexes:
      if (show.table.name.empty()) return;
      Add(" FROM ");
      return Print(show.table);
    case ShowKind::kStats:
    case ShowKind::kColumns:
    case ShowKind::kCreateTable:
      return Print(show.table);
    case ShowKind::kBackups:
      AddName(show.name);
      return;
    case ShowKind::kGrants:
    case ShowKind::kApiKeys:
      if (!show.name.empty()) Add(" FOR USER ").AddString(show.name);
      return;
    case ShowKind::kVariable:
      return PrintVariable(show.name);
    default:
      return;
  }
}

void Printer::PrintStatement(const Describe& describe) {
  Add("DESCRIBE ").AddIf(describe.table_keyword, "TABLE ");
  Print(describe.table);
  AddIf(describe.history, " HISTORY");
}

void Printer::PrintStatement(const Transaction& transaction) {
  static constexpr std::string_view kActions[] = {"BEGIN",
                                                  "COMMIT",
                                                  "ROLLBACK",
                                                  "SAVEPOINT ",
                                                  "RELEASE SAVEPOINT ",
                                                  "ROLLBACK TO SAVEPOINT ",
                                                  "SET TRANSACTION"};
  Add(kActions[static_cast<size_t>(transaction.action)]);
  if (!transaction.savepoint.empty()) AddName(transaction.savepoint);
  PrintTransactionModes(transaction);
}

void Printer::PrintTransactionModes(const Transaction& transaction) {
  static constexpr std::string_view kLevels[] = {
      "", " ISOLATION LEVEL READ UNCOMMITTED", " ISOLATION LEVEL READ COMMITTED",
      " ISOLATION LEVEL REPEATABLE READ", " ISOLATION LEVEL SERIALIZABLE"};
  static constexpr std::string_view kModes[] = {"", " READ ONLY", " READ WRITE"};
  Add(kLevels[static_cast<size_t>(transaction.isolation)]);
  Add(kModes[static_cast<size_t>(transaction.access)]);
}

void Printer::PrintStatement(const SetVariable& set) {
  Add("SET ").AddIf(set.local, "LOCAL ");
  PrintVariable(set.name);
  Add(" = ");
  List(set.values, [&](const Literal& value) { PrintLiteral(value); });
}

void Printer::PrintStatement(const ResetVariable& reset) {
  Add("RESET ");
  if (reset.name.empty()) {
    Add("ALL");
  } else {
    PrintVariable(reset.name);
  }
}

void Printer::PrintStatement(const Kill& kill) {
  static constexpr std::string_view kKinds[] = {"JOB ", "LIVE QUERY ", "QUERY "};
  Add("KILL ").Add(kKinds[static_cast<size_t>(kill.kind)]).AddString(kill.id);
}

}  // namespace millrace::sql
