// Where the bytes of an import come from, and reading them line by line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace millrace::cli {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads up to `size` bytes; 0 at the end.
  virtual Result<size_t> Read(char* buffer, size_t size) = 0;
};

// A text as a source, handed out in small pieces: for tests.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text, size_t piece_bytes = SIZE_MAX)
      : text_(text), piece_bytes_(piece_bytes) {}
  Result<size_t> Read(char* buffer, size_t size) override;

 private:
  std::string_view text_;
  size_t piece_bytes_;
};

// A buffer over a source with one byte of lookahead.
class ByteReader {
 public:
  static constexpr int kEnd = -1;

  explicit ByteReader(ByteSource& source) : source_(source), buffer_(kBufferBytes) {}

  // The next byte, without taking it, or kEnd; after a failed read kEnd too.
  int Peek() { return at_ < filled_ || Fill() ? static_cast<unsigned char>(buffer_[at_]) : kEnd; }
  int Take() {
    const int byte = Peek();
    if (byte != kEnd) ++at_;
    return byte;
  }
  // Why the reading ended: Ok at the true end.
  const Status& status() const { return status_; }
  // Takes a UTF-8 byte order mark if it is there.
  void SkipByteOrderMark();
  // Looks at the bytes that are there without taking them: at least one unless at the end.
  std::string_view Buffered() {
    return Peek() == kEnd ? std::string_view()
                          : std::string_view(buffer_.data() + at_, filled_ - at_);
  }
  // Takes a line without its "\n" or "\r\n". False at the end. ResourceExhausted
  // when it is longer than `bytes_max`.
  Result<bool> TakeLine(std::string& line, size_t bytes_max);

 private:
  static constexpr size_t kBufferBytes = 256 * 1024;
  bool Fill();

  ByteSource& source_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t filled_ = 0;
  bool ended_ = false;
  Status status_;
};

}  // namespace millrace::cli
