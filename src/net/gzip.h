// gzip for response bodies, at the fastest level: a loop's time is dearer than bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

// kFlush: what was appended can be read now. kEnd: the stream is over.
enum class GzipStep : uint8_t { kMore, kFlush, kEnd };

// One gzip stream at a time; holds about 256 KiB. Not thread-safe.
class GzipEncoder {
 public:
  GzipEncoder();
  ~GzipEncoder();
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  // Begins a new stream.
  void Reset();
  // About 10 ms per MiB: callers on a loop give it at most kSliceBytes at a time.
  void Append(std::string_view bytes, GzipStep step, std::string* out);
  static constexpr size_t kSliceBytes = 64 << 10;

 private:
  struct Stream;  // zlib's
  std::unique_ptr<Stream> stream_;
};

// Keeps a few encoders of one loop for the next response.
class GzipPool {
 public:
  std::unique_ptr<GzipEncoder> Take();
  void Return(std::unique_ptr<GzipEncoder> encoder);

 private:
  static constexpr size_t kKept = 4;
  std::vector<std::unique_ptr<GzipEncoder>> idle_;
};

}  // namespace millrace
