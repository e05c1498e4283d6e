#include "storage/hot/log_check.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
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
constexpr uint8_t kTypeFull = 1;
constexpr uint8_t kTypeFirst = 2;
constexpr uint8_t kTypeLast = 4;
constexpr uint8_t kTypeMax = 4;
// How a batch that ends in LogData kSyncedData is stored: tag, length, data.
constexpr std::string_view kSyncedMark = "\x03\x06synced";
static_assert(kSyncedMark.substr(2) == kSyncedData);
// What a disk writes at once or not at all.
constexpr size_t kSectorBytes = 512;

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

uint32_t AddByte(uint32_t crc, char byte) {
  return (crc >> 8) ^ kCrcTables[0][(crc ^ static_cast<uint8_t>(byte)) & 0xff];
}

uint32_t Unmask(uint32_t masked) {
  const uint32_t rotated = masked - 0xa282ead8U;
  return (rotated >> 17) | (rotated << 15);
}

bool AllZero(std::string_view bytes) {
  if (bytes.empty()) return true;
  return bytes.front() == '\0' &&
         std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

// What the header at the beginning of `tail` says of its record's size; 0 when it
// cannot be a header.
size_t ClaimedBytes(std::string_view tail, size_t left_in_block) {
  if (tail.size() < kHeaderBytes) return 0;
  const auto type = static_cast<uint8_t>(tail[kTypeOffset]);
  const size_t bytes = kHeaderBytes + LoadFixed<uint16_t>(tail.data() + sizeof(uint32_t));
  return type == 0 || type > kTypeMax || bytes > left_in_block ? 0 : bytes;
}

// How many bytes the record at `offset` takes; 0 when there is no whole one.
size_t RecordAt(std::string_view block, size_t offset) {
  const std::string_view tail = block.substr(offset);
  const size_t bytes = ClaimedBytes(tail, tail.size());
  if (bytes == 0) return 0;
  const std::string_view checked = tail.substr(kTypeOffset, bytes - kTypeOffset);
  return Crc32c(checked) == Unmask(LoadFixed<uint32_t>(tail.data())) ? bytes : 0;
}

// Whether the record is there whole under another length than its header says.
bool IsWholeUnderAnotherLength(std::string_view tail) {
  const uint32_t wanted = ~Unmask(LoadFixed<uint32_t>(tail.data()));
  uint32_t crc = 0xffffffffU;
  for (const char byte : tail.substr(kTypeOffset)) {
    crc = AddByte(crc, byte);
    if (crc == wanted) return true;
  }
  return false;
}

// What follows the last whole record of a file, sector by sector.
class Tail {
 public:
  // `bytes` begin at `file_offset`, where no whole record is, and reach to the end of
  // the block or of the file.
  void Begin(std::string_view bytes, uint64_t file_offset) {
    const size_t left_in_block = kBlockBytes - file_offset % kBlockBytes;
    const size_t claimed = ClaimedBytes(bytes, left_in_block);
    is_damaged_ = claimed > 0 && IsWholeUnderAnotherLength(bytes);
    claimed_end_ = file_offset + claimed;
    // Cut off within the record, or within its header.
    is_cut_ =
        claimed > bytes.size() || (bytes.size() < kHeaderBytes && bytes.size() < left_in_block);
    // The rest of the header never arrived: it does not say how long the record is.
    const size_t in_sector = kSectorBytes - file_offset % kSectorBytes;
    if (in_sector < kHeaderBytes && in_sector < bytes.size() &&
        AllZero(bytes.substr(in_sector, kSectorBytes))) {
      has_missing_sector_ = true;
    }
    Add(bytes, file_offset);
  }
  void Add(std::string_view bytes, uint64_t file_offset) {
    while (!bytes.empty()) {
      const size_t size = std::min(bytes.size(), kSectorBytes - file_offset % kSectorBytes);
      AddSector(bytes.substr(0, size), file_offset);
      bytes.remove_prefix(size);
      file_offset += size;
    }
  }
  // Nothing, or a write that was cut off: a disk writes whole sectors, so one that never
  // arrived still holds the zeros that the file was reserved with.
  bool IsUnfinished() const {
    return !is_damaged_ && (!has_content_ || has_missing_sector_ || is_cut_);
  }
  bool has_missing_sector() const { return has_missing_sector_; }

 private:
  void AddSector(std::string_view bytes, uint64_t file_offset) {
    if (AllZero(bytes)) {
      has_zero_sector_ = true;
      if (file_offset < claimed_end_) has_missing_sector_ = true;
    } else {
      has_content_ = true;
      if (has_zero_sector_) has_missing_sector_ = true;
    }
  }

  uint64_t claimed_end_ = 0;
  bool is_damaged_ = false;
  bool is_cut_ = false;
  bool has_content_ = false;
  bool has_zero_sector_ = false;
  bool has_missing_sector_ = false;
};

// Goes through one file block by block.
class FileCheck {
 public:
  explicit FileCheck(std::string name) : name_(std::move(name)) {}

  Status AddBlock(std::string_view block) {
    size_t offset = 0;
    if (!bad_at_) {
      while (const size_t bytes = RecordAt(block, offset)) offset += bytes;
      const bool is_padding = offset + kHeaderBytes > kBlockBytes;
      if (!is_padding && offset < block.size()) {
        bad_at_ = file_offset_ + offset;
        tail_.Begin(block.substr(offset), *bad_at_);
        ++offset;
      }
    } else {
      tail_.Add(block, file_offset_);
    }
    if (bad_at_) RETURN_IF_ERROR(RefuseRecords(block, offset));
    file_offset_ += block.size();
    return Status::Ok();
  }

  // How many bytes hold whole records.
  Result<uint64_t> Finish() const {
    if (!bad_at_) return file_offset_;
    if (!tail_.IsUnfinished()) return Damaged("its last record does not match its checksum");
    return *bad_at_;
  }

 private:
  // Whole records behind the tail. Parts of a batch but its first can be those of the
  // unfinished batch itself. Writes that nobody synced may reach the disk in any order;
  // but once a synced record is followed by another, its sync has returned, and so has
  // been everything before it.
  Status RefuseRecords(std::string_view block, size_t offset) {
    if (AllZero(block.substr(offset))) return Status::Ok();
    while (offset + kHeaderBytes <= block.size()) {
      const size_t bytes = RecordAt(block, offset);
      const auto type = static_cast<uint8_t>(block[offset + kTypeOffset]);
      if (bytes > 0 && (type == kTypeFull || type == kTypeFirst) &&
          (!tail_.has_missing_sector() || saw_synced_)) {
        return Damaged("a whole record follows at byte " + std::to_string(file_offset_ + offset));
      }
      if (bytes > 0 && (type == kTypeFull || type == kTypeLast) &&
          block.substr(offset, bytes).ends_with(kSyncedMark)) {
        saw_synced_ = true;
      }
      offset += std::max<size_t>(bytes, 1);
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
  Tail tail_;
  bool saw_synced_ = false;  // behind the tail
};

using FilePtr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Result<LogFile> CheckFile(const std::string& path) {
  const FilePtr file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return Unavailable("cannot read \"" + path + "\"").WithSqlState("58030");
  FileCheck check(path);
  LogFile checked{.path = path};
  std::string block(kBlockBytes, '\0');
  while (true) {
    const size_t bytes = std::fread(block.data(), 1, kBlockBytes, file.get());
    if (std::ferror(file.get()) != 0) {
      return Unavailable("cannot read \"" + path + "\"").WithSqlState("58030");
    }
    RETURN_IF_ERROR(check.AddBlock(std::string_view(block).substr(0, bytes)));
    checked.bytes += bytes;
    if (bytes < kBlockBytes) break;
  }
  ASSIGN_OR_RETURN(checked.whole_bytes, check.Finish());
  return checked;
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
  auto rest = static_cast<uint32_t>(crc);
  for (const char byte : bytes) rest = AddByte(rest, byte);
  return rest ^ 0xffffffffU;
}

Result<std::vector<LogFile>> CheckLogFiles(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".log") paths.push_back(entry->path().string());
  }
  if (error) return Unavailable("cannot list \"" + directory + "\": " + error.message());
  std::sort(paths.begin(), paths.end());
  std::vector<LogFile> files;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(LogFile file, CheckFile(path));
    files.push_back(std::move(file));
  }
  const std::string manifest = ManifestName(directory);
  const std::filesystem::path manifest_path = std::filesystem::path(directory) / manifest;
  if (!manifest.empty() && std::filesystem::exists(manifest_path, error)) {
    RETURN_IF_ERROR(CheckFile(manifest_path.string()).status());
  }
  return files;
}

Status CutUnfinishedTails(const std::vector<LogFile>& files) {
  for (const LogFile& file : files) {
    if (file.whole_bytes == file.bytes) continue;
    std::error_code error;
    std::filesystem::resize_file(file.path, file.whole_bytes, error);
    if (error) {
      return Unavailable("cannot shorten \"" + file.path + "\": " + error.message())
          .WithSqlState("58030");
    }
  }
  return Status::Ok();
}

}  // namespace millrace
