// Counters can only be told from below and above: who was first is not known.
#include "counters.h"

#include <cstdlib>

namespace millrace::crash {

Status Counters::Reconcile(const std::vector<client::Row>& rows) {
  if (rows.size() != kCount) return DataLoss(std::to_string(rows.size()) + " counters are left");
  for (size_t i = 0; i < kCount; ++i) {
    const int64_t found = std::atoll(rows[i][1].text.c_str());
    const int64_t least = counters_[i].acknowledged;
    const int64_t most = least + counters_[i].open;
    if (found < least || found > most) {
      return DataLoss("counter " + std::to_string(i) + " is " + std::to_string(found) +
                      ", not between " + std::to_string(least) + " and " + std::to_string(most));
    }
    counters_[i].acknowledged = found;
    counters_[i].open = 0;
  }
  return Status::Ok();
}

}  // namespace millrace::crash
