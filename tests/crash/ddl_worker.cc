// Tables come and go; each statement has the shape of the table after it.
#include "ddl_worker.h"

#include <cstdlib>
#include <utility>

namespace millrace::crash {

void DdlWorker::Run(const Endpoint& root, const std::atomic<bool>& stop) {
  Result<SqlSession> session = SqlSession::Connect(root);
  if (!session.ok()) return;
  while (!stop.load(std::memory_order_relaxed) && failures_.size() < 10) {
    const size_t index = random_.Below(kTables);
    const Change change = MakeChange(index);
    const Answer answer = session->Run(change.sql);
    if (answer.outcome == Outcome::kUnknown) {
      tables_[index].open = change.after;
      return;
    }
    if (answer.outcome == Outcome::kRefused) {
      failures_.push_back("refused: " + change.sql + ": " + answer.status.ToString());
      continue;
    }
    tables_[index].shape = change.after;
    ++acknowledged_;
  }
}

DdlWorker::Change DdlWorker::MakeChange(size_t index) {
  Table& table = tables_[index];
  if (!table.shape.exists) return Create(index);
  const uint64_t choice = random_.Below(100);
  if (choice < 50) return InsertRows(index);
  Change change{.after = table.shape};
  if (choice < 75) {
    change.sql = "ALTER TABLE " + Name(index) + " ADD COLUMN c" +
                 std::to_string(table.names_given++) + " TEXT DEFAULT 'new'";
    ++change.after.columns;
  } else {
    change.sql = "DROP TABLE " + Name(index);
    change.after = {};
  }
  return change;
}

DdlWorker::Change DdlWorker::Create(size_t index) {
  constexpr std::array<const char*, 3> kKinds = {"SHARED", "USER", "SHARED"};
  const size_t kind = random_.Below(kKinds.size());
  Change change;
  change.sql = "CREATE " + std::string(kKinds[kind]) + " TABLE " + Name(index) +
               " (id BIGINT PRIMARY KEY, body TEXT)";
  if (kind == 2) change.sql += " WITH (DURABILITY = 'relaxed')";
  change.after = {.exists = true, .columns = 2, .rows = 0};
  return change;
}

DdlWorker::Change DdlWorker::InsertRows(size_t index) {
  Change change{.after = tables_[index].shape};
  change.sql = "INSERT INTO " + Name(index) + " (id, body) VALUES ";
  const uint64_t rows = 1 + random_.Below(30);
  for (uint64_t i = 0; i < rows; ++i) {
    change.sql += (i == 0 ? "(" : ", (") + std::to_string(change.after.rows++) + ", 'row')";
  }
  return change;
}

Result<DdlWorker::Shape> DdlWorker::Read(SqlSession* session, size_t index) {
  Shape shape;
  ASSIGN_OR_RETURN(const auto columns,
                   session->Query("SELECT COUNT(*) FROM system.columns WHERE table_name = '" +
                                  Name(index) + "'"));
  shape.columns = std::atoll(columns.at(0).at(0).text.c_str());
  shape.exists = shape.columns > 0;
  const Answer rows = session->Run("SELECT id, body FROM " + Name(index));
  if (!shape.exists) {
    if (rows.status.sqlstate() == "42P01") return shape;
    return DataLoss("a table that is not in the catalog can be read: " + rows.status.ToString());
  }
  RETURN_IF_ERROR(Status(rows.status));
  for (const client::Row& row : rows.rows) {
    if (row[0].text != std::to_string(shape.rows++) || row[1].text != "row") {
      return DataLoss("row " + row[0].text + " of " + Name(index) + " is wrong");
    }
  }
  return shape;
}

Status DdlWorker::Verify(const Endpoint& root) {
  ASSIGN_OR_RETURN(SqlSession session, SqlSession::Connect(root));
  for (size_t index = 0; index < kTables; ++index) {
    Table& table = tables_[index];
    ASSIGN_OR_RETURN(const Shape found, Read(&session, index));
    if (found != table.shape && found != table.open) {
      return DataLoss(Name(index) + " has " + std::to_string(found.columns) + " columns and " +
                      std::to_string(found.rows) + " rows, not " +
                      std::to_string(table.shape.columns) + " and " +
                      std::to_string(table.shape.rows));
    }
    table.shape = found;
    table.open.reset();
  }
  return Status::Ok();
}

}  // namespace millrace::crash
