#include "cli/import/byte_source.h"

#include <algorithm>
#include <cstring>

namespace millrace::cli {

Result<size_t> TextSource::Read(char* buffer, size_t size) {
  const size_t taken = std::min({size, piece_bytes_, text_.size()});
  std::memcpy(buffer, text_.data(), taken);
  text_.remove_prefix(taken);
  return taken;
}

bool ByteReader::Fill() {
  if (ended_) return false;
  at_ = 0;
  filled_ = 0;
  const Result<size_t> got = source_.Read(buffer_.data(), buffer_.size());
  if (!got.ok()) status_ = got.status();
  if (!got.ok() || *got == 0) {
    ended_ = true;
    return false;
  }
  filled_ = *got;
  return true;
}

void ByteReader::SkipByteOrderMark() {
  if (Buffered().starts_with("\xEF\xBB\xBF")) at_ += 3;
}

Result<bool> ByteReader::TakeLine(std::string& line, size_t bytes_max) {
  line.clear();
  if (Peek() == kEnd) {
    RETURN_IF_ERROR(status_);
    return false;
  }
  while (true) {
    const std::string_view buffered = Buffered();
    const size_t end = buffered.find('\n');
    line.append(buffered.substr(0, end));
    if (line.size() > bytes_max) {
      return ResourceExhausted("a line is longer than " + std::to_string(bytes_max) + " bytes");
    }
    at_ += end == std::string_view::npos ? buffered.size() : end + 1;
    if (end != std::string_view::npos || Peek() == kEnd) break;
  }
  RETURN_IF_ERROR(status_);
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

}  // namespace millrace::cli
