// The commit log: every change of the database is one entry here, and has
// happened when Append returns a receipt.
//
//   Append(entry) --queue--> [committer] Apply each entry of a group to one
//   WriteBatch, write it with one sync --> receipts, in order
//
// Entries that wait at the same time form a group and share one fsync (group
// commit). Each applied entry of n changes takes the next n sequence numbers.
// An entry whose preconditions do not hold is refused: it changes nothing and
// takes no number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/status.h"
#include "runtime/task.h"
#include "storage/hot/kv_store.h"

namespace millrace {

// What Append promises about an acknowledged entry: kStrict survives a power
// cut, kRelaxed survives a crash of the process.
enum class Durability : uint8_t { kStrict, kRelaxed };

struct LogEntry {
  std::string payload;  // opaque to the log; the state machine owns its format
  Durability durability = Durability::kStrict;
};

// Why an entry was refused. Expected under concurrency, hence no Status.
enum class Verdict : uint8_t {
  kApplied,
  kKeyExists,     // a key that must not exist does
  kRowChanged,    // a row is not in the version the writer read
  kTableChanged,  // the table was altered or dropped meanwhile
  kNotUnique,     // a row has the key of another one in a unique index
};

struct Applied {
  Verdict verdict = Verdict::kApplied;
  uint32_t conflict = 0;  // which operation of the entry was refused
  uint64_t changes = 0;   // how many sequence numbers it takes
  uint32_t index = 0;     // whose uniqueness it was, of the table of the operation
};

struct Receipt {
  Verdict verdict = Verdict::kApplied;
  uint32_t conflict = 0;
  Lsn first;  // of its first change
  Lsn lsn;    // of its last change: the commit's own
  uint32_t index = 0;
};

// What entries do. Called on the committer thread only, one group at a time.
class StateMachine {
 public:
  virtual ~StateMachine() = default;
  virtual void BeginGroup() = 0;
  // Adds the entry's effects to the batch; must see those of earlier entries of
  // the group. Leaves the batch untouched unless the verdict is kApplied. Must be
  // deterministic: no clock, no randomness, no I/O but reads of the store.
  virtual Result<Applied> Apply(std::string_view payload, Lsn first, WriteBatch* batch) = 0;
  // The group's batch is durable: publish what lives in memory.
  virtual void GroupWritten(Lsn applied) = 0;
  // The batch was not written: forget it.
  virtual void GroupFailed() = 0;
};

// Thread-safe.
class CommitLog {
 public:
  virtual ~CommitLog() = default;
  // Waits for room in the queue and for the group. On an event loop.
  virtual Task<Result<Receipt>> Append(LogEntry entry) = 0;
  // The same for a thread that may block.
  virtual Result<Receipt> AppendBlocking(LogEntry entry) = 0;
  // Everything up to here is applied and visible.
  virtual Lsn applied() const = 0;
};

}  // namespace millrace
