// Makes statements whose effect on the rows it knows, and checks each answer.
#include "worker.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace millrace::crash {
namespace {

constexpr int64_t kIdsPerWorker = 1'000'000'000;
// Beyond it a worker deletes more than it inserts.
constexpr size_t kRowsMax = 400;
constexpr int64_t kRangeIds = 20;

std::string Number(int64_t value) { return std::to_string(value); }
uint64_t ToNumber(const client::Cell& cell) {
  return std::strtoull(cell.text.c_str(), nullptr, 10);
}

}  // namespace

const char* Worker::TableName(size_t table) {
  constexpr std::array<const char*, kTables> kNames = {"shared_rows", "user_rows", "relaxed_rows",
                                                       "log_rows"};
  return kNames[table];
}

std::vector<std::string> WorkerTables() {
  const std::string columns = " (id BIGINT PRIMARY KEY, n BIGINT, body TEXT)";
  std::vector<std::string> statements = {
      "CREATE SHARED TABLE IF NOT EXISTS shared_rows" + columns,
      "CREATE USER TABLE IF NOT EXISTS user_rows" + columns,
      "CREATE SHARED TABLE IF NOT EXISTS relaxed_rows" + columns + " WITH (DURABILITY = 'relaxed')",
      "CREATE STREAM TABLE IF NOT EXISTS log_rows (id BIGINT, n BIGINT, body TEXT)"
      " WITH (TTL_SECONDS = 86400)",
      "CREATE STREAM TABLE IF NOT EXISTS events (id BIGINT) WITH (TTL_SECONDS = 1)",
      "CREATE SHARED TABLE IF NOT EXISTS counters (id BIGINT PRIMARY KEY, n BIGINT)"};
  std::string counters = "INSERT INTO counters VALUES ";
  for (size_t i = 0; i < Counters::kCount; ++i) {
    counters += (i == 0 ? "(" : ", (") + std::to_string(i) + ", 0)";
  }
  statements.push_back(counters + " ON CONFLICT (id) DO NOTHING");
  return statements;
}

// Ids of users that are prefixes of one another, or sort between.
std::string Worker::UserName(int index) {
  constexpr std::array<const char*, 4> kNames = {"w", "wa", "wab", "wb"};
  return kNames[static_cast<size_t>(index) % kNames.size()];
}

Worker::Worker(int index, uint64_t seed, Counters& counters)
    : index_(index),
      name_(UserName(index)),
      random_(seed * 31 + static_cast<uint64_t>(index)),
      counters_(counters) {
  for (size_t table = 0; table < kTables; ++table) {
    tables_[table].next_id = table == kUser ? 0 : index * kIdsPerWorker;
  }
}

void Worker::Run(const Endpoint& own, const Endpoint& root, const std::atomic<bool>& stop) {
  Result<SqlSession> own_session = SqlSession::Connect(own);
  Result<SqlSession> root_session = SqlSession::Connect(root);
  if (!own_session.ok() || !root_session.ok()) return;
  Sessions sessions{std::move(*own_session), std::move(*root_session)};
  while (!stop.load(std::memory_order_relaxed) && failures_.size() < 10) {
    if (!Step(&sessions)) return;
  }
}

bool Worker::Step(Sessions* sessions) {
  const uint64_t choice = random_.Below(100);
  if (choice < 15) return Increment(sessions);
  if (choice < 20) return FireEvent(sessions);
  const size_t table = random_.Below(kTables);
  if (choice < 25) return ReadBack(sessions, table);
  return Write(sessions, table);
}

bool Worker::Write(Sessions* sessions, size_t table) {
  Statement statement = MakeStatement(table);
  const Answer answer = sessions->For(table).Run(statement.sql);
  if (answer.outcome == Outcome::kUnknown) {
    if (statement.refused_with.empty()) {
      tables_[table].model.SetOpen(std::move(statement.effects));
    }
    return false;
  }
  CheckAnswer(answer, &statement);
  if (answer.outcome == Outcome::kAcknowledged) {
    ++acknowledged_;
    tables_[table].model.Apply(statement.effects);
  }
  return true;
}

void Worker::CheckAnswer(const Answer& answer, Statement* statement) {
  if (answer.outcome == Outcome::kRefused) {
    if (statement->refused_with == answer.status.sqlstate()) return;
    return Fail("refused: " + statement->sql + ": " + answer.status.ToString());
  }
  if (!statement->refused_with.empty()) return Fail("not refused: " + statement->sql);
  if (answer.row_count != statement->effects.size()) {
    return Fail("changed " + std::to_string(answer.row_count) + " rows instead of " +
                std::to_string(statement->effects.size()) + ": " + statement->sql);
  }
  if (statement->returning) TakeSeqs(answer, statement);
}

void Worker::TakeSeqs(const Answer& answer, Statement* statement) {
  uint64_t highest = last_seq_;
  for (const client::Row& row : answer.rows) {
    const auto effect = statement->effects.find(std::atoll(row[0].text.c_str()));
    const uint64_t seq = ToNumber(row[1]);
    if (effect == statement->effects.end() || seq <= last_seq_) {
      return Fail("after _seq " + std::to_string(last_seq_) + " came row " + row[0].text +
                  " with _seq " + row[1].text + ": " + statement->sql);
    }
    effect->second->seq = seq;
    highest = std::max(highest, seq);
  }
  last_seq_ = highest;
}

bool Worker::Increment(Sessions* sessions) {
  const size_t counter = random_.Below(Counters::kCount);
  const std::string id = std::to_string(counter);
  const bool upsert = random_.Below(2) == 0;
  const Answer answer =
      sessions->root.Run(upsert ? "INSERT INTO counters VALUES (" + id +
                                      ", 1) ON CONFLICT (id) DO UPDATE SET n = "
                                      "counters.n + 1"
                                : "UPDATE counters SET n = n + 1 WHERE id = " + id);
  if (answer.outcome == Outcome::kUnknown) {
    counters_.LeaveOpen(counter);
    return false;
  }
  if (answer.outcome == Outcome::kRefused) {
    Fail("increment refused: " + answer.status.ToString());
    return true;
  }
  ++acknowledged_;
  counters_.Acknowledge(counter);
  return true;
}

// For eviction to have something to do; nobody asks for these rows again.
bool Worker::FireEvent(Sessions* sessions) {
  const Answer answer =
      sessions->own.Run("INSERT INTO events VALUES (" + std::to_string(++written_) + ")");
  if (answer.outcome == Outcome::kRefused) Fail("event refused: " + answer.status.ToString());
  return answer.outcome != Outcome::kUnknown;
}

bool Worker::ReadBack(Sessions* sessions, size_t table) {
  const Rows& rows = tables_[table].model.rows();
  if (rows.empty()) return true;
  const int64_t id = SomeId(table);
  const Answer answer = sessions->For(table).Run(
      "SELECT n, body FROM " + std::string(TableName(table)) + " WHERE id = " + Number(id));
  if (answer.outcome != Outcome::kAcknowledged) return answer.outcome == Outcome::kRefused;
  const RowState& row = rows.at(id);
  if (answer.rows.size() != 1 || answer.rows[0][0].text != Number(row.n) ||
      answer.rows[0][1].text != row.body) {
    Fail("row " + Number(id) + " of " + TableName(table) + " is not what was written");
  }
  return true;
}

Worker::Statement Worker::MakeStatement(size_t table) {
  const size_t rows = tables_[table].model.rows().size();
  const uint64_t choice = random_.Below(100);
  if (table == kLog) return Insert(table, choice < 50 ? 1 : 1 + random_.Below(8));
  if (rows > kRowsMax) return choice < 20 ? Delete(table) : DeleteRange(table);
  if (rows < 10 || choice < 25) return Insert(table, 1);
  if (choice < 40) return Insert(table, 2 + random_.Below(40));
  if (choice < 45) return Duplicate(table);
  if (choice < 55) return Upsert(table);
  if (choice < 75) return Update(table);
  if (choice < 83) return UpdateRange(table);
  return choice < 93 ? Delete(table) : DeleteRange(table);
}

int64_t Worker::SomeId(size_t table) {
  const Rows& rows = tables_[table].model.rows();
  return std::next(rows.begin(), static_cast<int64_t>(random_.Below(rows.size())))->first;
}

RowState Worker::NewRow() {
  RowState row;
  row.n = static_cast<int64_t>(random_.Below(1'000'000));
  row.body = name_ + ":" + std::to_string(++written_) + std::string(random_.Below(200), 'x');
  return row;
}

std::string Worker::InsertText(size_t table, const RowEffects& effects) const {
  std::string sql = "INSERT INTO " + std::string(TableName(table)) + " (id, n, body) VALUES ";
  const char* separator = "";
  for (const auto& [id, row] : effects) {
    sql += separator;
    sql += "(" + Number(id) + ", " + Number(row->n) + ", '" + row->body + "')";
    separator = ", ";
  }
  return sql;
}

Worker::Statement Worker::Insert(size_t table, size_t rows) {
  Statement statement;
  for (size_t i = 0; i < rows; ++i) statement.effects[tables_[table].next_id++] = NewRow();
  statement.sql = InsertText(table, statement.effects);
  statement.returning = random_.Below(2) == 0;
  if (statement.returning) statement.sql += " RETURNING id, _seq";
  return statement;
}

// One id is taken: none of the rows may come in.
Worker::Statement Worker::Duplicate(size_t table) {
  Statement statement;
  statement.effects[tables_[table].next_id++] = NewRow();
  statement.effects[SomeId(table)] = NewRow();
  statement.sql = InsertText(table, statement.effects);
  statement.effects.clear();
  statement.refused_with = "23505";
  return statement;
}

Worker::Statement Worker::Upsert(size_t table) {
  Statement statement;
  for (int i = 0; i < 3; ++i) statement.effects[SomeId(table)] = NewRow();
  statement.effects[tables_[table].next_id++] = NewRow();
  statement.sql = InsertText(table, statement.effects) +
                  " ON CONFLICT (id) DO UPDATE SET n = excluded.n, body = excluded.body"
                  " RETURNING id, _seq";
  statement.returning = true;
  return statement;
}

Worker::Statement Worker::Update(size_t table) {
  Statement statement;
  const int64_t id = SomeId(table);
  RowState row = NewRow();
  row.n = tables_[table].model.rows().at(id).n + 1;
  statement.sql = "UPDATE " + std::string(TableName(table)) + " SET n = n + 1, body = '" +
                  row.body + "' WHERE id = " + Number(id);
  statement.effects[id] = std::move(row);
  statement.returning = random_.Below(2) == 0;
  if (statement.returning) statement.sql += " RETURNING id, _seq";
  return statement;
}

Worker::Statement Worker::UpdateRange(size_t table) {
  Statement statement;
  const Rows& rows = tables_[table].model.rows();
  const int64_t first = SomeId(table);
  for (auto it = rows.find(first); it != rows.end() && it->first < first + kRangeIds; ++it) {
    RowState row{.n = it->second.n + 10, .body = it->second.body};
    statement.effects[it->first] = std::move(row);
  }
  statement.sql = "UPDATE " + std::string(TableName(table)) +
                  " SET n = n + 10 WHERE id >= " + Number(first) + " AND id < " +
                  Number(first + kRangeIds) + " RETURNING id, _seq";
  statement.returning = true;
  return statement;
}

Worker::Statement Worker::Delete(size_t table) {
  Statement statement;
  const int64_t id = SomeId(table);
  statement.effects[id] = std::nullopt;
  statement.sql = "DELETE FROM " + std::string(TableName(table)) + " WHERE id = " + Number(id);
  return statement;
}

Worker::Statement Worker::DeleteRange(size_t table) {
  Statement statement;
  const Rows& rows = tables_[table].model.rows();
  const int64_t first = SomeId(table);
  for (auto it = rows.find(first); it != rows.end() && it->first < first + kRangeIds; ++it) {
    statement.effects[it->first] = std::nullopt;
  }
  statement.sql = "DELETE FROM " + std::string(TableName(table)) + " WHERE id >= " + Number(first) +
                  " AND id < " + Number(first + kRangeIds);
  return statement;
}

Status Worker::Verify(const Endpoint& own, const Endpoint& root, std::vector<uint64_t>* seqs) {
  ASSIGN_OR_RETURN(SqlSession own_session, SqlSession::Connect(own));
  ASSIGN_OR_RETURN(SqlSession root_session, SqlSession::Connect(root));
  Sessions sessions{std::move(own_session), std::move(root_session)};
  for (size_t table = 0; table < kTables; ++table) {
    std::string sql = "SELECT id, n, body, _seq FROM " + std::string(TableName(table));
    // The rows of a user are his; of a shared table, those in his range.
    if (table != kUser && table != kLog) {
      sql += " WHERE id >= " + Number(index_ * kIdsPerWorker) + " AND id < " +
             Number((index_ + 1) * kIdsPerWorker);
    }
    ASSIGN_OR_RETURN(const std::vector<client::Row> rows, sessions.For(table).Query(sql));
    Rows found;
    for (const client::Row& row : rows) {
      const uint64_t seq = ToNumber(row[3]);
      seqs->push_back(seq);
      const RowState state{std::atoll(row[1].text.c_str()), row[2].text, seq};
      if (!found.emplace(std::atoll(row[0].text.c_str()), state).second) {
        return DataLoss(name_ + ", " + TableName(table) + ": row " + row[0].text +
                        " is there twice");
      }
    }
    const Status same = tables_[table].model.Reconcile(found);
    if (!same.ok()) return DataLoss(name_ + ", " + TableName(table) + ": " + same.message());
  }
  return Status::Ok();
}

}  // namespace millrace::crash
