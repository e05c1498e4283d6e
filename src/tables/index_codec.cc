#include "tables/index_codec.h"

#include <optional>
#include <utility>

#include "base/coding.h"
#include "query/expr/json_slice.h"
#include "types/key_coding.h"

namespace millrace {

static constexpr char kNullPart = 0;
static constexpr char kValuePart = 1;

IndexCodec::IndexCodec(CodecPtr codec, IndexDefinition index)
    : codec_(std::move(codec)), index_(std::move(index)) {
  for (const IndexPart& part : index_.parts) {
    columns_.push_back(*codec_->table().FindColumn(part.column));
  }
  prefix_ = IndexPrefix(codec_->table().id, index_.id);
}

std::string IndexCodec::ScopePrefix(std::string_view user) const {
  return prefix_ + codec_->RelativeScope(user);
}

void IndexCodec::AppendPart(std::string* key, const Value& value) {
  key->push_back(value.is_null() ? kNullPart : kValuePart);
  if (!value.is_null()) AppendKeyPart(key, value);
}

// The scope of a per-user row is the first text of its key.
std::string_view IndexCodec::ScopeOf(std::string_view relative_key) const {
  if (!codec_->table().per_user()) return {};
  ByteReader reader(relative_key);
  const bool readable = ReadKeyText(&reader).ok();
  MR_ASSERT(readable, "a row key begins with its scope");
  return relative_key.substr(0, relative_key.size() - reader.rest().size());
}

static std::optional<std::string> JsonText(std::string_view document,
                                           const std::vector<std::string>& path) {
  std::optional<expr::JsonSlice> slice = expr::JsonSlice::Root(document);
  for (const std::string& step : path) {
    slice = slice->Step(step);
    if (!slice.has_value()) return std::nullopt;
  }
  if (slice->kind() == expr::JsonKind::kNull) return std::nullopt;
  std::string text;
  slice->AppendText(&text);
  return text;
}

bool IndexCodec::AppendPart(std::string* key, const IndexPart& part, const Column& column,
                            size_t row) const {
  std::optional<std::string> text;
  bool null = column.is_null(row);
  if (!null && !part.json_path.empty()) {
    text = JsonText(column.bytes(row), part.json_path);
    null = !text.has_value();
  }
  key->push_back(null ? kNullPart : kValuePart);
  if (null) return false;
  if (text.has_value()) {
    AppendKeyText(key, *text);
  } else {
    AppendKeyPart(key, column, row);
  }
  return true;
}

void IndexCodec::AppendEntry(std::string_view relative_key, std::span<const Column* const> parts,
                             size_t row, IndexEntry* entry) const {
  const std::string_view scope = ScopeOf(relative_key);
  entry->key.assign(prefix_).append(scope);
  entry->exclusive = index_.unique;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!AppendPart(&entry->key, index_.parts[i], *parts[i], row)) entry->exclusive = false;
  }
  if (!entry->exclusive) entry->key.append(relative_key.substr(scope.size()));
}

Result<IndexEntry> IndexCodec::EntryOf(std::string_view relative_key, std::string_view row) const {
  Batch batch;
  for (const size_t column : columns_) {
    batch.columns.emplace_back(codec_->table().columns()[column].type);
  }
  RETURN_IF_ERROR(codec_->AppendRow(row, columns_, &batch));
  std::vector<const Column*> parts;
  for (const Column& column : batch.columns) parts.push_back(&column);
  IndexEntry entry;
  AppendEntry(relative_key, parts, 0, &entry);
  return entry;
}

}  // namespace millrace
