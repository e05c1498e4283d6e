// What passed and what failed, printed as it happens. The closing line is what
// scripts read.
#pragma once

#include <cstdio>
#include <string>

#include "base/status.h"

namespace millrace::crash {

// Not thread-safe.
class Tally {
 public:
  void Add(const std::string& name, const Status& status, const std::string& remark = {}) {
    if (status.ok()) {
      ++passed_;
      std::printf("ok    %s%s%s\n", name.c_str(), remark.empty() ? "" : ": ", remark.c_str());
    } else {
      ++failed_;
      std::printf("FAIL  %s: %s\n", name.c_str(), status.ToString().c_str());
    }
    std::fflush(stdout);
  }

  void Skip(const std::string& name, const std::string& why) {
    std::printf("skip  %s: %s\n", name.c_str(), why.c_str());
    std::fflush(stdout);
  }

  int failed() const { return failed_; }
  void PrintClosingLine() const { std::printf("%d passed, %d failed\n", passed_, failed_); }

 private:
  int passed_ = 0;
  int failed_ = 0;
};

}  // namespace millrace::crash
