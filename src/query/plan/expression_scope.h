// Which columns an expression may name, and where each is found in the batch the
// expression will be evaluated on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/sql/ast_expression.h"
#include "types/schema.h"

namespace millrace::plan {

struct ScopeColumn {
  size_t index = 0;  // in the input batch
  SqlType type;
  std::string name;
  bool nullable = true;
};

class Scope {
 public:
  virtual ~Scope() = default;
  // Errors: 42703 no such column, with a "did you mean" hint; 42702 ambiguous;
  // 42P01 unknown table qualifier. Without a position: the caller adds it.
  virtual Result<ScopeColumn> Resolve(const sql::ColumnRef& reference) const = 0;
};

// Allows no column: defaults, VALUES, LIMIT.
class EmptyScope final : public Scope {
 public:
  Result<ScopeColumn> Resolve(const sql::ColumnRef& reference) const override;
};

// The columns of one or more relations, side by side in the batch.
class RelationScope final : public Scope {
 public:
  // `alias` is what the statement calls the relation: the table's own name when
  // none was written. A relation with an alias of its own cannot be named with a
  // namespace; pass an empty one. Columns follow those of the relations before.
  void Add(std::string namespace_name, std::string alias, const std::vector<Field>& fields);

  Result<ScopeColumn> Resolve(const sql::ColumnRef& reference) const override;
  size_t columns() const { return columns_; }

 private:
  struct Relation {
    std::string namespace_name;
    std::string alias;
    std::vector<Field> fields;
    size_t first = 0;
  };
  bool Matches(const Relation& relation, const sql::ColumnRef& reference) const;
  Status UnknownColumn(const sql::ColumnRef& reference) const;

  std::vector<Relation> relations_;
  size_t columns_ = 0;
};

}  // namespace millrace::plan
