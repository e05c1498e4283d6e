// Which process listens on a port, from the tables of /proc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::doctor {

struct ListeningProcess {
  int pid = 0;
  std::string program;
};

// The inode of a socket that listens on the port, from the text of /proc/net/tcp or tcp6.
std::optional<uint64_t> ListeningInode(std::string_view table, uint16_t port);

// Nothing when nobody listens, or when it is a process whose descriptors we may not see.
// `proc` is "/proc", or a copy in a test. Blocking.
std::optional<ListeningProcess> FindListeningProcess(const std::string& proc, uint16_t port);

}  // namespace millrace::doctor
