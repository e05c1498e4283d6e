// A file to import: plain, gzip (unpacked here) or another compression (unpacked
// by the system's program, started without a shell).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/import/byte_source.h"

namespace millrace::cli {

class InputFile : public ByteSource {
 public:
  // Chooses by the end of the name; "-" is the standard input.
  static Result<std::unique_ptr<InputFile>> Open(const std::string& path);
  // How many bytes of the file on disk have been taken so far.
  virtual uint64_t consumed() const = 0;
};

// "x_Packages.lz4" -> "x_Packages": without the ending of a known compression.
std::string_view WithoutCompression(std::string_view path);

// Turns files, directories and glob patterns into files. Of a directory it takes
// the Debian package indexes if there are any, else all plain files.
// NotFound when something names nothing.
Result<std::vector<std::string>> ExpandFiles(const std::vector<std::string>& patterns);

// The size on disk, 0 for what is no plain file.
uint64_t FileBytes(const std::string& path);

}  // namespace millrace::cli
