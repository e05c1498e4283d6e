#include "storage/hot/log_check.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/coding.h"

namespace millrace {
namespace {

constexpr size_t kBlockBytes = 32 << 10;
constexpr size_t kHeaderBytes = 7;
constexpr size_t kTypeOffset = 6;
constexpr uint8_t kTypeMax = 4;

// Slicing by 8: table k is the CRC of a byte followed by k zero bytes.
using CrcTables = std::array<std::array<uint32_t, 256>, 8>;

constexpr CrcTables MakeCrcTables() {
  CrcTables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < tables.size(); ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t crc = tables[k - 1][byte];
      tables[k][byte] = (crc >> 8) ^ tables[0][crc & 0xff];
    }
  }
  return tables;
}

constexpr CrcTables kCrcTables = MakeCrcTables();

uint32_t Unmask(uint32_t masked) {
  const uint32_t rotated = masked - 0xa282ead8U;
  return (rotated >> 17) | (rotated << 15);
}

// How many bytes the record at `offset` takes; 0 when there is no whole one.
size_t RecordAt(std::string_view block, size_t offset) {
  if (offset + kHeaderBytes > block.size()) return 0;
  const char* header = block.data() + offset;
  const auto type = static_cast<uint8_t>(header[kTypeOffset]);
  const size_t bytes = kHeaderBytes + LoadFixed<uint16_t>(header + sizeof(uint32_t));
  if (type == 0 || type > kTypeMax || offset + bytes > block.size()) return 0;
  const std::string_view checked = block.substr(offset + kTypeOffset, bytes - kTypeOffset);
  return Crc32c(checked) == Unmask(LoadFixed<uint32_t>(header)) ? bytes : 0;
}

bool AllZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

// Whether the last bytes of a file can be a record whose writing was cut off.
bool IsUnfinished(std::string_view block, size_t offset) {
  const std::string_view tail = block.substr(offset);
  if (AllZero(tail) || tail.size() < kHeaderBytes) return true;
  const size_t bytes = kHeaderBytes + LoadFixed<uint16_t>(tail.data() + sizeof(uint32_t));
  const auto type = static_cast<uint8_t>(tail[kTypeOffset]);
  if (type == 0 || type > kTypeMax) return false;
  if (bytes <= tail.size() || offset + bytes > kBlockBytes) return false;
  // All bytes are there and only the length is wrong: an acknowledged record.
  return Crc32c(tail.substr(kTypeOffset)) != Unmask(LoadFixed<uint32_t>(tail.data()));
}

// Goes through one file block by block.
class FileCheck {
 public:
  explicit FileCheck(std::string name) : name_(std::move(name)) {}

  Status AddBlock(std::string_view block, bool is_last) {
    size_t offset = 0;
    if (!bad_at_) {
      while (offset + kHeaderBytes <= block.size()) {
        const size_t bytes = RecordAt(block, offset);
        if (bytes == 0) break;
        offset += bytes;
      }
      const bool padding = block.size() == kBlockBytes && offset + kHeaderBytes > kBlockBytes;
      if (!padding && offset < block.size()) {
        bad_at_ = file_offset_ + offset;
        unfinished_ = IsUnfinished(block, offset);
        ++offset;
      }
    } else if (!AllZero(block)) {
      unfinished_ = false;
    }
    if (bad_at_) RETURN_IF_ERROR(RefuseRecords(block, offset));
    file_offset_ += block.size();
    if (is_last && bad_at_ && !unfinished_)
      return Damaged("its last record does not match its checksum");
    return Status::Ok();
  }

 private:
  Status RefuseRecords(std::string_view block, size_t offset) const {
    for (; offset + kHeaderBytes <= block.size(); ++offset) {
      if (RecordAt(block, offset) == 0) continue;
      return Damaged("a whole record follows at byte " + std::to_string(file_offset_ + offset));
    }
    return Status::Ok();
  }
  Status Damaged(std::string detail) const {
    return DataLoss("log file \"" + name_ + "\" is damaged at byte " + std::to_string(*bad_at_) +
                    ": " + detail)
        .WithHint(
            "Acknowledged writes would be lost. Restore the data directory from a backup; "
            "nothing was changed in it.");
  }

  std::string name_;
  uint64_t file_offset_ = 0;
  std::optional<uint64_t> bad_at_;
  bool unfinished_ = false;
};

using FilePtr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Status CheckFile(const std::string& path) {
  const FilePtr file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return Unavailable("cannot read \"" + path + "\"").WithSqlState("58030");
  FileCheck check(path);
  std::string block(kBlockBytes, '\0');
  while (true) {
    const size_t bytes = std::fread(block.data(), 1, kBlockBytes, file.get());
    const bool is_last = bytes < kBlockBytes;
    if (std::ferror(file.get()) != 0) {
      return Unavailable("cannot read \"" + path + "\"").WithSqlState("58030");
    }
    RETURN_IF_ERROR(check.AddBlock(std::string_view(block).substr(0, bytes), is_last));
    if (is_last) return Status::Ok();
  }
}

// The manifest in use: the one that the file CURRENT names.
std::string ManifestName(const std::filesystem::path& directory) {
  const FilePtr file(std::fopen((directory / "CURRENT").c_str(), "rb"), &std::fclose);
  if (file == nullptr) return {};
  char name[64];
  std::string_view read(name, std::fread(name, 1, sizeof(name), file.get()));
  return std::string(read.substr(0, read.find('\n')));
}

}  // namespace

uint32_t Crc32c(std::string_view bytes) {
  uint64_t crc = 0xffffffffU;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const uint64_t word = LoadFixed<uint64_t>(bytes.data()) ^ crc;
    crc = 0;
    for (size_t i = 0; i < 8; ++i) crc ^= kCrcTables[7 - i][(word >> (8 * i)) & 0xff];
  }
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kCrcTables[0][(crc ^ static_cast<uint8_t>(byte)) & 0xff];
  }
  return static_cast<uint32_t>(crc) ^ 0xffffffffU;
}

Status CheckLogFiles(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".log") paths.push_back(entry->path().string());
  }
  if (error) return Unavailable("cannot list \"" + directory + "\": " + error.message());
  const std::string manifest = ManifestName(directory);
  const std::filesystem::path manifest_path = std::filesystem::path(directory) / manifest;
  if (!manifest.empty() && std::filesystem::exists(manifest_path, error)) {
    paths.push_back(manifest_path.string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) RETURN_IF_ERROR(CheckFile(path));
  return Status::Ok();
}

}  // namespace millrace
