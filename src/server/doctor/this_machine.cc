// The machine we run on, asked through system calls and /proc.
#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "client/http_connection.h"
#include "server/doctor/listening_process.h"
#include "server/doctor/machine.h"

namespace millrace::doctor {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlockBytes = 4096;
constexpr size_t kFileBytesMax = 256 << 10;
constexpr int64_t kAnswerTimeoutMs = 5'000;
constexpr size_t kAnswerBytesMax = 64 << 10;

struct Kind {
  uint32_t magic;
  const char* name;
};
// From linux/magic.h and the file systems' own headers.
constexpr std::array<Kind, 13> kKinds = {{{0xEF53, "ext4"},
                                          {0x58465342, "xfs"},
                                          {0x9123683E, "btrfs"},
                                          {0x2FC12FC1, "zfs"},
                                          {0xF2F52010, "f2fs"},
                                          {0x01021994, "tmpfs"},
                                          {0x858458F6, "ramfs"},
                                          {0x794C7630, "overlayfs"},
                                          {0x6969, "nfs"},
                                          {0xFF534D42, "cifs"},
                                          {0xFE534D42, "smb2"},
                                          {0x65735546, "fuse"},
                                          {0x01021997, "9p"}}};

std::string KindName(uint32_t magic) {
  for (const Kind& kind : kKinds) {
    if (kind.magic == magic) return kind.name;
  }
  char text[16] = "0x";
  const auto end = std::to_chars(text + 2, text + sizeof(text), magic, 16).ptr;
  return std::string(text, end);
}

std::string NameOfUser(uid_t uid) {
  const passwd* entry = ::getpwuid(uid);
  return entry == nullptr ? std::to_string(uid) : std::string(entry->pw_name);
}

std::optional<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return std::nullopt;
  std::string text(kFileBytesMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

// A number of bytes, or nothing for "max" and for no file.
std::optional<uint64_t> ReadLimit(const std::string& path) {
  const auto text = ReadText(path);
  uint64_t limit = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), limit).ec != std::errc())
    return std::nullopt;
  return limit;
}

// The line "MemAvailable:   123 kB" of /proc/meminfo, in bytes.
uint64_t MemoryLine(const std::string& text, std::string_view name) {
  const size_t at = text.find(name);
  if (at == std::string::npos) return 0;
  return std::strtoull(text.c_str() + at + name.size(), nullptr, 10) * 1024;
}

// The path of our control group: "0::/system.slice/millrace.service".
std::string ControlGroup() {
  const std::string text = ReadText("/proc/self/cgroup").value_or("");
  const size_t at = text.find("0::");
  if (at == std::string::npos) return {};
  return text.substr(at + 3, text.find('\n', at) - at - 3);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

Status FailedCall(const std::string& what) {
  return Unavailable(what + ": " + std::strerror(errno));
}

int64_t NewestFileMicros(const std::string& directory) {
  int64_t newest = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    struct stat info = {};
    if (::stat(entry.path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    newest =
        std::max<int64_t>(newest, info.st_mtim.tv_sec * 1'000'000 + info.st_mtim.tv_nsec / 1000);
  }
  return newest;
}

class RealMachine final : public Machine {
 public:
  std::string UserName() override { return NameOfUser(::geteuid()); }

  PathState StateOf(const std::string& path) override {
    PathState state;
    struct stat info = {};
    if (::stat(path.c_str(), &info) != 0) return state;
    state.exists = true;
    state.is_directory = S_ISDIR(info.st_mode);
    state.writable = ::faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
    state.open_to_others = (info.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    state.owner = NameOfUser(info.st_uid);
    if (state.is_directory) state.newest_file_micros = NewestFileMicros(path);
    return state;
  }

  Result<DiskSpace> SpaceOf(const std::string& path) override {
    struct statvfs space = {};
    struct statfs kind = {};
    if (::statvfs(path.c_str(), &space) != 0 || ::statfs(path.c_str(), &kind) != 0) {
      return FailedCall("cannot look at the file system of " + path);
    }
    return DiskSpace{.total_bytes = uint64_t{space.f_blocks} * space.f_frsize,
                     .free_bytes = uint64_t{space.f_bavail} * space.f_frsize,
                     .total_files = space.f_files,
                     .free_files = space.f_favail,
                     .kind = KindName(static_cast<uint32_t>(kind.f_type)),
                     .read_only = (space.f_flag & ST_RDONLY) != 0};
  }

  Result<std::vector<int64_t>> SyncMicros(const std::string& directory, int count) override {
    std::string path = directory + "/.millrace-doctor-XXXXXX";
    const Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
    if (file.get() < 0) return FailedCall("cannot write a file in " + directory);
    ::unlink(path.c_str());
    const std::string block(kBlockBytes, 'm');
    std::vector<int64_t> micros;
    for (int i = 0; i < count; ++i) {
      const int64_t start = clock_.MonotonicNanos();
      const ssize_t written = ::write(file.get(), block.data(), block.size());
      if (written != static_cast<ssize_t>(block.size()) || ::fdatasync(file.get()) != 0) {
        return FailedCall("cannot write to the disk of " + directory);
      }
      micros.push_back((clock_.MonotonicNanos() - start) / 1000);
    }
    return micros;
  }

  std::optional<int> LockHolder(const std::string& path) override {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return std::nullopt;
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
    return lock.l_pid;
  }

  std::optional<std::string> ReadFileLike(const std::string& directory,
                                          const std::string& prefix) override {
    std::vector<std::string> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
      if (entry.path().filename().string().starts_with(prefix)) paths.push_back(entry.path());
    }
    // The newest: names end in numbers of one width.
    const auto newest = std::ranges::max_element(paths);
    return newest == paths.end() ? std::nullopt : ReadText(*newest);
  }

  uint64_t OpenFilesMax() override {
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
  }

  Memory ReadMemory() override {
    Memory memory;
    const std::string text = ReadText("/proc/meminfo").value_or("");
    memory.total_bytes = MemoryLine(text, "MemTotal:");
    memory.available_bytes = MemoryLine(text, "MemAvailable:");
    memory.limit_bytes = ReadLimit("/sys/fs/cgroup" + ControlGroup() + "/memory.max");
    if (!memory.limit_bytes) memory.limit_bytes = ReadLimit("/sys/fs/cgroup/memory.max");
    return memory;
  }

  ClockState ReadClock() override {
    timex state = {};
    const int result = ::adjtimex(&state);
    return {.wall_micros = clock_.WallMicros(),
            .synchronized = result >= 0 && (state.status & STA_UNSYNC) == 0};
  }

  PortState StateOfPort(const std::string& host, uint16_t port) override;
  Result<ServerAnswer> Ask(const std::string& url, const std::string& path) override;

 private:
  const SystemClock clock_;
};

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t length = 0;
};

std::optional<SocketAddress> AddressOf(std::string host, uint16_t port) {
  SocketAddress address;
  if (host == "localhost") host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (::inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    address.length = sizeof(sockaddr_in);
    return address;
  }
  auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET6, host.c_str(), &six->sin6_addr) != 1) return std::nullopt;
  six->sin6_family = AF_INET6;
  six->sin6_port = htons(port);
  address.length = sizeof(sockaddr_in6);
  return address;
}

PortState RealMachine::StateOfPort(const std::string& host, uint16_t port) {
  PortState state;
  const auto address = AddressOf(host, port);
  if (!address) {
    return {.use = PortState::Use::kNoAddress, .error = "\"" + host + "\" is no numeric address"};
  }
  const Descriptor socket(::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // As the server does: a port whose last connections linger is free.
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const auto* raw = reinterpret_cast<const sockaddr*>(&address->storage);
  if (::bind(socket.get(), raw, address->length) == 0 && ::listen(socket.get(), 1) == 0) {
    return state;
  }
  state.error = std::strerror(errno);
  state.use = errno == EADDRINUSE ? PortState::Use::kTaken
              : errno == EACCES   ? PortState::Use::kForbidden
                                  : PortState::Use::kNoAddress;
  if (state.use != PortState::Use::kTaken) return state;
  if (const auto process = FindListeningProcess("/proc", port)) {
    state.pid = process->pid;
    state.program = process->program;
  }
  return state;
}

Result<ServerAnswer> RealMachine::Ask(const std::string& url, const std::string& path) {
  client::HttpOptions options;
  options.base_url = url;
  options.connect_timeout_ms = kAnswerTimeoutMs;
  options.request_timeout_ms = kAnswerTimeoutMs;
  ASSIGN_OR_RETURN(const auto connection, client::HttpConnection::Open(std::move(options)));
  client::HttpRequest request;
  request.method = client::HttpMethod::kGet;
  request.path = path;
  ServerAnswer answer;
  const int64_t start = clock_.MonotonicNanos();
  auto keep = [&answer](std::string_view bytes) {
    answer.body.append(
        bytes.substr(0, kAnswerBytesMax - std::min(kAnswerBytesMax, answer.body.size())));
    return Status::Ok();
  };
  ASSIGN_OR_RETURN(answer.http_status, connection->Send(request, keep));
  answer.micros = (clock_.MonotonicNanos() - start) / 1000;
  return answer;
}

}  // namespace

std::unique_ptr<Machine> ThisMachine() { return std::make_unique<RealMachine>(); }

}  // namespace millrace::doctor
