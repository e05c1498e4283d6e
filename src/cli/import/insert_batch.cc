#include "cli/import/insert_batch.h"

#include <algorithm>

namespace millrace::cli {
namespace {

void AppendNames(std::string& out, const std::vector<std::string>& names) {
  out.push_back('(');
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendIdentifier(out, names[i]);
  }
  out.push_back(')');
}

std::string ConflictClause(const InsertTarget& target, const std::vector<std::string>& names) {
  if (target.on_conflict == OnConflict::kNothing) return " ON CONFLICT DO NOTHING";
  if (target.on_conflict != OnConflict::kUpdate) return {};
  std::string clause = " ON CONFLICT ";
  AppendNames(clause, target.key);
  std::string assignments;
  for (const std::string& name : names) {
    if (std::find(target.key.begin(), target.key.end(), name) != target.key.end()) continue;
    assignments.append(assignments.empty() ? "" : ",");
    AppendIdentifier(assignments, name);
    assignments.append("=excluded.");
    AppendIdentifier(assignments, name);
  }
  if (assignments.empty()) return clause + " DO NOTHING";
  return clause + " DO UPDATE SET " + assignments;
}

}  // namespace

std::string InsertBatch::Sql(size_t first, size_t count) const {
  const size_t begin = first == 0 ? 0 : row_ends[first - 1];
  const size_t end = row_ends[first + count - 1] - 1;  // without the last comma
  std::string sql;
  sql.reserve(head.size() + (end - begin) + tail.size());
  sql.append(head).append(rows, begin, end - begin).append(tail);
  return sql;
}

void BatchBuilder::SetColumns(const std::vector<std::string>& names,
                              std::vector<ColumnType> types) {
  names_ = names;
  types_ = std::move(types);
  head_ = "INSERT INTO " + target_.table + " ";
  AppendNames(head_, names);
  head_.append(" VALUES ");
  tail_ = ConflictClause(target_, names);
  key_columns_.clear();
  if (target_.on_conflict != OnConflict::kUpdate) return;
  for (size_t i = 0; i < names.size(); ++i) {
    if (std::find(target_.key.begin(), target_.key.end(), names[i]) != target_.key.end()) {
      key_columns_.push_back(i);
    }
  }
}

// One INSERT cannot update the same row twice: a repeated key waits for the next.
bool BatchBuilder::KeyIsInBatch(const SourceRecord& record) {
  if (key_columns_.empty()) return false;
  std::string key;
  for (const size_t column : key_columns_) {
    if (column < record.cells.size()) key.append(record.cells[column].text);
    key.push_back('\0');
  }
  return !keys_.insert(std::move(key)).second;
}

Status BatchBuilder::AppendRow(const SourceRecord& record) {
  row_.assign("(");
  widest_bytes_ = 0;
  for (size_t i = 0; i < names_.size(); ++i) {
    if (i > 0) row_.push_back(',');
    if (i >= record.cells.size()) {
      row_.append("NULL");
      continue;
    }
    const size_t begin = row_.size();
    const Status status = AppendLiteral(row_, record.cells[i], types_[i]);
    if (!status.ok()) {
      return InvalidArgument("column \"" + names_[i] + "\": " + status.message())
          .WithSqlState(status.sqlstate());
    }
    if (row_.size() - begin > widest_bytes_) {
      widest_bytes_ = row_.size() - begin;
      widest_ = i;
    }
  }
  row_.append("),");
  return head_.size() + row_.size() + tail_.size() > kSqlBytesMax ? TooLong() : Status::Ok();
}

Status BatchBuilder::TooLong() const {
  return InvalidArgument("column \"" + names_[widest_] + "\": a value of " +
                         std::to_string(widest_bytes_) + " bytes makes the record's statement " +
                         "larger than " + std::to_string(kSqlBytesMax) +
                         " bytes, the most the server takes")
      .WithSqlState("54000");
}

Result<bool> BatchBuilder::Add(const SourceRecord& record) {
  RETURN_IF_ERROR(AppendRow(record));
  const size_t bytes = head_.size() + batch_.rows.size() + row_.size() + tail_.size();
  const bool full = batch_.row_count() >= target_.batch_rows_max || bytes > kStatementBytesMax;
  // A record larger than this limit, but not than the server's, travels alone.
  if (!empty() && (full || KeyIsInBatch(record))) return false;
  if (empty()) KeyIsInBatch(record);
  batch_.rows.append(row_);
  batch_.row_ends.push_back(batch_.rows.size());
  batch_.origins.push_back({record.file, record.line, ++records_});
  return true;
}

InsertBatch BatchBuilder::Seal() {
  InsertBatch sealed = std::exchange(batch_, {});
  sealed.number = batches_++;
  sealed.head = head_;
  sealed.tail = tail_;
  keys_.clear();
  return sealed;
}

std::string CreateTableSql(NewTable kind, const std::string& table,
                           const std::vector<std::string>& names,
                           const std::vector<ColumnType>& types,
                           const std::vector<std::string>& key) {
  std::string sql = kind == NewTable::kUser ? "CREATE USER TABLE " : "CREATE SHARED TABLE ";
  sql.append(table).append(" (");
  std::vector<std::string> primary_key = key;
  if (key.empty()) {
    // Every table needs a key; records without one get a number of their own.
    primary_key = {"id"};
    if (std::find(names.begin(), names.end(), "id") == names.end()) {
      sql.append("\"id\" BIGINT NOT NULL DEFAULT SNOWFLAKE_ID(), ");
    }
  }
  for (size_t i = 0; i < names.size(); ++i) {
    AppendIdentifier(sql, names[i]);
    sql.append(" ").append(SqlTypeName(types[i])).append(", ");
  }
  sql.append("PRIMARY KEY ");
  AppendNames(sql, primary_key);
  return sql + ")";
}

}  // namespace millrace::cli
