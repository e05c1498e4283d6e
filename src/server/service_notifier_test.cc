// The notification protocol, held against a socket as a service manager would open it.
#include "server/service_notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <filesystem>

namespace millrace {
namespace {

// The service manager's end.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path) : path_(path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.starts_with('@')) address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0)
        << std::strerror(errno);
  }
  ~NotifySocket() {
    ::close(socket_);
    if (path_.starts_with('/')) ::unlink(path_.c_str());
  }

  // What came, or nothing: a datagram is there when sendto has returned.
  std::string Receive() {
    char buffer[512];
    const ssize_t got = ::recv(socket_, buffer, sizeof(buffer), MSG_DONTWAIT);
    return got < 0 ? std::string() : std::string(buffer, static_cast<size_t>(got));
  }

 private:
  std::string path_;
  int socket_ = -1;
};

std::string SocketPath() {
  return std::filesystem::path(::testing::TempDir()) /
         ("notify_" + std::to_string(::getpid()) + ".sock");
}

TEST(ServiceNotifierTest, TellsReadyAndStopping) {
  for (const std::string& path : {SocketPath(), "@millrace_" + std::to_string(::getpid())}) {
    NotifySocket socket(path);
    ServiceNotifier notifier(path);
    ASSERT_TRUE(notifier.Ready("serving at http://127.0.0.1:7400").ok()) << path;
    EXPECT_EQ(socket.Receive(), "READY=1\nSTATUS=serving at http://127.0.0.1:7400\nMAINPID=" +
                                    std::to_string(::getpid()));
    ASSERT_TRUE(notifier.Stopping().ok());
    EXPECT_EQ(socket.Receive(), "STOPPING=1\nSTATUS=stopping");
    EXPECT_EQ(socket.Receive(), "");
  }
}

TEST(ServiceNotifierTest, WithoutAManagerNothingHappens) {
  ServiceNotifier notifier("");
  EXPECT_TRUE(notifier.Ready("x").ok());
  EXPECT_TRUE(notifier.Stopping().ok());
}

TEST(ServiceNotifierTest, ASocketThatIsGoneIsAnErrorAndNothingMore) {
  EXPECT_EQ(ServiceNotifier(SocketPath()).Ready("x").code(), Code::kUnavailable);
  EXPECT_EQ(ServiceNotifier("relative/path").Ready("x").code(), Code::kInvalidArgument);
  EXPECT_EQ(ServiceNotifier("/" + std::string(200, 'x')).Ready("x").code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace millrace
