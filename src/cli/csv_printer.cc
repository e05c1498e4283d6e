// RFC 4180 with a header line. NULL is an empty field and the empty string is
// "", so that `millrace import` reads back what was written.
#include "cli/result_printer.h"
#include "cli/value_text.h"

namespace millrace::cli {
namespace {

void AppendCsvField(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of("\",\r\n") == std::string_view::npos) {
    out.append(text);
    return;
  }
  out.push_back('"');
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

class CsvPrinter final : public client::ResultSink {
 public:
  CsvPrinter(std::ostream& out, std::ostream& messages) : out_(out), messages_(messages) {}

  Status OnSchema(std::vector<client::Column> columns) override {
    columns_ = std::move(columns);
    line_.clear();
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line_.push_back(',');
      AppendCsvField(line_, columns_[i].name);
    }
    out_ << line_ << '\n';
    return CheckOutput(out_);
  }

  Status OnRow(client::Row& row) override {
    line_.clear();
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line_.push_back(',');
      if (!row[i].is_null()) AppendCsvField(line_, ReadableText(row[i], columns_[i].data_type));
    }
    out_ << line_ << '\n';
    return CheckOutput(out_);
  }

  Status OnResultEnd(const client::ResultSummary& summary) override {
    if (!summary.has_rows && !summary.message.empty()) messages_ << summary.message << '\n';
    return CheckOutput(out_);
  }

 private:
  std::ostream& out_;
  std::ostream& messages_;
  std::vector<client::Column> columns_;
  std::string line_;
};

}  // namespace

std::unique_ptr<client::ResultSink> MakeCsvPrinter(std::ostream& out, std::ostream& messages) {
  return std::make_unique<CsvPrinter>(out, messages);
}

}  // namespace millrace::cli
