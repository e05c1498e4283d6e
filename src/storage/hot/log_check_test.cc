// Every damaged byte of a log file is found; every cut-off end is forgiven.
#include "storage/hot/log_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/coding.h"
#include "base/random.h"
#include "storage/hot/temporary_directory_for_test.h"

namespace millrace {
namespace {

using testing::TemporaryDirectory;
using testing::WriteFile;

constexpr size_t kBlockBytes = 32 << 10;

void AppendPhysical(std::string* file, uint8_t type, std::string_view payload) {
  std::string checked(1, static_cast<char>(type));
  checked.append(payload);
  const uint32_t crc = Crc32c(checked);
  PutFixed(file, ((crc >> 15) | (crc << 17)) + 0xa282ead8U);
  PutFixed(file, static_cast<uint16_t>(payload.size()));
  file->append(checked);
}

// As RocksDB's log writer does: split at block ends, pad what cannot hold a header.
void AppendRecord(std::string* file, std::string_view payload) {
  bool first = true;
  while (true) {
    const size_t left = kBlockBytes - file->size() % kBlockBytes;
    if (left < 7) {
      file->append(left, '\0');
      continue;
    }
    const size_t part = std::min(payload.size(), left - 7);
    const bool last = part == payload.size();
    AppendPhysical(file, first ? (last ? 1 : 2) : (last ? 4 : 3), payload.substr(0, part));
    payload.remove_prefix(part);
    first = false;
    if (last) return;
  }
}

class LogCheckTest : public ::testing::Test {
 protected:
  Status Check(const std::string& bytes) {
    WriteFile(directory_ / "000007.log", bytes);
    return CheckLogFiles(directory_.path()).status();
  }
  // What is left of a file that is not refused.
  uint64_t Cut(const std::string& bytes) {
    WriteFile(directory_ / "000007.log", bytes);
    const auto files = CheckLogFiles(directory_.path());
    EXPECT_TRUE(files.ok()) << files.status().ToString();
    if (!files.ok()) return UINT64_MAX;
    EXPECT_TRUE(CutUnfinishedTails(*files).ok());
    return std::filesystem::file_size(directory_ / "000007.log");
  }
  TemporaryDirectory directory_;
};

TEST(Crc32cTest, MatchesPublishedVectors) {
  // RFC 3720, appendix B.4.
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
}

TEST_F(LogCheckTest, WholeFilesPass) {
  EXPECT_TRUE(CheckLogFiles(directory_.path()).ok());
  std::string file;
  EXPECT_TRUE(Check(file).ok());
  for (const size_t size : {10U, 0U, 40'000U, 100U, 65'000U, 3U}) {
    AppendRecord(&file, std::string(size, 'x'));
    EXPECT_TRUE(Check(file).ok()) << size;
  }
}

TEST_F(LogCheckTest, EveryFlippedByteIsFound) {
  std::string file;
  for (int i = 0; i < 5; ++i) AppendRecord(&file, "record number " + std::to_string(i));
  for (size_t at = 0; at < file.size(); ++at) {
    for (const char mask : {'\x01', '\x80', '\xff'}) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ mask);
      EXPECT_EQ(Check(damaged).code(), Code::kDataLoss) << "byte " << at;
    }
  }
}

TEST_F(LogCheckTest, EveryCutIsAnUnfinishedWrite) {
  std::string file;
  for (int i = 0; i < 5; ++i) AppendRecord(&file, "record number " + std::to_string(i));
  AppendRecord(&file, std::string(40'000, 'y'));
  for (size_t size = 0; size < file.size(); size += size < 200 ? 1 : 997) {
    EXPECT_TRUE(Check(file.substr(0, size)).ok()) << size;
  }
}

TEST_F(LogCheckTest, FlipsInLargeFilesAreFound) {
  SeededRandom random(7);
  std::string file;
  for (int i = 0; i < 200; ++i) AppendRecord(&file, std::string(random.Below(3000), 'z'));
  for (int i = 0; i < 100; ++i) {
    std::string damaged = file;
    const size_t at = random.Below(file.size());
    const size_t in_block = at % kBlockBytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.Below(8)));
    const Status status = Check(damaged);
    // The last six bytes of a block may be padding, which nobody reads.
    if (in_block < kBlockBytes - 6) {
      EXPECT_EQ(status.code(), Code::kDataLoss) << at;
    }
  }
}

TEST_F(LogCheckTest, ZerosAreForgivenOnlyAtTheEnd) {
  std::string file;
  AppendRecord(&file, "first");
  const size_t hole = file.size();
  std::string tail = file;
  tail.append(50'000, '\0');
  EXPECT_TRUE(Check(tail).ok());

  AppendRecord(&file, "second");
  AppendRecord(&file, "third");
  for (size_t at = hole; at < hole + 7; ++at) file[at] = '\0';
  const Status status = Check(file);
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_NE(status.message().find("000007.log\" is damaged at byte " + std::to_string(hole)),
            std::string::npos)
      << status.ToString();
}

// A log is reserved with its size: behind the last record are zeros.
TEST_F(LogCheckTest, EveryFlippedByteIsFoundBeforeReservedSpace) {
  std::string file;
  for (int i = 0; i < 40; ++i) AppendRecord(&file, "record number " + std::to_string(i));
  const size_t size = file.size();
  file.append(100'000, '\0');
  EXPECT_EQ(Cut(file), size);
  for (size_t at = 0; at < size; ++at) {
    for (const char mask : {'\x01', '\x80', '\xff'}) {
      std::string damaged = file;
      damaged[at] = static_cast<char>(damaged[at] ^ mask);
      ASSERT_EQ(Check(damaged).code(), Code::kDataLoss) << "byte " << at;
    }
  }
}

// A power failure while a batch is written leaves some of its sectors as they were.
TEST_F(LogCheckTest, ABatchWithMissingSectorsIsUnfinished) {
  constexpr size_t kSectorBytes = 512;
  SeededRandom random(3);
  for (int round = 0; round < 400; ++round) {
    std::string file;
    const uint64_t before = random.Below(20);
    for (uint64_t i = 0; i < before; ++i) AppendRecord(&file, std::string(random.Below(900), 'a'));
    const size_t whole = file.size();
    AppendRecord(&file, std::string(1 + random.Below(80'000), 'b'));
    const size_t first = whole / kSectorBytes;
    const size_t sectors = (file.size() - 1) / kSectorBytes - first + 1;
    file.append(50'000, '\0');
    bool some_missing = false;
    for (size_t i = 0; i < sectors; ++i) {
      if (random.Below(3) != 0 && (some_missing || i + 1 < sectors)) continue;
      some_missing = true;
      const size_t begin = std::max(whole, (first + i) * kSectorBytes);
      const size_t end = (first + i + 1) * kSectorBytes;
      std::fill(file.begin() + static_cast<ptrdiff_t>(begin),
                file.begin() + static_cast<ptrdiff_t>(end), '\0');
    }
    const uint64_t left = Cut(file);
    // Parts of the batch before the first missing one may stay: without their end they
    // are nothing.
    EXPECT_GE(left, whole);
    EXPECT_LT(left, file.size() - 50'000);
  }
}

// Wherever in a sector a record begins: its header can be torn too.
TEST_F(LogCheckTest, ATornWriteIsUnfinishedWhereverItBegins) {
  for (size_t start = 3 * 512; start < 4 * 512; ++start) {
    std::string file;
    AppendRecord(&file, std::string(start - 7, 'a'));
    AppendRecord(&file, std::string(900, 'b'));
    std::fill(file.begin() + 4 * 512, file.end(), '\0');
    file.append(5'000, '\0');
    EXPECT_EQ(Cut(file), start) << start;
  }
}

// Pages of writes that nobody synced reach the disk in any order.
TEST_F(LogCheckTest, OnlySyncedRecordsBehindAHoleAreMissed) {
  const std::string synced = std::string(100, 'y') + "\x03\x06synced";
  const auto check = [&](const std::vector<std::string>& behind) {
    std::string file;
    AppendRecord(&file, "whole");
    const size_t whole = file.size();
    AppendRecord(&file, std::string(3'000, 'x'));
    std::fill(file.begin() + static_cast<ptrdiff_t>(whole), file.end(), '\0');
    for (const std::string& record : behind) AppendRecord(&file, record);
    file.append(5'000, '\0');
    return Check(file).code();
  };
  EXPECT_EQ(check({"relaxed", "relaxed"}), Code::kOk);
  EXPECT_EQ(check({"relaxed", synced}), Code::kOk);  // its sync had not returned
  EXPECT_EQ(check({synced, "relaxed"}), Code::kDataLoss);
  EXPECT_EQ(check({"relaxed", synced, synced}), Code::kDataLoss);
  const std::string large = std::string(40'000, 'z') + synced;
  EXPECT_EQ(check({large}), Code::kOk);
  EXPECT_EQ(check({large, "relaxed"}), Code::kDataLoss);
}

TEST_F(LogCheckTest, AFlippedByteOfALargeLastBatchIsFound) {
  SeededRandom random(5);
  std::string file;
  AppendRecord(&file, "first");
  AppendRecord(&file, std::string(100'000, 'b'));
  const size_t size = file.size();
  file.append(50'000, '\0');
  for (int i = 0; i < 300; ++i) {
    std::string damaged = file;
    const size_t at = random.Below(size);
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.Below(8)));
    EXPECT_EQ(Check(damaged).code(), Code::kDataLoss) << at;
  }
}

TEST_F(LogCheckTest, TheManifestInUseIsCheckedToo) {
  std::string file;
  AppendRecord(&file, "first");
  AppendRecord(&file, "second");
  file[4] = static_cast<char>(file[4] ^ 0x40);
  WriteFile(directory_ / "MANIFEST-000003", file);
  EXPECT_TRUE(CheckLogFiles(directory_.path()).ok());
  WriteFile(directory_ / "CURRENT", "MANIFEST-000003\n");
  EXPECT_EQ(CheckLogFiles(directory_.path()).status().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace millrace
