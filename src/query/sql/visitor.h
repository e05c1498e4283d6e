// Walks over the AST. All walks go into subqueries, CTE bodies, join conditions and
// window definitions, in the order of the text.
#pragma once

#include <functional>

#include "query/sql/ast.h"

namespace millrace::sql {

// Whether to go on into the children of the expression just shown.
enum class Walk : uint8_t { kInto, kOver };

// Shows every expression, parents before children. The mutable forms may replace
// the expression they are shown; with kInto the walk then goes into the new one.
void VisitExpressions(const Expr& root, const std::function<Walk(const Expr&)>& callback);
void VisitExpressions(const Query& root, const std::function<Walk(const Expr&)>& callback);
void VisitExpressions(const Statement& root, const std::function<Walk(const Expr&)>& callback);
void VisitExpressions(Expr& root, const std::function<Walk(Expr&)>& callback);
void VisitExpressions(Query& root, const std::function<Walk(Expr&)>& callback);
void VisitExpressions(Statement& root, const std::function<Walk(Expr&)>& callback);

// Shows every table name in a FROM, wherever it stands, except names that a WITH
// in scope defines. Targets of INSERT, UPDATE and DELETE are not in a FROM.
void ForEachTable(const Query& root, const std::function<void(const TableName&)>& callback);
void ForEachTable(const Expr& root, const std::function<void(const TableName&)>& callback);
void ForEachTable(const Statement& root, const std::function<void(const TableName&)>& callback);
void ForEachTable(Query& root, const std::function<void(TableName&)>& callback);
void ForEachTable(Expr& root, const std::function<void(TableName&)>& callback);
void ForEachTable(Statement& root, const std::function<void(TableName&)>& callback);

// Shows every SELECT, outer ones first.
void ForEachSelect(Query& root, const std::function<void(Select&)>& callback);

}  // namespace millrace::sql
