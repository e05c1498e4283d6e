#include "net/gzip.h"

#include <zlib.h>

#include "base/assert.h"

namespace millrace {
namespace {

int FlushMode(GzipStep step) {
  switch (step) {
    case GzipStep::kMore:
      return Z_NO_FLUSH;
    case GzipStep::kFlush:
      return Z_SYNC_FLUSH;
    case GzipStep::kEnd:
      return Z_FINISH;
  }
  return Z_FINISH;
}

}  // namespace

struct GzipEncoder::Stream {
  z_stream z{};
};

GzipEncoder::GzipEncoder() : stream_(std::make_unique<Stream>()) {
  constexpr int kGzipWindow = 15 + 16;
  const int opened =
      deflateInit2(&stream_->z, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  MR_ASSERT(opened == Z_OK, "zlib has no memory or is another version");
}

GzipEncoder::~GzipEncoder() { deflateEnd(&stream_->z); }

void GzipEncoder::Reset() { deflateReset(&stream_->z); }

void GzipEncoder::Append(std::string_view bytes, GzipStep step, std::string* out) {
  z_stream& z = stream_->z;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  unsigned char piece[16 << 10];
  do {
    z.next_out = piece;
    z.avail_out = sizeof(piece);
    const int result = deflate(&z, FlushMode(step));
    MR_ASSERT(result != Z_STREAM_ERROR, "a gzip stream is used after its end");
    out->append(reinterpret_cast<const char*>(piece), sizeof(piece) - z.avail_out);
  } while (z.avail_out == 0);
}

std::unique_ptr<GzipEncoder> GzipPool::Take() {
  if (idle_.empty()) return std::make_unique<GzipEncoder>();
  std::unique_ptr<GzipEncoder> encoder = std::move(idle_.back());
  idle_.pop_back();
  encoder->Reset();
  return encoder;
}

void GzipPool::Return(std::unique_ptr<GzipEncoder> encoder) {
  if (idle_.size() < kKept) idle_.push_back(std::move(encoder));
}

}  // namespace millrace
