// The log that tests look into.
#include <algorithm>

#include "observe/log.h"

namespace millrace {

void CapturedLog::Write(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  std::string text;
  FormatLogLine(LogFormat::kText, 0, level, event, fields, &text);
  text.erase(0, text.find(' ') + 1);  // the time says nothing in a test
  MutexLock lock(mutex_);
  lines_.push_back({level, std::string(event), std::move(text)});
  changed_.NotifyAll();
}

std::vector<std::string> CapturedLog::Lines() const {
  MutexLock lock(mutex_);
  std::vector<std::string> lines;
  for (const Line& line : lines_) lines.push_back(line.text);
  return lines;
}

size_t CapturedLog::CountLocked(LogLevel level, std::string_view event) const {
  return static_cast<size_t>(std::count_if(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.level == level && line.event == event;
  }));
}

size_t CapturedLog::Count(LogLevel level, std::string_view event) const {
  MutexLock lock(mutex_);
  return CountLocked(level, event);
}

bool CapturedLog::WaitFor(LogLevel level, std::string_view event,
                          std::chrono::nanoseconds timeout) {
  MutexLock lock(mutex_);
  return changed_.WaitFor(lock, timeout, [&] { return CountLocked(level, event) > 0; });
}

}  // namespace millrace
