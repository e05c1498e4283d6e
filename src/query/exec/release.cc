#include "query/exec/release.h"

#include <utility>

#include "runtime/task.h"

namespace millrace::exec {

static task_internal::Detached Release(BlockingPool& pool, std::shared_ptr<void> object) {
  auto drop = [object = std::move(object)]() mutable { object.reset(); };
  // A pool that has stopped drops it here: nothing runs any more that could be held up.
  const Status ignored = co_await pool.Run(std::move(drop));
}

void ReleaseOnPool(BlockingPool& pool, std::shared_ptr<void> object) {
  if (object != nullptr) Release(pool, std::move(object));
}

}  // namespace millrace::exec
