#include "query/exec/conflict.h"

#include <span>
#include <unordered_set>
#include <utility>

#include "query/exec/read_rows.h"
#include "tables/mutation.h"
#include "tables/row_visibility.h"

namespace millrace::exec {
namespace {

// One new row and what its key holds now.
struct Candidate {
  RowValues row;
  std::string key;
  std::optional<std::string> existing;
};

Result<std::vector<Candidate>> FindExisting(const Services& services, const TableCodec& codec,
                                            std::vector<RowValues> rows,
                                            const plan::ConflictPlan& conflict,
                                            const Request& request) {
  const std::string_view scope = ScopeOf(codec.table(), request);
  std::vector<Candidate> candidates;
  std::vector<std::string> full_keys;
  std::unordered_set<std::string> seen;
  for (RowValues& row : rows) {
    std::string key = codec.RelativeKey(scope, row);
    if (!seen.insert(key).second) {
      if (conflict.action == sql::ConflictAction::kNothing) continue;
      return InvalidArgument("ON CONFLICT DO UPDATE command cannot affect row a second time")
          .WithSqlState("21000")
          .WithHint("Make sure that no two of the rows to insert have the same key.");
    }
    full_keys.push_back(codec.FullKey(key));
    candidates.push_back({std::move(row), std::move(key), std::nullopt});
  }
  ASSIGN_OR_RETURN(auto found, ReadRows(services, request, full_keys));
  RETURN_IF_ERROR(CheckStillPlanned(services, request, codec.table()));
  for (size_t i = 0; i < found.size(); ++i) {
    candidates[i].existing = std::move(found[i]);
    if (candidates[i].existing.has_value() &&
        IsExpired(codec.table(), *candidates[i].existing, request.statement_time_micros)) {
      candidates[i].existing.reset();
    }
  }
  return candidates;
}

// The batch that ON CONFLICT's expressions see, of one candidate.
Result<Batch> ConflictBatch(const TableCodec& codec, const Candidate& candidate) {
  std::vector<size_t> columns;
  for (size_t i = 0; i <= codec.seq_column(); ++i) columns.push_back(i);
  Batch batch = EmptyScanBatch(codec, columns);
  RETURN_IF_ERROR(codec.AppendRow(*candidate.existing, columns, &batch));
  for (size_t i = 0; i < candidate.row.size(); ++i) {
    batch.columns.emplace_back(codec.table().columns()[i].type);
    batch.columns.back().AppendValue(candidate.row[i]);
  }
  return batch;
}

// The row after DO UPDATE; empty when its WHERE says no.
Result<std::optional<RowValues>> UpdatedRow(const plan::ConflictPlan& conflict,
                                            const PreparedTable& table, const Candidate& candidate,
                                            expr::EvalContext& context) {
  ASSIGN_OR_RETURN(const Batch batch, ConflictBatch(*table.codec, candidate));
  if (conflict.filter != nullptr) {
    ASSIGN_OR_RETURN(const bool wanted, expr::IsTrue(*conflict.filter, batch, 0, context));
    if (!wanted) return std::optional<RowValues>();
  }
  ASSIGN_OR_RETURN(RowValues row, table.codec->DecodeRow(*candidate.existing));
  for (const plan::SetColumn& set : conflict.assignments) {
    if (set.expression == nullptr) {
      ASSIGN_OR_RETURN(row[set.column], DefaultValue(table, set.column, context));
      continue;
    }
    ASSIGN_OR_RETURN(const Column value, expr::Evaluate(*set.expression, batch, context));
    row[set.column] = value.GetValue(0);
  }
  RETURN_IF_ERROR(FinishRows(table, std::span(&row, 1), context));
  return std::optional<RowValues>(std::move(row));
}

}  // namespace

Result<PendingWrite> InsertOrUpdate(const Services& services, const plan::InsertPlan& plan,
                                    const PreparedTable& table, std::vector<RowValues> rows,
                                    const Request& request) {
  const TableCodec& codec = *table.codec;
  expr::EvalContext context = MakeEvalContext(services, request);
  ASSIGN_OR_RETURN(std::vector<Candidate> candidates,
                   FindExisting(services, codec, std::move(rows), *plan.conflict, request));
  MutationBatch mutation(request.statement_time_micros);
  mutation.BeginTable(codec.table(), ScopeOf(codec.table(), request));
  PendingWrite write;
  for (Candidate& candidate : candidates) {
    std::string encoded;
    if (!candidate.existing.has_value()) {
      RETURN_IF_ERROR(EncodeRow(codec, candidate.row, request, &encoded));
      mutation.Insert(candidate.key, encoded);
      write.rows.push_back(std::move(candidate.row));
    } else if (plan.conflict->action == sql::ConflictAction::kUpdate) {
      ASSIGN_OR_RETURN(std::optional<RowValues> row,
                       UpdatedRow(*plan.conflict, table, candidate, context));
      if (!row.has_value()) continue;
      RETURN_IF_ERROR(EncodeRow(codec, *row, request, &encoded));
      mutation.Update(candidate.key, row_format::Seq(*candidate.existing), encoded);
      write.rows.push_back(std::move(*row));
    }
    RETURN_IF_ERROR(CheckMutationSize(mutation.bytes()));
  }
  write.changes = mutation.changes();
  write.payload = mutation.Finish();
  return write;
}

}  // namespace millrace::exec
