#include "session/result.h"

#include <string>
#include <utility>

namespace millrace {

Status AtStatement(Status status, size_t index, size_t count) {
  if (count == 1 || status.ok()) return status;
  Status named(status.code(),
               "Statement " + std::to_string(index + 1) + " failed: " + status.message());
  named = std::move(named).WithSqlState(status.sqlstate());
  if (!status.detail().empty()) named = std::move(named).WithDetail(status.detail());
  if (!status.hint().empty()) named = std::move(named).WithHint(status.hint());
  if (status.position() != nullptr) named = std::move(named).WithPosition(*status.position());
  return named;
}

}  // namespace millrace
