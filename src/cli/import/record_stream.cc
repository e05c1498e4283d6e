#include "cli/import/record_stream.h"

#include <algorithm>
#include <cstring>

namespace millrace::cli {
namespace {

constexpr size_t kSniffedBytes = 4096;
// The server's limit is 64; a suffix that tells two names apart must fit too.
constexpr size_t kNameBytesMax = 60;

// Gives back the bytes that were read to tell the format, then goes on.
class ReplayedSource final : public ByteSource {
 public:
  ReplayedSource(std::string first, ByteSource& rest) : first_(std::move(first)), rest_(rest) {}
  Result<size_t> Read(char* buffer, size_t size) override {
    if (at_ == first_.size()) return rest_.Read(buffer, size);
    const size_t taken = std::min(size, first_.size() - at_);
    std::memcpy(buffer, first_.data() + at_, taken);
    at_ += taken;
    return taken;
  }

 private:
  std::string first_;
  ByteSource& rest_;
  size_t at_ = 0;
};

bool EndsWithAny(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [text](std::string_view ending) { return text.ends_with(ending); });
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "Package: ", the way a stanza begins.
bool LooksLikeDeb822(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && (IsLetter(text[at]) || IsDigit(text[at]) || text[at] == '-')) ++at;
  return at > 0 && at + 1 < text.size() && text[at] == ':' && text[at + 1] == ' ';
}

}  // namespace

std::string ColumnName(std::string_view field) {
  std::string name;
  for (const char c : field) {
    if (IsLetter(c)) {
      name.push_back(static_cast<char>(c | 0x20));
    } else if (IsDigit(c) || c == '_') {
      name.push_back(c);
    } else {
      name.push_back('_');
    }
  }
  while (name.ends_with('_')) name.pop_back();
  const size_t first = name.find_first_not_of('_');
  name.erase(0, std::min(first, name.size()));
  if (name.empty()) return "column";
  if (IsDigit(name[0])) name.insert(0, 1, 'c');
  if (name.size() > kNameBytesMax) name.resize(kNameBytesMax);
  return name;
}

RecordFormat DetectFormat(std::string_view path, std::string_view first_bytes) {
  const std::string_view name = WithoutCompression(path);
  if (EndsWithAny(name, {".csv", ".tsv", ".tab"})) return RecordFormat::kCsv;
  if (EndsWithAny(name, {".json", ".jsonl", ".ndjson"})) return RecordFormat::kJsonLines;
  if (EndsWithAny(name, {"Packages", "Sources", ".deb822"})) return RecordFormat::kDeb822;
  if (first_bytes.starts_with('{')) return RecordFormat::kJsonLines;
  return LooksLikeDeb822(first_bytes) ? RecordFormat::kDeb822 : RecordFormat::kCsv;
}

RecordStream::RecordStream(std::vector<std::string> files, RecordStreamOptions options)
    : files_(std::move(files)), options_(std::move(options)) {
  for (const std::string& file : files_) bytes_total_ += FileBytes(file);
  options_.csv.names = options_.columns;
}

Status RecordStream::InFile(Status status) const {
  const std::string& file = files_[next_file_ - 1];
  Status named(status.code(), file + ": " + status.message());
  named = std::move(named).WithSqlState(status.sqlstate());
  if (!status.hint().empty()) named = std::move(named).WithHint(status.hint());
  return named;
}

Status RecordStream::OpenFile() {
  const std::string& path = files_[next_file_++];
  ASSIGN_OR_RETURN(input_, InputFile::Open(path));
  std::string first(kSniffedBytes, '\0');
  ASSIGN_OR_RETURN(const size_t got, input_->Read(first.data(), first.size()));
  first.resize(got);
  format_ = options_.format == RecordFormat::kAuto ? DetectFormat(path, first) : options_.format;
  const std::string_view name = WithoutCompression(path);
  replay_ = std::make_unique<ReplayedSource>(std::move(first), *input_);
  if (format_ == RecordFormat::kJsonLines) {
    reader_ = std::make_unique<JsonLinesReader>(*replay_);
  } else if (format_ == RecordFormat::kDeb822) {
    reader_ = std::make_unique<Deb822Reader>(*replay_);
  } else {
    CsvOptions csv = options_.csv;
    if (csv.delimiter == ',' && EndsWithAny(name, {".tsv", ".tab"})) csv.delimiter = '\t';
    reader_ = std::make_unique<CsvReader>(*replay_, std::move(csv));
  }
  column_of_field_.clear();
  return Status::Ok();
}

void RecordStream::CloseFile() {
  bytes_done_ += FileBytes(files_[next_file_ - 1]);
  reader_.reset();
  replay_.reset();
  input_.reset();
}

Result<RecordFormat> RecordStream::Format() {
  if (reader_ == nullptr && next_file_ < files_.size()) RETURN_IF_ERROR(OpenFile());
  return format_;
}

uint64_t RecordStream::bytes_consumed() const {
  return bytes_done_ + (input_ == nullptr ? 0 : input_->consumed());
}

size_t RecordStream::MapField(const std::string& field) {
  std::string name = ColumnName(field);
  // Two fields of one file must not fall into one column ("A-B" and "a_b").
  auto taken = [&](const std::string& candidate) {
    const auto found = column_index_.find(candidate);
    return found != column_index_.end() &&
           std::find(column_of_field_.begin(), column_of_field_.end(), found->second) !=
               column_of_field_.end();
  };
  for (int suffix = 2; taken(name); ++suffix) {
    name = ColumnName(field) + "_" + std::to_string(suffix);
  }
  const auto& wanted = options_.columns;
  const bool chosen = wanted.empty() || std::any_of(wanted.begin(), wanted.end(),
                                                    [&](auto& w) { return ColumnName(w) == name; });
  if (!chosen) return kIgnored;
  const auto [entry, added] = column_index_.emplace(name, columns_.size());
  if (added) columns_.push_back(name);
  return entry->second;
}

void RecordStream::AddColumns(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (column_index_.emplace(name, columns_.size()).second) columns_.push_back(name);
  }
}

void RecordStream::MapNewFields() {
  const std::vector<std::string>& fields = reader_->fields();
  while (column_of_field_.size() < fields.size()) {
    column_of_field_.push_back(MapField(fields[column_of_field_.size()]));
  }
}

Result<bool> RecordStream::Next(SourceRecord& record) {
  while (true) {
    if (reader_ == nullptr) {
      if (next_file_ == files_.size()) return false;
      RETURN_IF_ERROR(OpenFile());
    }
    const Result<bool> found = reader_->Next(record_);
    if (!found.ok()) return InFile(found.status());
    if (*found) break;
    CloseFile();
  }
  MapNewFields();
  record.file = next_file_ - 1;
  record.line = record_.line;
  record.cells.assign(columns_.size(), client::Cell::Null());
  for (size_t i = 0; i < record_.cells.size(); ++i) {
    const size_t column = column_of_field_[i];
    if (column != kIgnored) record.cells[column] = std::move(record_.cells[i]);
  }
  return true;
}

}  // namespace millrace::cli
