// `\x auto`: a table when it fits the terminal, else one line per value. The first rows
// are held back until that is known.
#include <algorithm>

#include "cli/result_printer.h"
#include "cli/text_width.h"
#include "cli/value_text.h"

namespace millrace::cli {
namespace {

constexpr size_t kRowsMeasured = 1'000;
constexpr size_t kBytesMeasured = size_t{4} << 20;

class AutoPrinter final : public client::ResultSink {
 public:
  AutoPrinter(const PrintSettings& settings, std::ostream& out) : settings_(settings), out_(out) {}

  Status OnSchema(std::vector<client::Column> columns) override {
    columns_ = std::move(columns);
    widths_.clear();
    for (const client::Column& column : columns_) {
      widths_.push_back(TextWidth(EscapeControls(column.name)));
    }
    held_.clear();
    held_bytes_ = 0;
    printer_.reset();
    return Status::Ok();
  }

  Status OnRow(client::Row& row) override {
    if (printer_ != nullptr) return printer_->OnRow(row);
    for (size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], WidthOf(row[i], columns_[i]));
      held_bytes_ += row[i].text.size();
    }
    held_.push_back(std::move(row));
    const bool enough = held_.size() >= kRowsMeasured || held_bytes_ >= kBytesMeasured;
    return enough || !Fits() ? Release() : Status::Ok();
  }

  Status OnResultEnd(const client::ResultSummary& summary) override {
    if (!summary.has_rows) return MakeTablePrinter(settings_, out_)->OnResultEnd(summary);
    RETURN_IF_ERROR(Release());
    Status status = printer_->OnResultEnd(summary);
    printer_.reset();
    return status;
  }

 private:
  size_t WidthOf(const client::Cell& cell, const client::Column& column) const {
    if (cell.is_null()) return TextWidth(settings_.null_text);
    const std::string text = EscapeControls(ReadableText(cell, column.data_type));
    size_t width = 0;
    for (size_t at = 0; at <= text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      width = std::max(width, TextWidth(std::string_view(text).substr(at, end - at)));
      at = end + 1;
    }
    return width;
  }

  // Each column has a space on both sides, and a bar before the next.
  bool Fits() const {
    if (settings_.terminal_width == 0) return true;
    size_t width = widths_.empty() ? 0 : widths_.size() - 1;
    for (const size_t each : widths_) width += each + 2;
    return width <= settings_.terminal_width;
  }

  Status Release() {
    if (printer_ != nullptr) return Status::Ok();
    printer_ = Fits() ? MakeTablePrinter(settings_, out_) : MakeExpandedPrinter(settings_, out_);
    RETURN_IF_ERROR(printer_->OnSchema(columns_));
    for (client::Row& row : held_) RETURN_IF_ERROR(printer_->OnRow(row));
    held_.clear();
    return Status::Ok();
  }

  PrintSettings settings_;
  std::ostream& out_;
  std::vector<client::Column> columns_;
  std::vector<size_t> widths_;
  std::vector<client::Row> held_;
  size_t held_bytes_ = 0;
  std::unique_ptr<client::ResultSink> printer_;
};

}  // namespace

std::unique_ptr<client::ResultSink> MakeAutoPrinter(const PrintSettings& settings,
                                                    std::ostream& out) {
  return std::make_unique<AutoPrinter>(settings, out);
}

}  // namespace millrace::cli
