#include "query/exec/engine/statement.h"

#include <charconv>

#include "duckdb/parser/expression/list.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/list.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref/list.hpp"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/functions.h"
#include "query/exec/engine/values.h"

namespace millrace::engine {
namespace {

Status NotAllowed(std::string what) {
  return PermissionDenied(std::move(what) + " is not allowed in a query").WithSqlState("42501");
}

// Walks the tree once; the first thing refused stays in status().
class Wall {
 public:
  explicit Wall(const std::vector<Value>& params) : params_(params) {}

  const Status& status() const { return status_; }

  void CheckNode(duckdb::QueryNode& node) {
    const size_t outer_ctes = ctes_.size();
    for (auto& [name, cte] : node.cte_map.map) CheckCte(name, *cte->query->node);
    switch (node.type) {
      case duckdb::QueryNodeType::SELECT_NODE:
        CheckSelect(node.Cast<duckdb::SelectNode>());
        break;
      case duckdb::QueryNodeType::SET_OPERATION_NODE:
        CheckNode(*node.Cast<duckdb::SetOperationNode>().left);
        CheckNode(*node.Cast<duckdb::SetOperationNode>().right);
        break;
      case duckdb::QueryNodeType::RECURSIVE_CTE_NODE: {
        auto& recursive = node.Cast<duckdb::RecursiveCTENode>();
        CheckNode(*recursive.left);
        ctes_.push_back(recursive.ctename);
        CheckNode(*recursive.right);
        CheckAll(recursive.key_targets);
        break;
      }
      case duckdb::QueryNodeType::CTE_NODE: {
        auto& cte = node.Cast<duckdb::CTENode>();
        CheckCte(cte.ctename, *cte.query);
        CheckNode(*cte.child);
        break;
      }
      default:
        Refuse(NotAllowed("this kind of query"));
    }
    duckdb::ParsedExpressionIterator::EnumerateQueryNodeModifiers(
        node, [this](ExpressionPointer& child) { CheckExpression(child); });
    ctes_.resize(outer_ctes);
  }

 private:
  using ExpressionPointer = duckdb::unique_ptr<duckdb::ParsedExpression>;

  void Refuse(Status status) {
    if (status_.ok()) status_ = std::move(status);
  }

  // A CTE sees those before it; a recursive one adds itself.
  void CheckCte(const std::string& name, duckdb::QueryNode& query) {
    CheckNode(query);
    ctes_.push_back(name);
  }

  void CheckAll(duckdb::vector<ExpressionPointer>& expressions) {
    for (ExpressionPointer& expression : expressions) CheckExpression(expression);
  }

  void CheckOrders(duckdb::vector<duckdb::OrderByNode>& orders) {
    for (duckdb::OrderByNode& order : orders) CheckExpression(order.expression);
  }

  void CheckSelect(duckdb::SelectNode& select) {
    CheckAll(select.select_list);
    CheckAll(select.groups.group_expressions);
    CheckExpression(select.where_clause);
    CheckExpression(select.having);
    CheckExpression(select.qualify);
    if (select.from_table) CheckTable(*select.from_table);
  }

  void CheckTable(duckdb::TableRef& ref) {
    switch (ref.type) {
      case duckdb::TableReferenceType::BASE_TABLE:
        return CheckName(ref.Cast<duckdb::BaseTableRef>());
      case duckdb::TableReferenceType::SUBQUERY:
        return CheckNode(*ref.Cast<duckdb::SubqueryRef>().subquery->node);
      case duckdb::TableReferenceType::JOIN: {
        auto& join = ref.Cast<duckdb::JoinRef>();
        CheckTable(*join.left);
        CheckTable(*join.right);
        return CheckExpression(join.condition);
      }
      case duckdb::TableReferenceType::TABLE_FUNCTION:
        return CheckTableFunction(ref.Cast<duckdb::TableFunctionRef>());
      case duckdb::TableReferenceType::EXPRESSION_LIST:
        for (auto& row : ref.Cast<duckdb::ExpressionListRef>().values) CheckAll(row);
        return;
      case duckdb::TableReferenceType::EMPTY_FROM:
        return;
      default:
        return Refuse(NotAllowed("this kind of table reference"));
    }
  }

  // A bare name must be a CTE in scope: there is nothing else to name.
  void CheckName(const duckdb::BaseTableRef& table) {
    if (table.catalog_name.empty() && table.schema_name.empty() && !table.at_clause) {
      for (const std::string& cte : ctes_) {
        if (duckdb::StringUtil::CIEquals(cte, table.table_name)) return;
      }
    }
    Refuse(NotFound("table \"" + table.table_name + "\" does not exist").WithSqlState("42P01"));
  }

  void CheckTableFunction(duckdb::TableFunctionRef& ref) {
    if (ref.subquery) CheckNode(*ref.subquery->node);
    if (ref.function->GetExpressionClass() != duckdb::ExpressionClass::FUNCTION) {
      return Refuse(NotAllowed("this kind of table reference"));
    }
    auto& function = ref.function->Cast<duckdb::FunctionExpression>();
    if (!IsBuiltInPlace(function.catalog, function.schema) ||
        (function.function_name != kScanFunction &&
         !IsAllowedTableFunction(function.function_name))) {
      Refuse(NotAllowed("table function " + function.function_name + "()"));
    }
    CheckChildren(*ref.function);
  }

  // The parser itself writes main.list_value for [1, 2].
  static bool IsBuiltInPlace(const std::string& catalog, const std::string& schema) {
    return (catalog.empty() || catalog == "system") && (schema.empty() || schema == "main");
  }

  void CheckFunction(const std::string& catalog, const std::string& schema, const std::string& name,
                     bool may_be_window) {
    const bool known = IsAllowedScalarFunction(name) || IsAggregate(name) ||
                       name.starts_with(kInternalPrefix) ||
                       (may_be_window && IsWindowFunction(name));
    if (known && IsBuiltInPlace(catalog, schema)) return;
    Refuse(InvalidArgument("function " + name + "() does not exist or is not allowed")
               .WithSqlState("42883"));
  }

  void CheckExpression(ExpressionPointer& expression) {
    if (!expression || !status_.ok()) return;
    switch (expression->GetExpressionClass()) {
      case duckdb::ExpressionClass::PARAMETER:
        return PutParameter(expression);
      case duckdb::ExpressionClass::FUNCTION: {
        const auto& function = expression->Cast<duckdb::FunctionExpression>();
        CheckFunction(function.catalog, function.schema, function.function_name, false);
        break;
      }
      case duckdb::ExpressionClass::WINDOW: {
        auto& window = expression->Cast<duckdb::WindowExpression>();
        CheckFunction(window.catalog, window.schema, window.function_name, true);
        CheckOrders(window.orders);
        CheckOrders(window.arg_orders);
        break;
      }
      case duckdb::ExpressionClass::SUBQUERY:
        CheckNode(*expression->Cast<duckdb::SubqueryExpression>().subquery->node);
        break;
      case duckdb::ExpressionClass::CASE:
      case duckdb::ExpressionClass::CAST:
      case duckdb::ExpressionClass::COLUMN_REF:
      case duckdb::ExpressionClass::COMPARISON:
      case duckdb::ExpressionClass::CONJUNCTION:
      case duckdb::ExpressionClass::CONSTANT:
      case duckdb::ExpressionClass::OPERATOR:
      case duckdb::ExpressionClass::STAR:
      case duckdb::ExpressionClass::COLLATE:
      case duckdb::ExpressionClass::LAMBDA:
      case duckdb::ExpressionClass::LAMBDA_REF:
      case duckdb::ExpressionClass::POSITIONAL_REFERENCE:
      case duckdb::ExpressionClass::BETWEEN:
        break;
      default:
        return Refuse(NotAllowed("this kind of expression"));
    }
    CheckChildren(*expression);
  }

  void CheckChildren(duckdb::ParsedExpression& expression) {
    duckdb::ParsedExpressionIterator::EnumerateChildren(
        expression, [this](ExpressionPointer& child) { CheckExpression(child); });
  }

  void PutParameter(ExpressionPointer& expression) {
    const std::string& name = expression->Cast<duckdb::ParameterExpression>().identifier;
    size_t number = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size() || number == 0 ||
        number > params_.size()) {
      return Refuse(InvalidArgument("there is no parameter $" + name).WithSqlState("42P02"));
    }
    const std::string alias = expression->GetAlias();
    expression = duckdb::make_uniq<duckdb::ConstantExpression>(ToEngineValue(params_[number - 1]));
    expression->SetAlias(alias);
  }

  const std::vector<Value>& params_;
  std::vector<std::string> ctes_;  // in scope
  Status status_;
};

}  // namespace

Result<duckdb::unique_ptr<duckdb::SQLStatement>> ParseStatement(
    const std::string& sql, const std::vector<Value>& params,
    const duckdb::ParserOptions& options) {
  try {
    duckdb::Parser parser(options);
    parser.ParseQuery(sql);
    if (parser.statements.size() != 1 ||
        parser.statements[0]->type != duckdb::StatementType::SELECT_STATEMENT) {
      return NotAllowed("anything but one SELECT");
    }
    Wall wall(params);
    wall.CheckNode(*parser.statements[0]->Cast<duckdb::SelectStatement>().node);
    RETURN_IF_ERROR(WithoutInternalNames(wall.status()));
    // No parameter is left: the engine must not ask for their values.
    parser.statements[0]->named_param_map.clear();
    return std::move(parser.statements[0]);
  } catch (const std::exception& exception) {
    return StatusOf(duckdb::ErrorData(exception));
  }
}

}  // namespace millrace::engine
