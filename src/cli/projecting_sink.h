// Passes on some columns of a result, under other titles: what \d and \dt show.
#pragma once

#include <string>
#include <vector>

#include "client/result.h"

namespace millrace::cli {

struct ProjectedColumn {
  std::string name;
  std::string title;
};

// Columns that the result does not have are left out; when it has none of them,
// everything passes as it is. `next` must outlive it.
class ProjectingSink final : public client::ResultSink {
 public:
  ProjectingSink(client::ResultSink& next, std::vector<ProjectedColumn> columns)
      : next_(next), wanted_(std::move(columns)) {}

  Status OnSchema(std::vector<client::Column> columns) override;
  Status OnRow(client::Row& row) override;
  Status OnResultEnd(const client::ResultSummary& summary) override {
    return next_.OnResultEnd(summary);
  }

 private:
  client::ResultSink& next_;
  std::vector<ProjectedColumn> wanted_;
  std::vector<size_t> taken_;
  client::Row projected_;
};

}  // namespace millrace::cli
