// A directory of its own for one test, removed with all it holds.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::testing {

class TemporaryDirectory {
 public:
  // Makes a new directory inside of `parent`, or of the system's when it is empty.
  static Result<TemporaryDirectory> Make(std::string_view parent = {});

  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;  // empty once moved from
};

}  // namespace millrace::testing
