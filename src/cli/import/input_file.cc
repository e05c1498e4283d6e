#include "cli/import/input_file.h"

#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

extern char** environ;

namespace millrace::cli {
namespace {

struct Compression {
  std::string_view ending;
  const char* program;  // called as `program -dc` with the file as its input; null: zlib
};
constexpr std::array<Compression, 5> kCompressions = {
    {{".gz", nullptr}, {".lz4", "lz4"}, {".xz", "xz"}, {".zst", "zstd"}, {".bz2", "bzip2"}}};

const Compression* CompressionOf(std::string_view path) {
  for (const Compression& compression : kCompressions) {
    if (path.ends_with(compression.ending)) return &compression;
  }
  return nullptr;
}

Status SystemError(const std::string& what, const std::string& path, int error) {
  const std::string message = what + " '" + path + "': " + std::strerror(error);
  return error == ENOENT ? NotFound(message).WithSqlState("58P01")
                         : FailedPrecondition(message).WithSqlState("58030");
}

uint64_t Position(int file_descriptor) {
  const off_t position = lseek(file_descriptor, 0, SEEK_CUR);
  return position < 0 ? 0 : static_cast<uint64_t>(position);
}

class PlainFile final : public InputFile {
 public:
  PlainFile(std::string path, int file_descriptor) : path_(std::move(path)), fd_(file_descriptor) {}
  ~PlainFile() override { close(fd_); }

  Result<size_t> Read(char* buffer, size_t size) override {
    ssize_t got = 0;
    do {
      got = read(fd_, buffer, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return SystemError("cannot read", path_, errno);
    consumed_ += static_cast<uint64_t>(got);
    return static_cast<size_t>(got);
  }
  uint64_t consumed() const override { return consumed_; }

 private:
  std::string path_;
  int fd_;
  uint64_t consumed_ = 0;
};

class GzipFile final : public InputFile {
 public:
  GzipFile(std::string path, gzFile file) : path_(std::move(path)), file_(file) {
    gzbuffer(file_, 128 * 1024);
  }
  ~GzipFile() override { gzclose(file_); }

  Result<size_t> Read(char* buffer, size_t size) override {
    const int got = gzread(file_, buffer, static_cast<unsigned>(size));
    int error = Z_OK;
    const char* text = gzerror(file_, &error);
    // A cut-off file gives what it has and then Z_BUF_ERROR.
    if (got < 0 || (got == 0 && error != Z_OK)) {
      return DataLoss("cannot unpack '" + path_ + "': " + text);
    }
    return static_cast<size_t>(got);
  }
  uint64_t consumed() const override { return static_cast<uint64_t>(gzoffset(file_)); }

 private:
  std::string path_;
  gzFile file_;
};

// The program's standard input is the file itself: the two share its position,
// which tells how far it has come.
class PipedFile final : public InputFile {
 public:
  static Result<std::unique_ptr<InputFile>> Start(const std::string& path, const char* program,
                                                  int file_descriptor);
  ~PipedFile() override {
    close(pipe_);
    if (child_ > 0) waitpid(child_, nullptr, 0);
    close(fd_);
  }

  Result<size_t> Read(char* buffer, size_t size) override {
    ssize_t got = 0;
    do {
      got = read(pipe_, buffer, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return SystemError("cannot read", path_, errno);
    if (got == 0) RETURN_IF_ERROR(CheckExit());
    return static_cast<size_t>(got);
  }
  uint64_t consumed() const override { return Position(fd_); }

 private:
  PipedFile(std::string path, const char* program, int file_descriptor)
      : path_(std::move(path)), program_(program), fd_(file_descriptor) {}

  Status CheckExit() {
    if (child_ <= 0) return Status::Ok();
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return Status::Ok();
    return DataLoss("cannot unpack '" + path_ + "': " + program_ + " failed");
  }

  std::string path_;
  const char* program_;
  int fd_;
  int pipe_ = -1;
  pid_t child_ = -1;
};

Result<std::unique_ptr<InputFile>> PipedFile::Start(const std::string& path, const char* program,
                                                    int file_descriptor) {
  std::unique_ptr<PipedFile> file(new PipedFile(path, program, file_descriptor));
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return SystemError("cannot unpack", path, errno);
  file->pipe_ = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, file_descriptor, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: Ctrl-C is for us, and we end it by closing the pipe.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string name = program;
  std::string flags = "-dc";
  char* arguments[] = {name.data(), flags.data(), nullptr};
  const int error = posix_spawnp(&file->child_, program, &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error != 0) {
    file->child_ = -1;
    return FailedPrecondition("cannot unpack '" + path + "': the program '" + name +
                              "' cannot be run")
        .WithDetail(std::strerror(error))
        .WithHint("Install it, or unpack the file first.");
  }
  return std::unique_ptr<InputFile>(std::move(file));
}

bool IsIndex(const std::string& path) {
  return WithoutCompression(path).ends_with("_Packages") ||
         std::filesystem::path(WithoutCompression(path)).filename() == "Packages";
}

std::vector<std::string> FilesOf(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file(error) && !name.starts_with('.')) {
      files.push_back(entry.path().string());
    }
  }
  if (std::any_of(files.begin(), files.end(), IsIndex)) {
    std::erase_if(files, [](const std::string& file) { return !IsIndex(file); });
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> Glob(const std::string& pattern) {
  glob_t found = {};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

}  // namespace

std::string_view WithoutCompression(std::string_view path) {
  const Compression* compression = CompressionOf(path);
  if (compression != nullptr) path.remove_suffix(compression->ending.size());
  return path;
}

Result<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path) {
  const int fd = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return SystemError("cannot open", path, errno);
  const Compression* compression = CompressionOf(path);
  if (compression == nullptr) {
    return std::unique_ptr<InputFile>(std::make_unique<PlainFile>(path, fd));
  }
  if (compression->program != nullptr) return PipedFile::Start(path, compression->program, fd);
  gzFile file = gzdopen(fd, "rb");
  if (file == nullptr) {
    close(fd);
    return ResourceExhausted("cannot unpack '" + path + "'");
  }
  return std::unique_ptr<InputFile>(std::make_unique<GzipFile>(path, file));
}

Result<std::vector<std::string>> ExpandFiles(const std::vector<std::string>& patterns) {
  std::vector<std::string> files;
  for (const std::string& pattern : patterns) {
    std::error_code error;
    std::vector<std::string> found;
    if (std::filesystem::is_directory(pattern, error)) {
      found = FilesOf(pattern);
    } else if (pattern == "-" || std::filesystem::exists(pattern, error)) {
      found = {pattern};
    } else {
      found = Glob(pattern);
    }
    if (found.empty()) return NotFound("no file '" + pattern + "'").WithSqlState("58P01");
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

uint64_t FileBytes(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  return static_cast<uint64_t>(info.st_size);
}

}  // namespace millrace::cli
