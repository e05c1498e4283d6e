#include "cli/export/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace millrace::cli {
namespace {

constexpr size_t kBufferBytes = size_t{256} << 10;
constexpr int kGzipWindow = 15 + 16;  // the largest, with gzip's header
constexpr int kGzipLevel = 6;

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return path.substr(0, std::max<size_t>(slash, 1));
}

Status SystemError(const std::string& what, const std::string& path, int error) {
  const std::string message = what + " '" + path + "': " + std::strerror(error);
  if (error == ENOENT) return NotFound(message).WithSqlState("58P01");
  if (error == ENOSPC || error == EDQUOT) {
    return ResourceExhausted(message).WithSqlState("53100");
  }
  return FailedPrecondition(message).WithSqlState("58030");
}

}  // namespace

class OutputFile::Packer {
 public:
  Packer() {
    ready_ =
        deflateInit2(&stream_, kGzipLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Packer() {
    if (ready_) deflateEnd(&stream_);
  }
  Packer(const Packer&) = delete;

  // Packs all of `bytes` and hands what comes out to `write`; `finish` ends the stream.
  template <typename Write>
  Status Pack(std::string_view bytes, int finish, Write write) {
    if (!ready_) return ResourceExhausted("no memory to pack the file").WithSqlState("53200");
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      deflate(&stream_, finish);
      const std::string_view packed(out_.data(), out_.size() - stream_.avail_out);
      if (!packed.empty()) RETURN_IF_ERROR(write(packed));
    } while (stream_.avail_out == 0);
    return Status::Ok();
  }

 private:
  z_stream stream_ = {};
  bool ready_ = false;
  std::array<char, 64 << 10> out_;
};

OutputFile::OutputFile(std::string path, int file_descriptor)
    : path_(std::move(path)), fd_(file_descriptor) {
  if (path_.ends_with(".gz")) packer_ = std::make_unique<Packer>();
  buffer_.reserve(kBufferBytes);
}

Result<std::unique_ptr<OutputFile>> OutputFile::Open(const std::string& path) {
  if (path == "-") {
    std::unique_ptr<OutputFile> file(new OutputFile(path, STDOUT_FILENO));
    file->owns_descriptor_ = false;
    return file;
  }
  struct stat info = {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return FailedPrecondition("'" + path + "' is a directory").WithSqlState("58030");
  }
  if (exists && !S_ISREG(info.st_mode)) {
    const int in_place = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (in_place < 0) return SystemError("cannot open", path, errno);
    return std::unique_ptr<OutputFile>(new OutputFile(path, in_place));
  }
  std::string partial = path + ".XXXXXX";
  const int fd = ::mkostemp(partial.data(), O_CLOEXEC);
  if (fd < 0) return SystemError("cannot write", path, errno);
  // mkostemp makes it private; the new file has the old one's mode, or the usual one.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(fd, exists ? info.st_mode & 07777 : 0666 & ~mask);
  std::unique_ptr<OutputFile> file(new OutputFile(path, fd));
  file->partial_path_ = std::move(partial);
  return file;
}

OutputFile::~OutputFile() {
  if (owns_descriptor_ && fd_ >= 0) ::close(fd_);
  if (!partial_path_.empty()) ::unlink(partial_path_.c_str());
}

Status OutputFile::Failed(const std::string& what) const {
  return SystemError(what, path_ == "-" ? "standard output" : path_, errno);
}

Status OutputFile::WriteThrough(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("cannot write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return Status::Ok();
}

Status OutputFile::Flush() {
  const std::string full = std::exchange(buffer_, {});
  auto write = [this](std::string_view packed) { return WriteThrough(packed); };
  if (packer_ != nullptr) return packer_->Pack(full, Z_NO_FLUSH, write);
  return WriteThrough(full);
}

Status OutputFile::Write(std::string_view bytes) {
  bytes_ += bytes.size();
  buffer_.append(bytes);
  return buffer_.size() < kBufferBytes ? Status::Ok() : Flush();
}

Status OutputFile::Commit() {
  RETURN_IF_ERROR(Flush());
  auto write = [this](std::string_view packed) { return WriteThrough(packed); };
  if (packer_ != nullptr) RETURN_IF_ERROR(packer_->Pack({}, Z_FINISH, write));
  if (partial_path_.empty()) return Status::Ok();
  if (::fsync(fd_) != 0) return Failed("cannot write");
  if (::rename(partial_path_.c_str(), path_.c_str()) != 0) return Failed("cannot rename to");
  partial_path_.clear();
  // The name, too, must survive a power cut.
  const int directory = ::open(DirectoryOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Status::Ok();
  ::fsync(directory);
  ::close(directory);
  return Status::Ok();
}

}  // namespace millrace::cli
