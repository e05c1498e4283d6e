// The oracle for the rows that one client has in one table.
//
// A client runs one statement at a time, so at a crash at most one of its statements
// is open: the rows are then what was acknowledged, or that with the whole open
// statement applied. Nothing else is right.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/status.h"

namespace millrace::crash {

struct RowState {
  int64_t n = 0;
  std::string body;
  std::optional<uint64_t> seq;  // when the server told
};

using Rows = std::map<int64_t, RowState>;
// What a statement does to the rows, by key; nullopt: the row goes.
using RowEffects = std::map<int64_t, std::optional<RowState>>;

// Not thread-safe.
class TableModel {
 public:
  const Rows& rows() const { return rows_; }

  // A statement was acknowledged.
  void Apply(const RowEffects& effects);
  // A statement was cut off.
  void SetOpen(RowEffects effects) { open_ = std::move(effects); }

  // Checks what is there after a restart and goes on from it.
  Status Reconcile(const Rows& found);

 private:
  Rows rows_;
  std::optional<RowEffects> open_;
};

}  // namespace millrace::crash
