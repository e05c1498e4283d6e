// WriteBatch, KvSnapshot and KvIterator: thin forwards to RocksDB.
#include <rocksdb/perf_level.h>

#include <utility>

#include "base/thread_role.h"
#include "storage/hot/kv_store_rep.h"

namespace millrace {

WriteBatch::WriteBatch() : rep_(std::make_unique<Rep>()) {}
WriteBatch::~WriteBatch() = default;
WriteBatch::WriteBatch(WriteBatch&&) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&&) noexcept = default;

// Adding to an in-memory batch fails only on an unknown family, which cannot be.
static void MustSucceed(const rocksdb::Status& status) {
  MR_ASSERT(status.ok(), "a write batch refused an operation");
}

void WriteBatch::Put(KeySpace space, std::string_view key, std::string_view value) {
  MustSucceed(rep_->batch.Put(rep_->family(space), ToSlice(key), ToSlice(value)));
}

void WriteBatch::PutParts(KeySpace space, std::string_view key_prefix, std::string_view key,
                          std::string_view value_head, std::string_view value_middle,
                          std::string_view value_tail) {
  const rocksdb::Slice keys[] = {ToSlice(key_prefix), ToSlice(key)};
  const rocksdb::Slice values[] = {ToSlice(value_head), ToSlice(value_middle), ToSlice(value_tail)};
  MustSucceed(rep_->batch.Put(rep_->family(space), rocksdb::SliceParts(keys, 2),
                              rocksdb::SliceParts(values, 3)));
}

void WriteBatch::Delete(KeySpace space, std::string_view key) {
  MustSucceed(rep_->batch.Delete(rep_->family(space), ToSlice(key)));
}

void WriteBatch::DeleteParts(KeySpace space, std::string_view key_prefix, std::string_view key) {
  const rocksdb::Slice keys[] = {ToSlice(key_prefix), ToSlice(key)};
  MustSucceed(rep_->batch.Delete(rep_->family(space), rocksdb::SliceParts(keys, 2)));
}

void WriteBatch::DeleteRange(KeySpace space, std::string_view begin, std::string_view end) {
  MustSucceed(rep_->batch.DeleteRange(rep_->family(space), ToSlice(begin), ToSlice(end)));
}

void WriteBatch::Clear() { rep_->batch.Clear(); }
void WriteBatch::SetSavePoint() { rep_->batch.SetSavePoint(); }
void WriteBatch::RollbackToSavePoint() { MustSucceed(rep_->batch.RollbackToSavePoint()); }
void WriteBatch::DropSavePoint() { MustSucceed(rep_->batch.PopSavePoint()); }
size_t WriteBatch::bytes() const { return rep_->batch.GetDataSize(); }
bool WriteBatch::empty() const { return rep_->batch.Count() == 0; }

KvSnapshot::~KvSnapshot() = default;

KvIterator::~KvIterator() = default;
// RocksDB counts every key it passes in a thread-local context that nobody reads
// here: an eighth of the time of a scan. The switch is per thread, and a scan stays
// on the thread that seeks.
static void StopCountingKeys() { rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable); }

void KvIterator::Seek(std::string_view key) {
  StopCountingKeys();
  rep_->iterator->Seek(ToSlice(key));
}
void KvIterator::SeekToFirst() {
  StopCountingKeys();
  rep_->iterator->SeekToFirst();
}
void KvIterator::SeekToLast() {
  StopCountingKeys();
  rep_->iterator->SeekToLast();
}
bool KvIterator::Valid() const { return rep_->iterator->Valid(); }
void KvIterator::Next() { rep_->iterator->Next(); }
void KvIterator::Previous() { rep_->iterator->Prev(); }
std::string_view KvIterator::key() const { return ToView(rep_->iterator->key()); }
std::string_view KvIterator::value() const { return ToView(rep_->iterator->value()); }
Status KvIterator::status() const { return FromRocks(rep_->iterator->status(), "scan"); }

}  // namespace millrace
