#include "query/plan/planning_limits.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "query/sql/visitor.h"

namespace millrace::plan {
namespace {

// About a millisecond of planning each.
constexpr double kWeightMax = 2000;
constexpr double kSubqueryWeight = 4;
// What stands in a scalar subquery is planned twice as often as what stands
// around it, each time; a join of n tables takes the fourth power of n.
constexpr double kSelectWeight = 1.0 / 512;
constexpr double kTablesOfOneWeight = 8;

Status TooComplex(std::string message, std::string hint) {
  return ResourceExhausted(std::move(message)).WithSqlState("54001").WithHint(std::move(hint));
}

std::string AtMost(size_t limit) { return "At most " + std::to_string(limit) + " are allowed"; }

struct Subquery {
  const sql::Query* query = nullptr;
  bool is_planned_twice = true;
};

Subquery SubqueryOf(const sql::Expr& expression) {
  if (const auto* in = expression.If<sql::InQuery>()) return {in->query.get(), false};
  if (const auto* exists = expression.If<sql::Exists>()) return {exists->query.get(), false};
  if (const auto* scalar = expression.If<sql::ScalarSubquery>()) return {scalar->query.get()};
  if (const auto* any = expression.If<sql::Quantified>()) return {any->query.get()};
  if (const auto* array = expression.If<sql::ArrayQuery>()) return {array->query.get()};
  return {};
}

class Census {
 public:
  // `depth`: scalar subqueries around the query.
  void Visit(const sql::Query& query, int depth) {
    CountParts(query, depth);
    sql::VisitExpressions(query, [&](const sql::Expr& expression) {
      if (expression.Is<sql::Literal>()) {
        ++literals_;
      } else {
        ++operations_;
      }
      const Subquery subquery = SubqueryOf(expression);
      if (subquery.query == nullptr) return sql::Walk::kInto;
      ++subqueries_;
      Visit(*subquery.query, subquery.is_planned_twice ? depth + 1 : depth);
      return sql::Walk::kOver;
    });
  }

  Status Check() const {
    if (tables_max_ > kTablesInFromMax) {
      return TooComplex("query joins " + std::to_string(tables_max_) + " tables in one FROM clause",
                        AtMost(kTablesInFromMax) + "; join some of them in a WITH query.");
    }
    if (common_tables_ > kCommonTablesMax) {
      return TooComplex("query has " + std::to_string(common_tables_) + " WITH queries",
                        AtMost(kCommonTablesMax) + ".");
    }
    if (subqueries_ > kSubqueriesMax) {
      return TooComplex("query has " + std::to_string(subqueries_) + " subqueries in expressions",
                        AtMost(kSubqueriesMax) + "; use joins instead.");
    }
    if (result_columns_ > kResultColumnsMax) {
      return ResourceExhausted("query returns " + std::to_string(result_columns_) + " columns")
          .WithSqlState("54011")
          .WithHint(AtMost(kResultColumnsMax) + ".");
    }
    if (operations_ > kOperationsMax) {
      return TooComplex("query has " + std::to_string(operations_) + " operations and names",
                        AtMost(kOperationsMax) + "; IN with a list replaces many ORs.");
    }
    if (literals_ > kLiteralsMax) {
      return TooComplex("query has " + std::to_string(literals_) + " literals",
                        AtMost(kLiteralsMax) + "; insert them into a table and join it.");
    }
    if (weight_ > kWeightMax) {
      return TooComplex("query nests too many subqueries or joins to be planned",
                        "Compute the inner ones in WITH queries or use joins.");
    }
    return Status::Ok();
  }

 private:
  void CountParts(const sql::Query& query, int depth) {
    if (query.with) {
      common_tables_ += query.with->tables.size();
      for (const sql::CommonTable& table : query.with->tables) CountParts(table.query, depth);
    }
    if (const auto* select = query.If<sql::Select>()) {
      CountSelect(*select, depth);
    } else if (const auto* operation = query.If<sql::SetOperation>()) {
      CountParts(operation->left, depth);
      CountParts(operation->right, depth);
    }
  }

  void CountSelect(const sql::Select& select, int depth) {
    result_columns_ = std::max(result_columns_, select.items.size());
    size_t tables = 0;
    for (const sql::TableRef& table : select.from) tables += CountTables(table, depth);
    tables_max_ = std::max(tables_max_, tables);
    const double join = std::pow(static_cast<double>(tables) / kTablesOfOneWeight, 4);
    weight_ += std::ldexp(std::max(join, kSelectWeight), depth);
    if (depth > 0) weight_ += kSubqueryWeight;
  }

  size_t CountTables(const sql::TableRef& table, int depth) {
    if (const auto* join = table.If<sql::Join>()) {
      return CountTables(join->left, depth) + CountTables(join->right, depth);
    }
    if (const auto* derived = table.If<sql::DerivedTable>()) CountParts(derived->query, depth);
    return 1;
  }

  size_t tables_max_ = 0;
  size_t common_tables_ = 0;
  size_t subqueries_ = 0;
  size_t result_columns_ = 0;
  size_t operations_ = 0;
  size_t literals_ = 0;
  double weight_ = 0;
};

}  // namespace

Status CheckPlanningLimits(const sql::Query& query) {
  Census census;
  census.Visit(query, 0);
  return census.Check();
}

}  // namespace millrace::plan
