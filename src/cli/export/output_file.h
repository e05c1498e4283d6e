// A file being written that nobody sees before it is whole: bytes go to a file of
// another name beside it, which takes its name at the end. Packed when the name ends in
// ".gz". "-" is the standard output; pipes and devices are written as they are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::cli {

// Not thread-safe. Blocking.
class OutputFile {
 public:
  // kNotFound (58P01) when the directory is not there, FailedPrecondition (58030) for
  // what else stands in the way.
  static Result<std::unique_ptr<OutputFile>> Open(const std::string& path);
  // Without Commit nothing is left of what was written, and an old file stays.
  ~OutputFile();

  // Fails like a write does: 53100 when the disk is full.
  Status Write(std::string_view bytes);
  // Makes it durable and visible. Once, last.
  Status Commit();
  // Taken by Write, before packing.
  uint64_t bytes() const { return bytes_; }

 private:
  class Packer;
  OutputFile(std::string path, int file_descriptor);

  Status Flush();
  Status WriteThrough(std::string_view bytes);
  Status Failed(const std::string& what) const;

  std::string path_;
  std::string partial_path_;  // empty: written in place
  int fd_;
  bool owns_descriptor_ = true;
  std::unique_ptr<Packer> packer_;  // null: plain
  std::string buffer_;
  uint64_t bytes_ = 0;
};

}  // namespace millrace::cli
