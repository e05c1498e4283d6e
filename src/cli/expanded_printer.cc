// One line per value, for rows too wide for a table:
//
//   -[ RECORD 1 ]------
//   id   | 7
//   name | Ann
#include <algorithm>

#include "cli/result_printer.h"
#include "cli/text_width.h"
#include "cli/value_text.h"

namespace millrace::cli {
namespace {

constexpr size_t kRuleWidth = 40;

class ExpandedPrinter final : public client::ResultSink {
 public:
  ExpandedPrinter(const PrintSettings& settings, std::ostream& out)
      : settings_(settings), out_(out) {}

  Status OnSchema(std::vector<client::Column> columns) override {
    columns_ = std::move(columns);
    name_width_ = 0;
    row_count_ = 0;
    for (client::Column& column : columns_) {
      column.name = EscapeControls(column.name);
      name_width_ = std::max(name_width_, TextWidth(column.name));
    }
    return Status::Ok();
  }

  Status OnRow(client::Row& row) override {
    std::string text = "-[ RECORD " + std::to_string(++row_count_) + " ]";
    text.append(text.size() < kRuleWidth ? kRuleWidth - text.size() : 0, '-').push_back('\n');
    for (size_t i = 0; i < row.size(); ++i) {
      AppendLine(text, columns_[i].name, Value(row[i], columns_[i]));
    }
    out_ << text;
    return CheckOutput(out_);
  }

  Status OnResultEnd(const client::ResultSummary& summary) override {
    if (summary.has_rows) {
      out_ << RowCountText(row_count_) << "\n\n";
    } else {
      out_ << EscapeControls(summary.message) << "\n";
    }
    return CheckOutput(out_);
  }

 private:
  std::string Value(const client::Cell& cell, const client::Column& column) const {
    if (cell.is_null()) return settings_.null_text;
    return EscapeControls(ReadableText(cell, column.data_type));
  }

  void AppendLine(std::string& out, std::string_view name, std::string_view value) const {
    out.append(name).append(name_width_ - TextWidth(name), ' ').append(" | ");
    // Further lines of a value stand below its first one.
    for (size_t end; (end = value.find('\n')) != std::string_view::npos;) {
      out.append(value.substr(0, end + 1)).append(name_width_, ' ').append(" | ");
      value.remove_prefix(end + 1);
    }
    const size_t used = name_width_ + 3;
    const size_t room = settings_.width_max > used ? settings_.width_max - used : 0;
    out.append(room > 0 ? CutToWidth(value, room) : std::string(value)).push_back('\n');
  }

  PrintSettings settings_;
  std::ostream& out_;
  std::vector<client::Column> columns_;
  size_t name_width_ = 0;
  uint64_t row_count_ = 0;
};

}  // namespace

std::unique_ptr<client::ResultSink> MakeExpandedPrinter(const PrintSettings& settings,
                                                        std::ostream& out) {
  return std::make_unique<ExpandedPrinter>(settings, out);
}

}  // namespace millrace::cli
