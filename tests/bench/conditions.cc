// The sync probe writes as a log does: small, sequential, durable.
#include "conditions.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string_view>
#include <thread>
#include <vector>

#include "report.h"

namespace millrace::bench {
namespace {

constexpr int kSyncs = 200;

}  // namespace

Result<double> MedianSyncMillis(const std::string& directory, const Clock& clock) {
  const std::string path = directory + "/sync_probe";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return Internal("cannot open \"" + path + "\": " + ::strerror(errno));
  const std::array<char, 4096> block{};
  std::vector<double> times;
  bool good = true;
  for (int i = 0; i < kSyncs && good; ++i) {
    const int64_t began = clock.MonotonicNanos();
    good = ::write(file, block.data(), block.size()) == static_cast<ssize_t>(block.size()) &&
           ::fdatasync(file) == 0;
    times.push_back(static_cast<double>(clock.MonotonicNanos() - began) / 1e6);
  }
  const std::string reason = ::strerror(errno);
  ::close(file);
  ::unlink(path.c_str());
  if (!good) return Internal("cannot write \"" + path + "\": " + reason);
  return Median(times);
}

std::string ProcessorDescription() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  std::string model = "unknown";
  while (std::getline(file, line)) {
    if (!line.starts_with("model name")) continue;
    model = line.substr(line.find(':') + 2);
    break;
  }
  return std::to_string(std::thread::hardware_concurrency()) + " x " + model;
}

}  // namespace millrace::bench
