// The whole AST in one include: expressions, queries, statements.
#pragma once

#include "query/sql/ast_expression.h"
#include "query/sql/ast_query.h"
#include "query/sql/ast_statement.h"
