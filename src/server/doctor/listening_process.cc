#include "server/doctor/listening_process.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace millrace::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kListening = "0A";

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return fields;
    const size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
}

template <typename T>
std::optional<T> Number(std::string_view text, int base) {
  T number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number, base);
  if (parsed.ec != std::errc() || parsed.ptr != end || text.empty()) return std::nullopt;
  return number;
}

bool HoldsSocket(const fs::path& process, const std::string& link) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(process / "fd", error)) {
    std::error_code unreadable;
    if (fs::read_symlink(entry.path(), unreadable) == link) return true;
  }
  return false;
}

}  // namespace

// "  sl  local_address rem_address st … inode": fields 1, 3 and 9, the port in hexadecimal.
std::optional<uint64_t> ListeningInode(std::string_view table, uint16_t port) {
  while (!table.empty()) {
    const size_t end = std::min(table.find('\n'), table.size());
    const std::vector<std::string_view> fields = Fields(table.substr(0, end));
    table.remove_prefix(std::min(end + 1, table.size()));
    if (fields.size() < 10 || fields[3] != kListening) continue;
    const size_t colon = fields[1].rfind(':');
    if (colon == std::string_view::npos) continue;
    if (Number<uint16_t>(fields[1].substr(colon + 1), 16) == port)
      return Number<uint64_t>(fields[9], 10);
  }
  return std::nullopt;
}

std::optional<ListeningProcess> FindListeningProcess(const std::string& proc, uint16_t port) {
  std::optional<uint64_t> inode = ListeningInode(ReadAll(fs::path(proc) / "net/tcp"), port);
  if (!inode) inode = ListeningInode(ReadAll(fs::path(proc) / "net/tcp6"), port);
  if (!inode) return std::nullopt;
  const std::string link = "socket:[" + std::to_string(*inode) + "]";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(proc, error)) {
    const auto pid = Number<int>(entry.path().filename().string(), 10);
    if (!pid || !HoldsSocket(entry.path(), link)) continue;
    std::string program = ReadAll(entry.path() / "comm");
    if (program.ends_with('\n')) program.pop_back();
    return ListeningProcess{.pid = *pid, .program = std::move(program)};
  }
  return std::nullopt;
}

}  // namespace millrace::doctor
