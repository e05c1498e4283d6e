// A change of rows as a log entry: what a statement, or a transaction, does to
// keys and rows, with the conditions under which it may.
//
//   payload  0x01 | format 0x01 | wall micros i64 | sections to the end
//   section  table u32 | schema version u32 | flags u8 | user (length-prefixed) |
//            op count varint | ops
//            flags: bit 0 = keyed by arrival, the key is completed with the change's _seq;
//                   bit 1 = ephemeral, only the feed sees it;
//                   bit 2 = eviction, the feed does not see deletes: of rows that
//                           had expired, so that readers did not see them any more
//   op       kind u8 | expected seq u64 (update, delete) | key | row (not for delete, truncate)
//            key (relative to the table) and row are length-prefixed
//
//   kind        condition, else the entry is refused
//   1 insert    the key does not exist (an expired stream row does not)
//   2 update    the row exists with _seq == expected
//   3 delete    the row exists with _seq == expected
//   4 replace   none: inserts or overwrites
//   5 truncate  none: removes every row whose key begins with `key`, which is the
//               section's user, or empty for a shared table
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/coding.h"
#include "base/status.h"
#include "catalog/definitions.h"
#include "log/commit_log.h"

namespace millrace {

// Stored in the log: never renumber.
enum class MutationOp : uint8_t {
  kInsert = 1,
  kUpdate = 2,
  kDelete = 3,
  kReplace = 4,
  kTruncate = 5,
};

inline constexpr uint8_t kSectionKeyedByArrival = 1;
inline constexpr uint8_t kSectionEphemeral = 2;
inline constexpr uint8_t kSectionEviction = 4;

// Builds one entry. Not thread-safe.
class MutationBatch {
 public:
  explicit MutationBatch(int64_t wall_micros);

  // Starts the changes of a table; `user` is empty for shared tables.
  void BeginTable(const TableDefinition& table, std::string_view user);
  // The same for removing expired rows: their deletes do not enter the feed.
  void BeginEviction(const TableDefinition& table, std::string_view user);
  void Insert(std::string_view key, std::string_view row);
  void Replace(std::string_view key, std::string_view row);
  void Update(std::string_view key, uint64_t expected_seq, std::string_view row);
  void Delete(std::string_view key, uint64_t expected_seq);
  // Every row whose key begins with `prefix`; one change, however many there are.
  void Truncate(std::string_view prefix);

  size_t changes() const { return changes_; }
  size_t bytes() const { return payload_.size() + section_ops_.size(); }
  std::string Finish();

 private:
  void BeginSection(const TableDefinition& table, std::string_view user, uint8_t flags);
  void Add(MutationOp op);
  void EndTable();

  std::string payload_;
  std::string section_ops_;
  size_t section_count_ = 0;
  bool in_section_ = false;
  size_t changes_ = 0;
};

// One operation as it stands in the payload, which it borrows.
struct MutationView {
  MutationOp op = MutationOp::kInsert;
  uint64_t expected_seq = 0;
  std::string_view key;
  std::string_view row;
};

struct MutationSection {
  TableId table;
  uint32_t schema_version = 0;
  uint8_t flags = 0;
  std::string_view user;
  uint64_t count = 0;
};

// Walks a payload. kDataLoss in status() when it is damaged.
class MutationReader {
 public:
  explicit MutationReader(std::string_view payload);
  int64_t wall_micros() const { return wall_micros_; }
  // False at the end or on damage. Read all `count` ops before the next section.
  bool NextSection(MutationSection* section);
  bool NextOp(MutationView* op);
  Status status() const;

 private:
  ByteReader reader_;
  int64_t wall_micros_ = 0;
  bool valid_ = true;
};

}  // namespace millrace
