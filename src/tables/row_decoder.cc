#include "tables/row_decoder.h"

#include <cstring>
#include <utility>

namespace millrace {

RowDecoder::RowDecoder(CodecPtr codec, std::vector<size_t> columns)
    : codec_(std::move(codec)), columns_(std::move(columns)) {
  for (const TableCodec::Version& stored : codec_->versions_) {
    Version version{.stored = &stored, .converts = false, .places = {}};
    for (const size_t column : columns_) {
      version.places.push_back(PlaceOf(stored, column));
      version.converts |= version.places.back().source == Source::kConverted;
    }
    versions_.push_back(std::move(version));
  }
  last_version_ = versions_.size() - 1;
  targets_.resize(columns_.size());
}

RowDecoder::Place RowDecoder::PlaceOf(const TableCodec::Version& stored, size_t column) const {
  if (column == codec_->seq_column()) return {.source = Source::kSeq};
  if (column == codec_->deleted_column()) return {.source = Source::kFalse};
  const int32_t position = stored.positions[column];
  if (position < 0 || !stored.same_type[column]) return {.source = Source::kConverted};
  const RowLayout::Slot& slot = stored.layout.slot(static_cast<size_t>(position));
  Place place{.null_mask = static_cast<uint8_t>(1 << (position % 8)),
              .null_byte = static_cast<uint32_t>(position / 8),
              .slot = slot.offset,
              .previous_heap_slot = slot.previous_heap_slot};
  switch (WidthOf(slot.physical)) {
    case 0:
      place.source = Source::kBytes;
      break;
    case 1:
      place.source = Source::kWidth1;
      break;
    case 2:
      place.source = Source::kWidth2;
      break;
    case 4:
      place.source = Source::kWidth4;
      break;
    case 8:
      place.source = Source::kWidth8;
      break;
    case 16:
      place.source = Source::kWidth16;
      break;
    default:
      MR_ASSERT(false, "no such payload width");
  }
  return place;
}

void RowDecoder::Begin(size_t rows_max, Batch* batch) {
  const Schema& schema = codec_->scan_schema();
  batch_ = batch;
  batch->rows = 0;
  rows_ = 0;
  rows_max_ = rows_max;
  batch->columns.resize(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    Column& column = batch->columns[i];
    const SqlType& type = schema.fields[columns_[i]].type;
    if (column.type() != type) column = Column(type);
    targets_[i] = {.column = &column};
    if (column.physical() == PhysicalType::kBytes) {
      column.Clear();
      column.Reserve(rows_max);
    } else {
      targets_[i].payloads = column.ResizeFixed(rows_max).data();
    }
  }
}

void RowDecoder::Finish() {
  for (const Target& target : targets_) target.column->Truncate(rows_);
  batch_->rows = rows_;
}

Status RowDecoder::Damaged() const {
  return DataLoss("a row of table \"" + codec_->table().qualified_name() + "\" is damaged");
}

const RowDecoder::Version* RowDecoder::Check(std::string_view row) {
  if (row.size() < row_format::kSeqEnd) return nullptr;
  const uint32_t number = row_format::SchemaVersionOf(row);
  if (versions_[last_version_].stored->layout.version() != number) {
    size_t found = 0;
    while (found < versions_.size() && versions_[found].stored->layout.version() != number) ++found;
    if (found == versions_.size()) return nullptr;
    last_version_ = found;
  }
  const Version& version = versions_[last_version_];
  const RowLayout& layout = version.stored->layout;
  // What is copied is checked as it is copied; the slow way trusts the row.
  const bool valid = version.converts ? layout.Validate(row) : layout.ValidateEnds(row);
  return valid ? &version : nullptr;
}

void RowDecoder::SetNull(Target* target) {
  if (target->validity == nullptr) target->validity = target->column->MutableValidity().data();
  target->validity[rows_] = 0;
}

bool RowDecoder::AppendHeapBytes(const Version& version, std::string_view row, size_t field) {
  const Place& place = version.places[field];
  const char* body = row.data() + RowLayout::Head(row);
  const char* heap = body + version.stored->layout.body_size();
  const uint32_t begin =
      place.previous_heap_slot == 0 ? 0 : LoadFixed<uint32_t>(body + place.previous_heap_slot);
  const auto end = LoadFixed<uint32_t>(body + place.slot);
  const auto heap_size = static_cast<size_t>(row.data() + row.size() - heap);
  if (begin > end || end > heap_size) return false;
  if ((body[place.null_byte] & place.null_mask) != 0) {
    targets_[field].column->AppendNull();
  } else {
    targets_[field].column->AppendBytes({heap + begin, end - begin});
  }
  return true;
}

Status RowDecoder::AppendConverted(const Version& version, std::string_view row, size_t field) {
  Target& target = targets_[field];
  if (target.payloads == nullptr) {
    return codec_->AppendColumn(*version.stored, row, columns_[field], target.column);
  }
  Column single(target.column->type());
  RETURN_IF_ERROR(codec_->AppendColumn(*version.stored, row, columns_[field], &single));
  const size_t width = WidthOf(single.physical());
  std::memcpy(target.payloads + rows_ * width, single.values<uint8_t>().data(), width);
  if (single.is_null(0)) SetNull(&target);
  return Status::Ok();
}

Status RowDecoder::AppendField(const Version& version, std::string_view row, size_t field) {
  switch (version.places[field].source) {
    case Source::kSeq:
      std::memcpy(targets_[field].payloads + rows_ * sizeof(uint64_t),
                  row.data() + row_format::kSeqOffset, sizeof(uint64_t));
      return Status::Ok();
    case Source::kFalse:
      targets_[field].payloads[rows_] = 0;
      return Status::Ok();
    case Source::kBytes:
      return AppendHeapBytes(version, row, field) ? Status::Ok() : Damaged();
    default:
      return AppendConverted(version, row, field);
  }
}

Status RowDecoder::Append(std::string_view row) {
  MR_ASSERT(rows_ < rows_max_, "a row more than there is room for");
  const Version* version = Check(row);
  if (version == nullptr) return Damaged();
  const char* body = row.data() + RowLayout::Head(row);
  for (size_t i = 0; i < targets_.size(); ++i) {
    const Place& place = version->places[i];
    Target& target = targets_[i];
    const char* slot = body + place.slot;
    // Constant sizes: each copy is one load and one store.
    switch (place.source) {
      case Source::kWidth1:
        target.payloads[rows_] = static_cast<uint8_t>(*slot);
        break;
      case Source::kWidth2:
        std::memcpy(target.payloads + rows_ * 2, slot, 2);
        break;
      case Source::kWidth4:
        std::memcpy(target.payloads + rows_ * 4, slot, 4);
        break;
      case Source::kWidth8:
        std::memcpy(target.payloads + rows_ * 8, slot, 8);
        break;
      case Source::kWidth16:
        std::memcpy(target.payloads + rows_ * 16, slot, 16);
        break;
      default:
        RETURN_IF_ERROR(AppendField(*version, row, i));
        continue;
    }
    if ((body[place.null_byte] & place.null_mask) != 0) SetNull(&target);
  }
  ++rows_;
  return Status::Ok();
}

}  // namespace millrace
