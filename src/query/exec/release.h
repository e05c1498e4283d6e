// Letting go of what must not be destroyed on an event loop.
#pragma once

#include <memory>

#include "runtime/blocking_pool.h"

namespace millrace::exec {

// Drops the reference on a worker: the end of an iterator, a snapshot or a running
// query may wait for locks. On an event loop; returns at once.
void ReleaseOnPool(BlockingPool& pool, std::shared_ptr<void> object);

}  // namespace millrace::exec
