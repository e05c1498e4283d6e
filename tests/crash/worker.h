// A client that writes until its connection breaks, and remembers what it was told.
//
// Several workers share every table. In SHARED and STREAM tables each has its own
// range of ids; in the USER table they all use the same ids, so a row that crosses
// over to another user shows. Counters are incremented by all of them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "counters.h"
#include "sql_session.h"
#include "table_model.h"

namespace millrace::crash {

// Statements that make what workers write to; they may be run again.
std::vector<std::string> WorkerTables();

class Worker {
 public:
  // `index` names the user and the range of ids.
  Worker(int index, uint64_t seed, Counters& counters);

  static std::string UserName(int index);
  static std::string Password() { return "a good password 1"; }

  // Writes until the server is gone or `stop` is set. `own` is the worker's user,
  // `root` may write SHARED tables. Blocks.
  void Run(const Endpoint& own, const Endpoint& root, const std::atomic<bool>& stop);

  // Compares what a restarted server holds with what was acknowledged, and appends
  // the _seq of every row. Blocks.
  Status Verify(const Endpoint& own, const Endpoint& root, std::vector<uint64_t>* seqs);

  // The rows it has in the table; after Verify.
  size_t RowsIn(size_t table) const { return tables_[table].model.rows().size(); }
  uint64_t acknowledged() const { return acknowledged_; }
  // What the server answered wrongly while it ran.
  const std::vector<std::string>& failures() const { return failures_; }

  enum Table : size_t { kShared, kUser, kRelaxed, kLog, kTables };
  static const char* TableName(size_t table);

 private:
  struct State {
    TableModel model;
    int64_t next_id = 0;
  };
  struct Statement {
    std::string sql;
    RowEffects effects;
    bool returning = false;    // RETURNING id, _seq
    std::string refused_with;  // the SQLSTATE it must be refused with
  };
  struct Sessions {
    SqlSession own;
    SqlSession root;
    SqlSession& For(size_t table) { return table == kUser || table == kLog ? own : root; }
  };

  // False when the connection broke.
  bool Step(Sessions* sessions);
  bool Write(Sessions* sessions, size_t table);
  bool Increment(Sessions* sessions);
  bool ReadBack(Sessions* sessions, size_t table);
  bool FireEvent(Sessions* sessions);

  Statement MakeStatement(size_t table);
  Statement Insert(size_t table, size_t rows);
  Statement Duplicate(size_t table);
  Statement Upsert(size_t table);
  Statement Update(size_t table);
  Statement UpdateRange(size_t table);
  Statement Delete(size_t table);
  Statement DeleteRange(size_t table);

  int64_t SomeId(size_t table);
  RowState NewRow();
  std::string InsertText(size_t table, const RowEffects& effects) const;
  void CheckAnswer(const Answer& answer, Statement* statement);
  void TakeSeqs(const Answer& answer, Statement* statement);
  void Fail(const std::string& what) { failures_.push_back(name_ + ": " + what); }

  const int index_;
  const std::string name_;
  SeededRandom random_;
  Counters& counters_;
  std::array<State, kTables> tables_;
  uint64_t last_seq_ = 0;  // of this worker's writes: later ones are higher
  uint64_t written_ = 0;
  uint64_t acknowledged_ = 0;
  std::vector<std::string> failures_;
};

}  // namespace millrace::crash
