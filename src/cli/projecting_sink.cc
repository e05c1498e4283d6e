#include "cli/projecting_sink.h"

namespace millrace::cli {

Status ProjectingSink::OnSchema(std::vector<client::Column> columns) {
  taken_.clear();
  std::vector<client::Column> shown;
  for (const ProjectedColumn& wanted : wanted_) {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name != wanted.name) continue;
      taken_.push_back(i);
      client::Column& column = shown.emplace_back(columns[i]);
      column.name = wanted.title;
      column.index = static_cast<uint32_t>(shown.size() - 1);
    }
  }
  return next_.OnSchema(taken_.empty() ? std::move(columns) : std::move(shown));
}

Status ProjectingSink::OnRow(client::Row& row) {
  if (taken_.empty()) return next_.OnRow(row);
  projected_.clear();
  for (const size_t index : taken_) projected_.push_back(row[index]);
  return next_.OnRow(projected_);
}

}  // namespace millrace::cli
