#include "query/plan/projection.h"

#include <algorithm>
#include <utility>

#include "query/expr/builder.h"
#include "query/plan/draft.h"

namespace millrace::plan {
namespace {

void AddOutput(expr::NodePtr node, std::string name, bool primary_key, Projection* output) {
  output->schema.fields.push_back({.name = std::move(name),
                                   .type = node->type(),
                                   .nullable = node->nullable(),
                                   .primary_key = primary_key});
  output->work += expr::WorkOf(node.get());
  output->expressions.push_back(std::move(node));
}

Status ExpandStar(const sql::Star& star, const sql::SourcePosition& position,
                  const TableDefinition* table, const TableScope* scope, Projection* output) {
  if (table == nullptr) {
    return AtPosition(
        InvalidArgument("SELECT * with no tables specified is not valid").WithSqlState("42601"),
        position, "*");
  }
  if (!star.table.empty() && !scope->Names(star.namespace_name, star.table)) {
    return AtPosition(InvalidArgument("missing FROM-clause entry for table \"" + star.table + "\"")
                          .WithSqlState("42P01"),
                      position, star.table);
  }
  for (size_t i = 0; i < table->columns().size(); ++i) {
    const auto& column = table->columns()[i];
    AddOutput(expr::MakeColumn(scope->Use(i), column.type, column.name, column.nullable),
              column.name, table->IsKeyColumn(column.id), output);
  }
  return Status::Ok();
}

// The place in the batch when the node is a column and nothing else.
const expr::ColumnNode* AsColumn(const expr::Node& node) {
  return node.kind() == expr::NodeKind::kColumn ? static_cast<const expr::ColumnNode*>(&node)
                                                : nullptr;
}

bool IsRowFree(const expr::Node& node) {
  if (node.kind() == expr::NodeKind::kColumn) return false;
  return std::ranges::all_of(node.children(),
                             [](const expr::NodePtr& child) { return IsRowFree(*child); });
}

std::optional<ColumnBound::Kind> BoundKind(expr::ComparisonOp op) {
  switch (op) {
    case expr::ComparisonOp::kEqual:
      return ColumnBound::Kind::kEqual;
    case expr::ComparisonOp::kLess:
      return ColumnBound::Kind::kLess;
    case expr::ComparisonOp::kLessOrEqual:
      return ColumnBound::Kind::kLessOrEqual;
    case expr::ComparisonOp::kGreater:
      return ColumnBound::Kind::kGreater;
    case expr::ComparisonOp::kGreaterOrEqual:
      return ColumnBound::Kind::kGreaterOrEqual;
    default:
      return std::nullopt;
  }
}

void AddBound(const expr::ComparisonNode& comparison, TableRead* read) {
  const expr::NodePtr& left = comparison.children()[0];
  const expr::NodePtr& right = comparison.children()[1];
  const bool mirrored = AsColumn(*left) == nullptr;
  const expr::ColumnNode* column = AsColumn(mirrored ? *right : *left);
  const expr::NodePtr& value = mirrored ? left : right;
  if (column == nullptr || !IsRowFree(*value)) return;
  if (value->volatility() == expr::Volatility::kVolatile || value->type() != column->type()) {
    return;
  }
  const auto kind = BoundKind(mirrored ? expr::Mirrored(comparison.op()) : comparison.op());
  if (kind.has_value()) read->bounds.push_back({read->columns[column->index()], *kind, value});
}

void CollectBounds(const expr::Node& node, TableRead* read) {
  if (node.kind() == expr::NodeKind::kConjunction) {
    for (const expr::NodePtr& child : node.children()) CollectBounds(*child, read);
  } else if (node.kind() == expr::NodeKind::kComparison) {
    AddBound(static_cast<const expr::ComparisonNode&>(node), read);
  }
}

}  // namespace

Result<Projection> BindItems(const std::vector<sql::SelectItem>& items,
                             const TableDefinition* table, const TableScope* table_scope,
                             const Scope& scope) {
  Projection output;
  for (const sql::SelectItem& item : items) {
    if (const auto* star = item.expression.If<sql::Star>()) {
      RETURN_IF_ERROR(ExpandStar(*star, item.expression.position, table, table_scope, &output));
      continue;
    }
    ASSIGN_OR_RETURN(expr::NodePtr node, BindExpression(item.expression, scope, Fallback::kEngine));
    bool primary_key = false;
    if (const auto* ref = item.expression.If<sql::ColumnRef>(); ref != nullptr && table) {
      const auto position = table->FindColumn(ref->column);
      primary_key = position && table->IsKeyColumn(table->columns()[*position].id);
    }
    AddOutput(std::move(node), item.alias.empty() ? InferName(item.expression) : item.alias,
              primary_key, &output);
  }
  return output;
}

// How many leading parts are pinned, doubled, and one for a range on the next.
static size_t IndexScore(const IndexDefinition& index, const TableRead& read) {
  size_t score = 0;
  for (const IndexPart& part : index.parts) {
    if (!part.json_path.empty()) break;
    const size_t column = *read.table->FindColumn(part.column);
    bool equal = false;
    bool range = false;
    for (const ValueBound& bound : read.bounds) {
      if (bound.column != column) continue;
      (bound.kind == ColumnBound::Kind::kEqual ? equal : range) = true;
    }
    if (!equal) return score + (range ? 1 : 0);
    score += 2;
  }
  return score;
}

// The primary key first: it needs no second look-up.
static void ChooseIndex(TableRead* read) {
  const std::vector<size_t> key = read->table->KeyPositions();
  const bool key_helps = !key.empty() && std::ranges::any_of(read->bounds, [&](const auto& bound) {
    return bound.column == key.front() && bound.kind == ColumnBound::Kind::kEqual;
  });
  if (read->point || key_helps) return;
  size_t best = 0;
  for (const IndexDefinition& index : read->table->indexes) {
    if (index.state != IndexState::kReady) continue;
    const size_t score = IndexScore(index, *read);
    if (score <= best) continue;
    best = score;
    read->index = index.id;
  }
}

void FindBounds(TableRead* read) {
  if (read->filter != nullptr) CollectBounds(*read->filter, read);
  const std::vector<size_t> key = read->table->KeyPositions();
  read->point = !key.empty() && std::ranges::all_of(key, [&](size_t column) {
    return std::ranges::any_of(read->bounds, [&](const ValueBound& bound) {
      return bound.column == column && bound.kind == ColumnBound::Kind::kEqual;
    });
  });
  ChooseIndex(read);
}

}  // namespace millrace::plan
