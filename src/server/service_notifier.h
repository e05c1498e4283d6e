// Tells the service manager that started us how we are: systemd's notification
// protocol (sd_notify), which is one datagram of "NAME=value" lines to the socket named
// by NOTIFY_SOCKET. Without that variable every call does nothing.
//
//   started -> Ready ("READY=1") -> Stopping ("STOPPING=1") -> process ends
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace {

class ServiceNotifier {
 public:
  // `socket_path` is the value of NOTIFY_SOCKET: an absolute path, or "@name" for a
  // socket of the abstract name space. Empty: nobody listens.
  explicit ServiceNotifier(std::string socket_path) : socket_path_(std::move(socket_path)) {}

  // Errors (the socket is gone, the path is too long) are for the log: a server runs on
  // without its manager knowing. Never waits for the reader.
  Status Ready(std::string_view what);
  Status Stopping();

 private:
  Status Send(std::string_view message) const;

  std::string socket_path_;
};

}  // namespace millrace
