// A bounded pool of instances of one kind, created when first needed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "query/exec/engine/instance.h"

namespace millrace::engine {

struct PoolOptions {
  std::string name;  // of the pool's instances in the spill directory
  InstanceOptions instance;
  size_t instances_max = 1;
  size_t waiting_max = 0;
  int64_t wait_ms_max = 0;
};

struct PoolCounters {
  uint64_t acquired = 0;
  uint64_t created = 0;
  uint64_t discarded = 0;
  uint64_t refused = 0;
};

class InstancePool;

// The right to use one instance; gives it back when destroyed.
class InstanceLease {
 public:
  InstanceLease() = default;
  InstanceLease(std::shared_ptr<InstancePool> pool, std::unique_ptr<Instance> instance)
      : pool_(std::move(pool)), instance_(std::move(instance)) {}
  ~InstanceLease() { Release(); }
  InstanceLease(InstanceLease&& other) noexcept = default;
  InstanceLease& operator=(InstanceLease&& other) noexcept = delete;

  explicit operator bool() const { return instance_ != nullptr; }
  Instance* operator->() const { return instance_.get(); }

  // The instance is destroyed instead of given back.
  void MarkBroken() { broken_ = true; }
  // Ends its query and gives the instance back. Waits for the query's threads
  // to reach their next batch.
  void Release();

 private:
  std::shared_ptr<InstancePool> pool_;
  std::unique_ptr<Instance> instance_;
  bool broken_ = false;
};

// Thread-safe.
class InstancePool : public std::enable_shared_from_this<InstancePool> {
 public:
  explicit InstancePool(PoolOptions options) : options_(std::move(options)) {}

  // Waits for an instance. Errors: 53300 when waiting_max queries already wait
  // or wait_ms_max is over.
  Result<InstanceLease> Acquire();
  // Creates an instance if there is none yet.
  Status Warm();
  PoolCounters counters() const;

 private:
  friend class InstanceLease;
  // Null for an instance that was discarded.
  void GiveBack(std::unique_ptr<Instance> instance);
  Status WaitForInstance(MutexLock& lock);
  // Unlocks.
  Result<InstanceLease> Create(MutexLock& lock);
  InstanceOptions OptionsOf(uint64_t number) const;

  const PoolOptions options_;
  mutable Mutex mutex_;
  ConditionVariable given_back_;
  std::vector<std::unique_ptr<Instance>> idle_;
  size_t instances_ = 0;  // idle, in use or being created
  size_t waiting_ = 0;
  PoolCounters counters_;
};

}  // namespace millrace::engine
