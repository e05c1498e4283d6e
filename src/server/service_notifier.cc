#include "server/service_notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace millrace {

Status ServiceNotifier::Send(std::string_view message) const {
  if (socket_path_.empty()) return Status::Ok();
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const bool known_form = socket_path_.starts_with('/') || socket_path_.starts_with('@');
  // An abstract name needs no closing zero, but its length is that of a path.
  if (!known_form || socket_path_.size() >= sizeof(address.sun_path)) {
    return InvalidArgument("NOTIFY_SOCKET is no address of a socket: \"" + socket_path_ + "\"");
  }
  std::memcpy(address.sun_path, socket_path_.data(), socket_path_.size());
  if (socket_path_.starts_with('@')) address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_path_.size());
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return Unavailable(std::string("cannot make a socket: ") + std::strerror(errno));
  const ssize_t sent = ::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                                reinterpret_cast<const sockaddr*>(&address), length);
  const int error = errno;
  ::close(socket);
  if (sent == static_cast<ssize_t>(message.size())) return Status::Ok();
  return Unavailable("cannot tell the service manager at \"" + socket_path_ +
                     "\": " + std::strerror(error));
}

Status ServiceNotifier::Ready(std::string_view what) {
  return Send("READY=1\nSTATUS=" + std::string(what) + "\nMAINPID=" + std::to_string(::getpid()));
}

Status ServiceNotifier::Stopping() { return Send("STOPPING=1\nSTATUS=stopping"); }

}  // namespace millrace
