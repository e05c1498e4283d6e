#include "storage/hot/library_version.h"

#include <rocksdb/version.h>

namespace millrace {

std::string StorageLibraryVersion() { return rocksdb::GetRocksVersionAsString(); }

}  // namespace millrace
