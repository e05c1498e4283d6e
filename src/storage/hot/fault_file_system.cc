// A file system that reports a full or a broken disk on demand, and counts what is written.
#include <rocksdb/file_system.h>

#include <utility>

#include "storage/hot/kv_store_rep.h"

namespace millrace {
namespace {

class FaultFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(std::unique_ptr<rocksdb::FSWritableFile> file, bool is_table, DiskFaults* faults)
      : FSWritableFileOwnerWrapper(std::move(file)), is_table_(is_table), faults_(faults) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    if (Fails()) return AppendPart(data, options, context);
    faults_->bytes_written += static_cast<int64_t>(data.size());
    return FSWritableFileOwnerWrapper::Append(data, options, context);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* context) override {
    if (Fails()) return AppendPart(data, options, context);
    faults_->bytes_written += static_cast<int64_t>(data.size());
    return FSWritableFileOwnerWrapper::Append(data, options, verification, context);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    ++faults_->syncs;
    return FSWritableFileOwnerWrapper::Sync(options, context);
  }

 private:
  bool Fails() const {
    return faults_->full || faults_->broken || (is_table_ && faults_->tables_full);
  }
  // A disk that runs full takes the beginning of what it is given.
  rocksdb::IOStatus AppendPart(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) {
    const rocksdb::Slice part(data.data(), data.size() / 2);
    FSWritableFileOwnerWrapper::Append(part, options, context).PermitUncheckedError();
    if (faults_->broken) return rocksdb::IOStatus::IOError("injected fault");
    return rocksdb::IOStatus::NoSpace("injected fault");
  }
  const bool is_table_;
  DiskFaults* faults_;
};

class FaultFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultFileSystem(DiskFaults* faults)
      : FileSystemWrapper(NewStoreFileSystem()), faults_(faults) {}
  const char* Name() const override { return "FaultFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* context) override {
    if (faults_->full) return rocksdb::IOStatus::NoSpace("injected fault");
    std::unique_ptr<rocksdb::FSWritableFile> file;
    const rocksdb::IOStatus status =
        FileSystemWrapper::NewWritableFile(name, options, &file, context);
    if (status.ok()) {
      *result = std::make_unique<FaultFile>(std::move(file), name.ends_with(".sst"), faults_);
    }
    return status;
  }

  rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                 uint64_t* free_bytes, rocksdb::IODebugContext* context) override {
    if (!faults_->full) return FileSystemWrapper::GetFreeSpace(path, options, free_bytes, context);
    *free_bytes = 0;
    return rocksdb::IOStatus::OK();
  }

 private:
  DiskFaults* faults_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> NewFaultFileSystem(DiskFaults* faults) {
  return std::make_shared<FaultFileSystem>(faults);
}

}  // namespace millrace
