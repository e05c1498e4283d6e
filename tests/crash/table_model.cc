// Two states are right at most: without the open statement, and with it.
#include "table_model.h"

#include <utility>

namespace millrace::crash {
namespace {

void ApplyTo(Rows* rows, const RowEffects& effects) {
  for (const auto& [id, state] : effects) {
    if (state.has_value()) {
      (*rows)[id] = *state;
    } else {
      rows->erase(id);
    }
  }
}

std::string Describe(int64_t id, const RowState* row) {
  if (row == nullptr) return "row " + std::to_string(id) + " absent";
  std::string text =
      "row " + std::to_string(id) + " (" + std::to_string(row->n) + ", '" + row->body + "'";
  if (row->seq.has_value()) text += ", _seq " + std::to_string(*row->seq);
  return text + ")";
}

bool Same(const RowState* expected, const RowState* found) {
  if (expected == nullptr || found == nullptr) return expected == found;
  return expected->n == found->n && expected->body == found->body &&
         (!expected->seq.has_value() || expected->seq == found->seq);
}

const RowState* Find(const Rows& rows, int64_t id) {
  const auto it = rows.find(id);
  return it == rows.end() ? nullptr : &it->second;
}

// Empty when they are the same.
std::string Difference(const Rows& expected, const Rows& found) {
  std::map<int64_t, bool> ids;
  for (const auto& [id, row] : expected) ids[id] = true;
  for (const auto& [id, row] : found) ids[id] = true;
  size_t differences = 0;
  std::string first;
  for (const auto& [id, present] : ids) {
    const RowState* wanted = Find(expected, id);
    const RowState* got = Find(found, id);
    if (Same(wanted, got)) continue;
    if (differences++ == 0)
      first = "wanted " + Describe(id, wanted) + ", found " + Describe(id, got);
  }
  if (differences == 0) return {};
  return std::to_string(differences) + " rows differ: " + first;
}

}  // namespace

void TableModel::Apply(const RowEffects& effects) { ApplyTo(&rows_, effects); }

Status TableModel::Reconcile(const Rows& found) {
  const std::string without_open = Difference(rows_, found);
  if (without_open.empty()) {
    rows_ = found;
    open_.reset();
    return Status::Ok();
  }
  if (!open_.has_value()) return DataLoss(without_open);
  Rows with = rows_;
  ApplyTo(&with, *open_);
  const std::string with_open = Difference(with, found);
  if (!with_open.empty()) {
    return DataLoss("without the open statement " + without_open + "; with it " + with_open);
  }
  rows_ = found;
  open_.reset();
  return Status::Ok();
}

}  // namespace millrace::crash
