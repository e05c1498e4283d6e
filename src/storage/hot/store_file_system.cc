// The local file system with write-ahead logs of a fixed size.
#include <rocksdb/file_system.h>

#include "storage/hot/kv_store_rep.h"

namespace millrace {
namespace {

// RocksDB reserves a log's blocks but lets its size grow with each write, so that
// every sync must also commit the new size to the file system's journal: a third of
// the time of a small commit. Reserved with its size, a log ends in zeros until it is
// closed; CheckLogFiles cuts them off after a crash.
class StoreFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  StoreFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "MillraceStoreFileSystem"; }

  rocksdb::FileOptions OptimizeForLogWrite(
      const rocksdb::FileOptions& file_options,
      const rocksdb::DBOptions& database_options) const override {
    rocksdb::FileOptions options =
        FileSystemWrapper::OptimizeForLogWrite(file_options, database_options);
    options.fallocate_with_keep_size = false;
    return options;
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> NewStoreFileSystem() {
  return std::make_shared<StoreFileSystem>();
}

}  // namespace millrace
