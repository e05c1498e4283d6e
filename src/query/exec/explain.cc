#include "query/exec/explain.h"

#include <algorithm>
#include <utility>

#include "query/exec/read_rows.h"
#include "query/exec/select.h"
#include "query/plan/planner.h"

namespace millrace::exec {
namespace {

using Lines = std::vector<std::string>;

std::string_view KindSymbol(ColumnBound::Kind kind) {
  switch (kind) {
    case ColumnBound::Kind::kEqual:
      return " = ";
    case ColumnBound::Kind::kLess:
      return " < ";
    case ColumnBound::Kind::kLessOrEqual:
      return " <= ";
    case ColumnBound::Kind::kGreater:
      return " > ";
    case ColumnBound::Kind::kGreaterOrEqual:
      return " >= ";
  }
  return " ? ";
}

// The bounds on columns that narrow the scan.
template <typename Narrows>
std::string BoundsText(const plan::TableRead& read, Narrows narrows) {
  std::string text;
  for (const plan::ValueBound& bound : read.bounds) {
    if (bound.column >= read.table->columns().size()) continue;
    const ColumnDefinition& column = read.table->columns()[bound.column];
    if (!narrows(column.id)) continue;
    if (!text.empty()) text.append(" AND ");
    text.append(column.name).append(KindSymbol(bound.kind)).append(bound.value->ToString());
  }
  return text;
}

std::string KeyBounds(const plan::TableRead& read) {
  return BoundsText(read, [&](ColumnId column) { return read.table->IsKeyColumn(column); });
}

std::string IndexBounds(const plan::TableRead& read, const IndexDefinition& index) {
  return BoundsText(read, [&](ColumnId column) {
    return std::ranges::any_of(index.parts, [&](const IndexPart& part) {
      return part.column == column && part.json_path.empty();
    });
  });
}

void DescribeRead(const plan::TableRead& read, Lines* lines) {
  const std::string bounds = KeyBounds(read);
  const IndexDefinition* index = read.table->FindIndex(read.index);
  std::string path = read.point ? "Point Get" : (bounds.empty() ? "Table Scan" : "Key Range Scan");
  if (index != nullptr) path = "Index Scan using " + index->name;
  if (read.direction == plan::Direction::kBackward) path.append(" Backward");
  lines->push_back(path + " on " + read.table->qualified_name() + " (" +
                   std::string(TableKindName(read.table->kind)) + ", hot)");
  if (read.table->per_user()) lines->push_back("  Scope: the caller's own rows");
  if (!bounds.empty()) lines->push_back("  Key: " + bounds);
  if (index != nullptr) {
    const std::string entries = IndexBounds(read, *index);
    if (!entries.empty()) lines->push_back("  Index: " + entries);
    if (!read.index_order) lines->push_back("  Only where its entries are few of the table's rows");
  }
  if (read.filter != nullptr) lines->push_back("  Filter: " + read.filter->ToString());
  if (read.limit != nullptr) lines->push_back("  Limit: " + read.limit->ToString());
  if (read.offset != nullptr) lines->push_back("  Offset: " + read.offset->ToString());
}

void DescribeEngine(const plan::SelectEngine& engine, Lines* lines) {
  lines->push_back("Analytical Engine (" + engine.reason + ")");
  for (const plan::EngineTable& table : engine.tables) {
    lines->push_back("  Scan on " + (table.table != nullptr
                                         ? table.table->qualified_name() + " (hot)"
                                         : table.namespace_name + "." + table.name));
  }
}

void DescribeSelect(const plan::SelectPlan& plan, Lines* lines) {
  if (std::holds_alternative<plan::SelectConstant>(plan)) {
    lines->push_back("Constant");
  } else if (const auto* select = std::get_if<plan::SelectTable>(&plan)) {
    DescribeRead(select->read, lines);
  } else {
    DescribeEngine(std::get<plan::SelectEngine>(plan), lines);
  }
}

void DescribeChange(std::string_view verb, const plan::TableRead& read,
                    const std::optional<plan::SelectEngine>& rows_query, Lines* lines) {
  lines->push_back(std::string(verb) + " on " + read.table->qualified_name());
  if (rows_query.has_value()) {
    DescribeEngine(*rows_query, lines);
  } else {
    DescribeRead(read, lines);
  }
}

void DescribePlan(const plan::Plan& plan, Lines* lines) {
  if (const auto* select = std::get_if<plan::SelectPlan>(&plan)) {
    DescribeSelect(*select, lines);
  } else if (const auto* insert = std::get_if<plan::InsertPlan>(&plan)) {
    lines->push_back("Insert on " + insert->table->qualified_name());
    if (insert->conflict.has_value()) lines->push_back("  On Conflict: look up existing keys");
    if (insert->source != nullptr) DescribeSelect(*insert->source, lines);
  } else if (const auto* update = std::get_if<plan::UpdatePlan>(&plan)) {
    DescribeChange("Update", update->read, update->rows_query, lines);
  } else if (const auto* deletion = std::get_if<plan::DeletePlan>(&plan)) {
    DescribeChange("Delete", deletion->read, deletion->rows_query, lines);
  } else if (const auto* truncate = std::get_if<plan::TruncatePlan>(&plan)) {
    for (const TablePtr& table : truncate->tables) {
      lines->push_back("Truncate on " + table->qualified_name());
    }
  } else {
    lines->push_back("Utility Statement");
  }
}

StatementResult LinesResult(const Lines& lines) {
  Schema schema{{{.name = "plan", .type = TypeId::kText}}};
  Batch batch = Batch::ForSchema(schema);
  for (const std::string& line : lines) {
    const Value row[] = {Value::Text(line)};
    batch.AppendRow(row);
  }
  return StatementResult::Rows(std::move(schema), std::move(batch));
}

Task<Result<uint64_t>> CountRows(StatementResult result) {
  uint64_t rows = result.schema.has_value() ? 0 : result.row_count;
  for (const Batch& batch : result.batches) rows += batch.rows;
  while (result.stream != nullptr) {
    ASSIGN_OR_CO_RETURN(const std::optional<Batch> batch, co_await result.stream->Next());
    if (!batch.has_value()) break;
    rows += batch->rows;
  }
  co_return rows;
}

// The request of the inner statement, which was planned on its own.
RequestPtr InnerRequest(const Request& request, const plan::Prepared& inner,
                        std::shared_ptr<ScanCounts> counts) {
  auto counted = std::make_shared<Request>(request);
  counted->planned_generation = inner.generation;
  counted->scan_counts = std::move(counts);
  return counted;
}

void DescribeCounts(const ScanCounts& counts, Lines* lines) {
  const uint64_t cached = counts.ranges_cached;
  const uint64_t ranges = cached + counts.ranges_read;
  if (ranges == 0) return;
  lines->push_back("Columns from cache: " + std::to_string(cached) + " of " +
                   std::to_string(ranges) + " ranges");
}

}  // namespace

Task<Result<StatementResult>> Explain(Executor& executor, plan::PreparedPtr prepared,
                                      RequestPtr request) {
  const auto& explain = *prepared->statement.If<sql::Explain>();
  const plan::Planner planner(executor.services().catalog);
  ASSIGN_OR_CO_RETURN(const plan::PreparedPtr inner,
                      planner.Prepare(*explain.statement, request->namespace_name));
  Lines lines;
  DescribePlan(inner->plan, &lines);
  if (explain.analyze) {
    const Clock& clock = executor.services().clock;
    const int64_t started = clock.MonotonicNanos();
    const auto counts = std::make_shared<ScanCounts>();
    const RequestPtr counted = InnerRequest(*request, *inner, counts);
    ASSIGN_OR_CO_RETURN(StatementResult result, co_await executor.Execute(inner, counted));
    ASSIGN_OR_CO_RETURN(const uint64_t rows, co_await CountRows(std::move(result)));
    const int64_t micros = (clock.MonotonicNanos() - started) / 1000;
    DescribeCounts(*counts, &lines);
    lines.push_back("Rows: " + std::to_string(rows));
    lines.push_back("Execution Time: " + std::to_string(micros / 1000) + "." +
                    std::to_string(1000 + micros % 1000).substr(1) + " ms");
  }
  co_return LinesResult(lines);
}

}  // namespace millrace::exec
