#include "tables/row_format.h"

#include <cstring>

namespace millrace {

RowLayout::RowLayout(const SchemaVersion& version) : version_(version.version) {
  uint32_t offset = static_cast<uint32_t>((version.columns.size() + 7) / 8);
  for (const ColumnDefinition& column : version.columns) {
    const PhysicalType physical = PhysicalOf(column.type.id);
    slots_.push_back({physical, offset, last_heap_slot_});
    if (physical == PhysicalType::kBytes) {
      last_heap_slot_ = offset;
      offset += sizeof(uint32_t);
    } else {
      offset += static_cast<uint32_t>(WidthOf(physical));
    }
  }
  body_size_ = offset;
}

template <typename T>
static void Store(char* at, T value) {
  std::memcpy(at, &value, sizeof(T));
}

void RowLayout::EncodeSlot(const Value& value, const Slot& slot, char* body,
                           std::string* heap) const {
  char* at = body + slot.offset;
  switch (slot.physical) {
    case PhysicalType::kBool:
      return Store<uint8_t>(at, value.boolean() ? 1 : 0);
    case PhysicalType::kInt16:
      return Store(at, static_cast<int16_t>(value.integer()));
    case PhysicalType::kInt32:
      return Store(at, static_cast<int32_t>(value.integer()));
    case PhysicalType::kInt64:
      return Store(at, value.integer());
    case PhysicalType::kInt128:
      return Store(at, value.wide());
    case PhysicalType::kFloat32:
      return Store(at, static_cast<float>(value.real()));
    case PhysicalType::kFloat64:
      return Store(at, value.real());
    case PhysicalType::kInterval:
      return Store(at, value.interval());
    case PhysicalType::kBytes:
      heap->append(value.string());
  }
}

Status RowLayout::Encode(std::span<const Value> values, std::optional<int64_t> commit_micros,
                         std::string* out) const {
  MR_ASSERT(values.size() == slots_.size(), "a row has one value per column");
  out->push_back(static_cast<char>(row_format::kVersion));
  out->push_back(static_cast<char>(commit_micros ? row_format::kHasTime : 0));
  PutFixed(out, version_);
  PutFixed(out, uint64_t{0});
  if (commit_micros) PutFixed(out, *commit_micros);
  const size_t body_at = out->size();
  out->resize(body_at + body_size_, '\0');
  for (size_t i = 0; i < slots_.size(); ++i) {
    char* body = out->data() + body_at;
    if (values[i].is_null()) {
      body[i / 8] = static_cast<char>(body[i / 8] | (1 << (i % 8)));
    } else {
      EncodeSlot(values[i], slots_[i], body, out);
    }
    if (slots_[i].physical != PhysicalType::kBytes) continue;
    const size_t heap_end = out->size() - body_at - body_size_;
    if (heap_end > UINT32_MAX) {
      return ResourceExhausted("row is larger than 4 GiB").WithSqlState("54000");
    }
    Store(out->data() + body_at + slots_[i].offset, static_cast<uint32_t>(heap_end));
  }
  return Status::Ok();
}

bool RowLayout::Validate(std::string_view row) const {
  if (!ValidateEnds(row)) return false;
  const char* body = row.data() + Head(row);
  uint32_t end = 0;
  for (const Slot& slot : slots_) {
    if (slot.physical != PhysicalType::kBytes) continue;
    const auto next = LoadFixed<uint32_t>(body + slot.offset);
    if (next < end) return false;
    end = next;
  }
  return true;
}

std::string_view RowLayout::HeapBytes(std::string_view row, const Slot& slot) const {
  const char* body = row.data() + Head(row);
  const uint32_t begin =
      slot.previous_heap_slot == 0 ? 0 : LoadFixed<uint32_t>(body + slot.previous_heap_slot);
  const auto end = LoadFixed<uint32_t>(body + slot.offset);
  return {body + body_size_ + begin, end - begin};
}

void RowLayout::AppendTo(std::string_view row, size_t column, Column* out) const {
  if (IsNull(row, column)) return out->AppendNull();
  const Slot& slot = slots_[column];
  const char* at = row.data() + Head(row) + slot.offset;
  switch (slot.physical) {
    case PhysicalType::kBool:
      return out->Append(LoadFixed<uint8_t>(at));
    case PhysicalType::kInt16:
      return out->Append(LoadFixed<int16_t>(at));
    case PhysicalType::kInt32:
    case PhysicalType::kFloat32:
      return out->Append(LoadFixed<int32_t>(at));
    case PhysicalType::kInt64:
    case PhysicalType::kFloat64:
      return out->Append(LoadFixed<int64_t>(at));
    case PhysicalType::kInt128:
      return out->Append(LoadFixed<Int128>(at));
    case PhysicalType::kInterval:
      return out->Append(LoadFixed<Interval>(at));
    case PhysicalType::kBytes:
      return out->AppendBytes(HeapBytes(row, slot));
  }
}

Value RowLayout::Get(std::string_view row, size_t column, const SqlType& type) const {
  Column single(type);
  AppendTo(row, column, &single);
  return single.GetValue(0);
}

}  // namespace millrace
