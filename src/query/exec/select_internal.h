// The parts of SELECT execution that its .cc files share.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "query/exec/read_rows.h"
#include "query/exec/select.h"
#include "tables/row_scan.h"
#include "tables/row_visibility.h"

namespace millrace::exec {

Result<StatementResult> SelectConstantRow(const Services& services,
                                          const plan::SelectConstant& plan, const Request& request);

// One stored row by its full key: from memory where we are, else one hop.
Task<Result<std::optional<std::string>>> ReadPoint(const Services& services, RequestPtr request,
                                                   std::string key);

Task<Result<StatementResult>> SelectPoint(const Services& services, PreparedTablePtr table,
                                          std::shared_ptr<const plan::SelectPlan> plan,
                                          RequestPtr request);
Task<Result<StatementResult>> SelectRange(const Services& services, PreparedTablePtr table,
                                          std::shared_ptr<const plan::SelectPlan> plan,
                                          RequestPtr request);
Task<Result<StatementResult>> SelectByEngine(const Services& services, TableCache& tables,
                                             std::shared_ptr<const plan::SelectPlan> plan,
                                             RequestPtr request);

// A native scan from bounds to projected rows. Blocking; one worker at a time.
class RangeReader {
 public:
  // The plan holds a SelectTable.
  RangeReader(const Services& services, PreparedTablePtr table,
              std::shared_ptr<const plan::SelectPlan> plan, RequestPtr request);

  // The next rows; empty at the end.
  Result<std::optional<Batch>> Read();
  // Whether the end was seen.
  bool ended() const { return opened_ && scan_ == nullptr; }
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }

 private:
  Status Open();
  const Services& services_;
  PreparedTablePtr table_;
  std::shared_ptr<const plan::SelectPlan> plan_;
  RequestPtr request_;
  RowWindow window_;
  std::unique_ptr<BatchReader> scan_;
  bool opened_ = false;
  std::atomic<bool> cancelled_{false};
};

}  // namespace millrace::exec
