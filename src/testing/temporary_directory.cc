#include "testing/temporary_directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <filesystem>
#include <utility>

namespace millrace::testing {

Result<TemporaryDirectory> TemporaryDirectory::Make(std::string_view parent) {
  std::filesystem::path inside(parent);
  std::error_code error;
  if (parent.empty()) inside = std::filesystem::temp_directory_path(error);
  if (error) return Internal("there is no directory for temporary files");
  std::string path = (inside / "millrace_XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    return Internal("cannot make a directory \"" + path + "\": " + ::strerror(errno));
  }
  return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace millrace::testing
