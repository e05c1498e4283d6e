// One JSON array per row set, a row per line, values as they came over the wire;
// a statement without rows is an object {"message","row_count"}.
#include "cli/result_printer.h"
#include "client/json_text.h"

namespace millrace::cli {
namespace {

class JsonPrinter final : public client::ResultSink {
 public:
  explicit JsonPrinter(std::ostream& out) : out_(out) {}

  Status OnSchema(std::vector<client::Column> columns) override {
    keys_.clear();
    for (const client::Column& column : columns) {
      std::string& key = keys_.emplace_back(keys_.empty() ? "{" : ",");
      client::AppendJsonString(key, column.name);
      key.push_back(':');
    }
    out_ << '[';
    first_ = true;
    return Status::Ok();
  }

  Status OnRow(client::Row& row) override {
    line_.assign(first_ ? "" : ",\n ");
    first_ = false;
    for (size_t i = 0; i < row.size(); ++i) {
      line_.append(keys_[i]);
      client::AppendJsonCell(line_, row[i]);
    }
    line_.append(row.empty() ? "{}" : "}");
    out_ << line_;
    return CheckOutput(out_);
  }

  Status OnResultEnd(const client::ResultSummary& summary) override {
    if (summary.has_rows) {
      out_ << "]\n";
      return CheckOutput(out_);
    }
    std::string line = "{\"message\":";
    client::AppendJsonString(line, summary.message);
    line.append(",\"row_count\":").append(std::to_string(summary.row_count)).append("}\n");
    out_ << line;
    return CheckOutput(out_);
  }

 private:
  std::ostream& out_;
  std::vector<std::string> keys_;
  std::string line_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<client::ResultSink> MakeJsonPrinter(std::ostream& out) {
  return std::make_unique<JsonPrinter>(out);
}

}  // namespace millrace::cli
