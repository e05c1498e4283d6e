// A full disk, torn and damaged files: what was acknowledged is there, or the
// store says that it is not.
#include <gtest/gtest.h>

#include <algorithm>

#include "storage/hot/kv_store.h"
#include "storage/hot/temporary_directory_for_test.h"

namespace millrace {
namespace {

using testing::ReadFile;
using testing::WriteFile;

class KvStoreFaultTest : public ::testing::Test {
 protected:
  Status Open() {
    store_.reset();
    auto opened = KvStore::Open({.directory = directory_.path(), .faults = &faults_}, log_);
    if (!opened.ok()) return opened.status();
    store_ = std::move(*opened);
    return Status::Ok();
  }
  Status Put(std::string_view key, std::string_view value = "value", Sync sync = Sync::kSync) {
    WriteBatch batch = store_->NewBatch();
    batch.Put(KeySpace::kRows, key, value);
    return store_->Write(&batch, sync);
  }
  bool Has(std::string_view key) {
    const auto value = store_->Get(KeySpace::kRows, key);
    EXPECT_TRUE(value.ok()) << value.status().ToString();
    return value.ok() && value->has_value();
  }
  // Files with this extension that hold something, oldest first.
  std::vector<std::string> Files(std::string_view extension) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      if (entry.path().extension() == extension && entry.file_size() > 0) {
        files.push_back(entry.path().string());
      }
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  // Opens, writes r0..r9, closes; returns the write-ahead log.
  std::string WriteTenRecords() {
    EXPECT_TRUE(Open().ok());
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(Put("r" + std::to_string(i)).ok());
    store_.reset();
    return Files(".log").back();
  }

  testing::TemporaryDirectory directory_;
  DiskFaults faults_;
  CapturedLog log_;
  std::unique_ptr<KvStore> store_;
};

TEST_F(KvStoreFaultTest, SyncedWritesSyncAndOthersDoNot) {
  ASSERT_TRUE(Open().ok());
  const int64_t before = faults_.syncs;
  ASSERT_TRUE(Put("a", "1", Sync::kNoSync).ok());
  EXPECT_EQ(faults_.syncs, before);
  ASSERT_TRUE(Put("b", "1", Sync::kSync).ok());
  EXPECT_EQ(faults_.syncs, before + 1);
}

TEST_F(KvStoreFaultTest, AFullDiskFailsWritesAndKeepsReads) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("before").ok());
  faults_.full = true;
  for (int i = 0; i < 3; ++i) {
    const Status refused = Put("refused");
    EXPECT_EQ(refused.code(), Code::kResourceExhausted);
    EXPECT_EQ(refused.sqlstate(), "53100");
    EXPECT_TRUE(refused.message().starts_with("disk full: ")) << refused.message();
    EXPECT_FALSE(refused.hint().empty());
    EXPECT_EQ(store_->Flush().code(), Code::kResourceExhausted);
  }
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_EQ(log_.Count(LogLevel::kError, "storage_disk_full"), 1u);

  faults_.full = false;
  const Status after = Put("after");
  ASSERT_TRUE(after.ok()) << after.ToString();
  EXPECT_EQ(log_.Count(LogLevel::kInfo, "storage_disk_has_room"), 1u);
  ASSERT_TRUE(Open().ok());
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_TRUE(Has("after"));
}

TEST_F(KvStoreFaultTest, AFlushThatMetAFullDiskIsRepeated) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("before").ok());
  faults_.tables_full = true;
  EXPECT_EQ(store_->Flush().code(), Code::kResourceExhausted);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Put("refused").code(), Code::kResourceExhausted);
  EXPECT_TRUE(Has("before"));
  faults_.tables_full = false;
  const Status after = Put("after");
  ASSERT_TRUE(after.ok()) << after.ToString();
  EXPECT_EQ(log_.Count(LogLevel::kInfo, "storage_writes_resumed"), 1u);
  ASSERT_TRUE(store_->Flush().ok());
  ASSERT_TRUE(Open().ok());
  EXPECT_TRUE(Has("before"));
  EXPECT_TRUE(Has("after"));
}

TEST_F(KvStoreFaultTest, AFailedLogRefusesWritesUntilItIsOpenedAgain) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("before").ok());
  faults_.broken = true;
  const Status failed = Put("lost", std::string(1000, 'x'));
  EXPECT_EQ(failed.code(), Code::kUnavailable) << failed.ToString();
  EXPECT_EQ(failed.sqlstate(), "58030");
  faults_.broken = false;
  const Status refused = Put("refused");
  EXPECT_EQ(refused.code(), Code::kUnavailable);
  EXPECT_NE(refused.hint().find("restart"), std::string::npos) << refused.ToString();
  EXPECT_TRUE(Has("before"));

  const Status opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.ToString();
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("lost"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_TRUE(Put("after").ok());
}

TEST_F(KvStoreFaultTest, AStoreClosedOnAFullDiskOpensWithAllThatWasAcknowledged) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Put("before").ok());
  faults_.full = true;
  EXPECT_FALSE(Put("refused", std::string(1000, 'x')).ok());
  EXPECT_EQ(Open().code(), Code::kResourceExhausted);  // recovery needs space, and says so
  faults_.full = false;
  const Status opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.ToString();
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
}

TEST_F(KvStoreFaultTest, DiskFullComesAndGoes) {
  ASSERT_TRUE(Open().ok());
  std::vector<std::string> acknowledged;
  for (int i = 0; i < 40; ++i) {
    faults_.full = i % 4 == 2;
    const std::string key = "k" + std::to_string(i);
    if (Put(key, std::string(500, 'x')).ok()) acknowledged.push_back(key);
    if (i % 10 == 9) {
      faults_.full = false;
      const Status opened = Open();
      ASSERT_TRUE(opened.ok()) << opened.ToString();
    }
  }
  EXPECT_EQ(acknowledged.size(), 30u);
  for (const std::string& key : acknowledged) EXPECT_TRUE(Has(key)) << key;
}

// What a killed process leaves: the log keeps the size it was reserved with.
TEST_F(KvStoreFaultTest, ALogThatWasNotClosedIsReadUpToItsLastRecord) {
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Put("r" + std::to_string(i)).ok());
  const std::string path = Files(".log").back();
  const std::string bytes = ReadFile(path);
  EXPECT_GT(bytes.size(), size_t{1} << 20);
  store_.reset();
  const std::string closed = ReadFile(path);
  EXPECT_LT(closed.size(), 10'000U);
  EXPECT_EQ(bytes.substr(0, closed.size()), closed);

  WriteFile(path, bytes);
  const Status opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.ToString();
  EXPECT_EQ(store_->recovery().wal_bytes, closed.size());
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(Has("r" + std::to_string(i)));
}

TEST_F(KvStoreFaultTest, ATornTailLosesOnlyTheLastRecord) {
  const std::string path = WriteTenRecords();
  const std::string bytes = ReadFile(path);
  WriteFile(path, std::string_view(bytes).substr(0, bytes.size() - 3));
  const Status opened = Open();
  ASSERT_TRUE(opened.ok()) << opened.ToString();
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(Has("r" + std::to_string(i)));
  EXPECT_FALSE(Has("r9"));
}

TEST_F(KvStoreFaultTest, ADamagedRecordIsRefusedAtOpen) {
  const std::string path = WriteTenRecords();
  const std::string bytes = ReadFile(path);
  // Everywhere: checksums, lengths, types, contents; the last record too.
  for (size_t at = 0; at < bytes.size(); at += 5) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    WriteFile(path, damaged);
    const Status opened = Open();
    ASSERT_EQ(opened.code(), Code::kDataLoss) << "byte " << at;
    EXPECT_NE(opened.message().find(path + "\" is damaged at byte "), std::string::npos)
        << opened.ToString();
  }
  WriteFile(path, bytes);
  ASSERT_TRUE(Open().ok());  // refusing changed nothing
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(Has("r" + std::to_string(i)));
}

TEST_F(KvStoreFaultTest, ADamagedTableFileNeverGivesAWrongAnswer) {
  ASSERT_TRUE(Open().ok());
  for (int i = 100; i < 300; ++i) ASSERT_TRUE(Put(std::to_string(i), "row", Sync::kNoSync).ok());
  ASSERT_TRUE(store_->Flush().ok());
  store_.reset();
  const std::string path = Files(".sst").back();
  const std::string bytes = ReadFile(path);
  size_t found = 0;
  for (size_t at = 3; at < bytes.size(); at += bytes.size() / 24) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    WriteFile(path, damaged);
    Status status = Open();
    size_t rows = 0;
    if (status.ok()) {
      const auto iterator = store_->NewIterator(KeySpace::kRows, "", "");
      for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) ++rows;
      status = iterator->status();
    }
    if (status.ok()) {
      EXPECT_EQ(rows, 200u) << "byte " << at;
    } else {
      EXPECT_EQ(status.code(), Code::kDataLoss) << status.ToString();
      ++found;
    }
    store_.reset();
  }
  EXPECT_GT(found, 12u);
}

}  // namespace
}  // namespace millrace
