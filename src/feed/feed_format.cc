#include "feed/feed_format.h"

#include "base/coding.h"
#include "types/key_coding.h"

namespace millrace::feed_format {

static std::string TableKey(char kind, TableId table) {
  std::string key(1, kind);
  PutBigEndian32(&key, table.value);
  return key;
}

std::string RecordPrefix(TableId table) { return TableKey('F', table); }
std::string FloorKey(TableId table) { return TableKey('G', table); }
std::string ScopeTablePrefix(TableId table) { return TableKey('S', table); }

std::string RecordKey(TableId table, Lsn lsn, uint32_t part) {
  std::string key = RecordPrefix(table);
  PutBigEndian64(&key, lsn.value);
  PutBigEndian32(&key, part);
  return key;
}

std::string ScopePrefix(TableId table, std::string_view user) {
  std::string key = ScopeTablePrefix(table);
  AppendKeyText(&key, user);
  return key;
}

std::string ScopeKey(TableId table, std::string_view user, Lsn lsn, uint32_t part) {
  std::string key = ScopePrefix(table, user);
  PutBigEndian64(&key, lsn.value);
  PutBigEndian32(&key, part);
  return key;
}

Lsn LsnOfKey(std::string_view key) {
  return Lsn(LoadBigEndian64(key.data() + key.size() - sizeof(uint64_t) - sizeof(uint32_t)));
}

uint32_t PartOfKey(std::string_view key) {
  return LoadBigEndian32(key.data() + key.size() - sizeof(uint32_t));
}

}  // namespace millrace::feed_format
