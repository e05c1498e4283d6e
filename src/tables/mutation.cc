#include "tables/mutation.h"

#include "catalog/command.h"
#include "tables/row_format.h"

namespace millrace {

static constexpr uint8_t kFormatVersion = 1;

MutationBatch::MutationBatch(int64_t wall_micros) {
  payload_.push_back(static_cast<char>(EntryKind::kRows));
  payload_.push_back(kFormatVersion);
  PutFixed(&payload_, wall_micros);
}

void MutationBatch::BeginTable(const TableDefinition& table, std::string_view user) {
  BeginSection(table, user, 0);
}

void MutationBatch::BeginEviction(const TableDefinition& table, std::string_view user) {
  BeginSection(table, user, kSectionEviction);
}

void MutationBatch::BeginSection(const TableDefinition& table, std::string_view user,
                                 uint8_t flags) {
  EndTable();
  in_section_ = true;
  PutFixed(&payload_, table.id.value);
  PutFixed(&payload_, table.version());
  if (table.primary_key.empty()) flags |= kSectionKeyedByArrival;
  if (table.ephemeral) flags |= kSectionEphemeral;
  payload_.push_back(static_cast<char>(flags));
  PutLengthPrefixed(&payload_, user);
}

void MutationBatch::EndTable() {
  if (!in_section_) return;
  PutVarint(&payload_, section_count_);
  payload_.append(section_ops_);
  section_ops_.clear();
  section_count_ = 0;
  in_section_ = false;
}

void MutationBatch::Add(MutationOp op) {
  MR_ASSERT(in_section_, "a mutation belongs to a table");
  section_ops_.push_back(static_cast<char>(op));
  ++section_count_;
  ++changes_;
}

void MutationBatch::Insert(std::string_view key, std::string_view row) {
  Add(MutationOp::kInsert);
  PutLengthPrefixed(&section_ops_, key);
  PutLengthPrefixed(&section_ops_, row);
}

void MutationBatch::Replace(std::string_view key, std::string_view row) {
  Add(MutationOp::kReplace);
  PutLengthPrefixed(&section_ops_, key);
  PutLengthPrefixed(&section_ops_, row);
}

void MutationBatch::Update(std::string_view key, uint64_t expected_seq, std::string_view row) {
  Add(MutationOp::kUpdate);
  PutFixed(&section_ops_, expected_seq);
  PutLengthPrefixed(&section_ops_, key);
  PutLengthPrefixed(&section_ops_, row);
}

void MutationBatch::Delete(std::string_view key, uint64_t expected_seq) {
  Add(MutationOp::kDelete);
  PutFixed(&section_ops_, expected_seq);
  PutLengthPrefixed(&section_ops_, key);
}

void MutationBatch::Truncate(std::string_view prefix) {
  Add(MutationOp::kTruncate);
  PutLengthPrefixed(&section_ops_, prefix);
}

std::string MutationBatch::Finish() {
  EndTable();
  return std::move(payload_);
}

MutationReader::MutationReader(std::string_view payload) : reader_(payload) {
  const auto kind = reader_.Fixed<uint8_t>();
  const auto format = reader_.Fixed<uint8_t>();
  wall_micros_ = reader_.Fixed<int64_t>();
  valid_ = kind == static_cast<uint8_t>(EntryKind::kRows) && format == kFormatVersion;
}

bool MutationReader::NextSection(MutationSection* section) {
  if (!valid_ || !reader_.ok() || reader_.empty()) return false;
  section->table = TableId(reader_.Fixed<uint32_t>());
  section->schema_version = reader_.Fixed<uint32_t>();
  section->flags = reader_.Fixed<uint8_t>();
  section->user = reader_.LengthPrefixed();
  section->count = reader_.Varint();
  return reader_.ok();
}

bool MutationReader::NextOp(MutationView* op) {
  op->op = static_cast<MutationOp>(reader_.Fixed<uint8_t>());
  const bool versioned = op->op == MutationOp::kUpdate || op->op == MutationOp::kDelete;
  op->expected_seq = versioned ? reader_.Fixed<uint64_t>() : 0;
  op->key = reader_.LengthPrefixed();
  const bool has_row = op->op != MutationOp::kDelete && op->op != MutationOp::kTruncate;
  op->row = has_row ? reader_.LengthPrefixed() : std::string_view();
  const bool known = op->op >= MutationOp::kInsert && op->op <= MutationOp::kTruncate;
  const bool row_fits = !has_row || op->row.size() >= row_format::kSeqEnd;
  if (!known || !row_fits) valid_ = false;
  return valid_ && reader_.ok();
}

Status MutationReader::status() const {
  if (valid_ && reader_.ok()) return Status::Ok();
  return DataLoss("a log entry is damaged");
}

}  // namespace millrace
