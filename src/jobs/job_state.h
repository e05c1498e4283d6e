// The life of one run of a background job.
//
//   queued --start--> running --succeed--> completed
//     |                  |----fail-------> failed
//     '-----stop---------'----stop-------> cancelled
//
//   queued     it will run; nothing has been changed
//   running    a worker is at it
//   completed  everything it found to do is done
//   failed     an error ended it; what it did before is kept, the next run continues
//   cancelled  the server asked it to stop; the next run continues
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {

enum class JobState : uint8_t { kQueued, kRunning, kCompleted, kFailed, kCancelled };
enum class JobEvent : uint8_t { kStart, kSucceed, kFail, kStop };

// "queued", "running", …: the `status` column of system.jobs.
constexpr std::string_view JobStateName(JobState state) {
  switch (state) {
    case JobState::kQueued:
      return "queued";
    case JobState::kRunning:
      return "running";
    case JobState::kCompleted:
      return "completed";
    case JobState::kFailed:
      return "failed";
    case JobState::kCancelled:
      return "cancelled";
  }
  return "";
}

// Empty when the event cannot happen in the state.
constexpr std::optional<JobState> Next(JobState state, JobEvent event) {
  if (state == JobState::kQueued) {
    if (event == JobEvent::kStart) return JobState::kRunning;
    if (event == JobEvent::kStop) return JobState::kCancelled;
  }
  if (state == JobState::kRunning) {
    if (event == JobEvent::kSucceed) return JobState::kCompleted;
    if (event == JobEvent::kFail) return JobState::kFailed;
    if (event == JobEvent::kStop) return JobState::kCancelled;
  }
  return std::nullopt;
}

}  // namespace millrace
