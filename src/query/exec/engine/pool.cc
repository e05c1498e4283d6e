#include "query/exec/engine/pool.h"

#include <chrono>

namespace millrace::engine {

void InstanceLease::Release() {
  if (instance_ == nullptr) return;
  if (!instance_->End().ok()) broken_ = true;
  if (broken_) instance_.reset();
  pool_->GiveBack(std::move(instance_));
  pool_.reset();
}

Status InstancePool::WaitForInstance(MutexLock& lock) {
  const auto available = [&] { return !idle_.empty() || instances_ < options_.instances_max; };
  if (available()) return Status::Ok();
  const auto refused = [&](std::string message) {
    ++counters_.refused;
    return ResourceExhausted(std::move(message))
        .WithSqlState("53300")
        .WithHint("Try again, or run fewer analytical queries at once.");
  };
  if (waiting_ >= options_.waiting_max) return refused("too many analytical queries are waiting");
  ++waiting_;
  const bool found =
      given_back_.WaitFor(lock, std::chrono::milliseconds(options_.wait_ms_max), available);
  --waiting_;
  return found ? Status::Ok() : refused("no analytical query ended in time to run this one");
}

InstanceOptions InstancePool::OptionsOf(uint64_t number) const {
  InstanceOptions options = options_.instance;
  if (!options.spill_directory.empty()) {
    options.spill_directory += "/" + options_.name + "-" + std::to_string(number);
  }
  return options;
}

Result<InstanceLease> InstancePool::Acquire() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(WaitForInstance(lock));
  ++counters_.acquired;
  if (!idle_.empty()) {
    std::unique_ptr<Instance> instance = std::move(idle_.back());
    idle_.pop_back();
    return InstanceLease(shared_from_this(), std::move(instance));
  }
  return Create(lock);
}

Status InstancePool::Warm() {
  MutexLock lock(mutex_);
  if (instances_ > 0 || options_.instances_max == 0) return Status::Ok();
  return Create(lock).status();  // the lease ends here
}

Result<InstanceLease> InstancePool::Create(MutexLock& lock) {
  ++instances_;
  const uint64_t number = ++counters_.created;
  lock.Unlock();
  auto created = Instance::Create(OptionsOf(number));
  if (!created.ok()) {
    GiveBack(nullptr);
    return created.status();
  }
  return InstanceLease(shared_from_this(), std::move(*created));
}

void InstancePool::GiveBack(std::unique_ptr<Instance> instance) {
  {
    const MutexLock lock(mutex_);
    if (instance == nullptr) {
      --instances_;
      ++counters_.discarded;
    } else {
      idle_.push_back(std::move(instance));
    }
  }
  given_back_.NotifyOne();
}

PoolCounters InstancePool::counters() const {
  const MutexLock lock(mutex_);
  return counters_;
}

}  // namespace millrace::engine
