// UPDATE … FROM and DELETE … USING: the relations beside the table that is changed.
//
// The engine delivers, in one row, the columns of the table, `_seq`, the values of
// assignments, and for a RETURNING clause each relation: a column called kRelationMark,
// then its columns. Their names and types are known when the query has been run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/plan/plan.h"

namespace millrace::plan {

// No column of a table can be called so.
inline constexpr std::string_view kRelationMark = "#relation";

// The names by which a FROM clause calls its relations, in order.
std::vector<std::string> RelationNames(const std::vector<sql::TableRef>& from);

// RETURNING over a batch of all columns of the table, `_seq`, and the columns of the
// relations without the marks. `rows` is what the query delivered; relations begin at
// `first`. Errors: as those of a select list; 42702.
Result<Projection> BindJoinedReturning(const JoinedRelations& joined, const TableDefinition& table,
                                       const Schema& rows, size_t first);

}  // namespace millrace::plan
