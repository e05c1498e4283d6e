// The loop measures from the making of a request to the end of its answer.
#include "load.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace millrace::bench {
namespace {

constexpr int kAnswerMillisMax = 30'000;

class LoadLoop {
 public:
  LoadLoop(const std::vector<std::unique_ptr<LoadConnection>>& connections,
           const LoadOptions& options, const Clock& clock)
      : connections_(connections),
        options_(options),
        clock_(clock),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        sent_at_(connections.size()) {}
  ~LoadLoop() { ::close(epoll_); }
  LoadLoop(const LoadLoop&) = delete;
  LoadLoop& operator=(const LoadLoop&) = delete;

  Result<LoadResult> Run();

 private:
  Status Begin(size_t connection, int64_t now);
  Status HandleReadable(size_t connection);
  LoadResult Summary() const;

  const std::vector<std::unique_ptr<LoadConnection>>& connections_;
  const LoadOptions options_;
  const Clock& clock_;
  const int epoll_;
  int64_t began_ = 0;
  int64_t ended_ = 0;
  uint64_t begun_ = 0;
  std::vector<int64_t> sent_at_;
  std::vector<uint32_t> latencies_micros_;
};

Status LoadLoop::Begin(size_t connection, int64_t now) {
  sent_at_[connection] = now;
  return connections_[connection]->Send(options_.first_number + begun_++);
}

Status LoadLoop::HandleReadable(size_t connection) {
  ASSIGN_OR_RETURN(const bool answered, connections_[connection]->Receive());
  if (!answered) return Status::Ok();
  ended_ = clock_.MonotonicNanos();
  latencies_micros_.push_back(static_cast<uint32_t>((ended_ - sent_at_[connection]) / 1000));
  if (ended_ - began_ >= options_.duration_nanos) return Status::Ok();
  return Begin(connection, ended_);
}

Result<LoadResult> LoadLoop::Run() {
  began_ = clock_.MonotonicNanos();
  for (size_t i = 0; i < connections_.size(); ++i) {
    epoll_event interest{.events = EPOLLIN, .data = {.u64 = i}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i]->descriptor(), &interest) != 0) {
      return Internal(std::string("epoll: ") + ::strerror(errno));
    }
    RETURN_IF_ERROR(Begin(i, clock_.MonotonicNanos()));
  }
  std::array<epoll_event, 64> events;
  while (latencies_micros_.size() < begun_) {
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), kAnswerMillisMax);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return DeadlineExceeded("an operation was not answered within 30 s");
    for (int i = 0; i < count; ++i) RETURN_IF_ERROR(HandleReadable(events[i].data.u64));
  }
  return Summary();
}

LoadResult LoadLoop::Summary() const {
  std::vector<uint32_t> sorted = latencies_micros_;
  std::sort(sorted.begin(), sorted.end());
  LoadResult result;
  result.operations = sorted.size();
  result.seconds = static_cast<double>(ended_ - began_) / 1e9;
  result.median_ms = sorted[sorted.size() / 2] / 1e3;
  result.slowest_percent_ms = sorted[sorted.size() * 99 / 100] / 1e3;
  return result;
}

}  // namespace

Result<LoadResult> RunLoad(const std::vector<std::unique_ptr<LoadConnection>>& connections,
                           const LoadOptions& options, const Clock& clock) {
  return LoadLoop(connections, options, clock).Run();
}

}  // namespace millrace::bench
