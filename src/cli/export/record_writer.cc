#include "cli/export/record_writer.h"

#include "cli/import/input_file.h"
#include "cli/value_text.h"
#include "client/json_text.h"

namespace millrace::cli {
namespace {

class CsvWriter final : public RecordWriter {
 public:
  explicit CsvWriter(CsvStyle style) : style_(std::move(style)) {
    special_ = "\"\r\n";
    special_.push_back(style_.delimiter);
  }

  void Begin(const std::vector<client::Column>& columns, std::string* out) override {
    types_.clear();
    for (const client::Column& column : columns) types_.push_back(column.data_type);
    if (!style_.header) return;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) out->push_back(style_.delimiter);
      AppendField(columns[i].name, out);
    }
    out->push_back('\n');
  }

  void Append(const client::Row& row, std::string* out) override {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out->push_back(style_.delimiter);
      if (row[i].is_null()) {
        out->append(style_.null_text);
      } else {
        AppendField(ReadableText(row[i], types_[i]), out);
      }
    }
    out->push_back('\n');
  }

 private:
  // Quoted, too, when it would be read as NULL.
  void AppendField(std::string_view text, std::string* out) const {
    if (!text.empty() && text != style_.null_text &&
        text.find_first_of(special_) == std::string_view::npos) {
      out->append(text);
      return;
    }
    out->push_back('"');
    for (const char c : text) {
      if (c == '"') out->push_back('"');
      out->push_back(c);
    }
    out->push_back('"');
  }

  CsvStyle style_;
  std::string special_;
  std::vector<std::string> types_;
};

bool IsWrittenOut(std::string_view data_type) {
  return data_type == "Timestamp" || data_type == "DateTime" || data_type == "Date" ||
         data_type == "Time" || data_type == "Bytes";
}

class JsonLinesWriter final : public RecordWriter {
 public:
  void Begin(const std::vector<client::Column>& columns, std::string*) override {
    keys_.clear();
    types_.clear();
    for (const client::Column& column : columns) {
      std::string& key = keys_.emplace_back(keys_.empty() ? "{" : ",");
      client::AppendJsonString(key, column.name);
      key.push_back(':');
      types_.push_back(column.data_type);
    }
  }

  void Append(const client::Row& row, std::string* out) override {
    for (size_t i = 0; i < row.size(); ++i) {
      out->append(keys_[i]);
      if (!row[i].is_null() && IsWrittenOut(types_[i])) {
        client::AppendJsonString(*out, ReadableText(row[i], types_[i]));
      } else {
        client::AppendJsonCell(*out, row[i]);
      }
    }
    out->append(row.empty() ? "{}\n" : "}\n");
  }

 private:
  std::vector<std::string> keys_;
  std::vector<std::string> types_;
};

}  // namespace

std::unique_ptr<RecordWriter> MakeCsvWriter(CsvStyle style) {
  return std::make_unique<CsvWriter>(std::move(style));
}

std::unique_ptr<RecordWriter> MakeJsonLinesWriter() { return std::make_unique<JsonLinesWriter>(); }

ExportFormat FormatOfName(std::string_view path) {
  path = WithoutCompression(path);
  const bool json =
      path.ends_with(".jsonl") || path.ends_with(".ndjson") || path.ends_with(".json");
  return json ? ExportFormat::kJsonLines : ExportFormat::kCsv;
}

}  // namespace millrace::cli
