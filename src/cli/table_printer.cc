// Aligned tables, in the manner of psql:
//
//    id | name
//   ----+-------
//     7 | Ann
//   (1 row)
//
// Column widths are measured over the first kRowsMeasured rows, which are held
// back; the rest streams through with those widths.
#include <algorithm>
#include <vector>

#include "cli/result_printer.h"
#include "cli/text_width.h"
#include "cli/value_text.h"

namespace millrace::cli {
namespace {

constexpr size_t kRowsMeasured = 10'000;
constexpr size_t kColumnWidthMin = 6;
constexpr std::string_view kDim = "\033[2m";
constexpr std::string_view kBold = "\033[1m";
constexpr std::string_view kPlain = "\033[0m";

enum class Align : uint8_t { kLeft, kRight, kCenter };

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

size_t WidestLine(std::string_view text) {
  size_t width = 0;
  for (const std::string_view line : Lines(text)) width = std::max(width, TextWidth(line));
  return width;
}

class TablePrinter final : public client::ResultSink {
 public:
  TablePrinter(const PrintSettings& settings, std::ostream& out) : settings_(settings), out_(out) {}

  Status OnSchema(std::vector<client::Column> columns) override {
    columns_ = std::move(columns);
    widths_.clear();
    for (client::Column& column : columns_) {
      column.name = EscapeControls(column.name);
      widths_.push_back(WidestLine(column.name));
    }
    held_.clear();
    header_printed_ = false;
    row_count_ = 0;
    return Status::Ok();
  }

  Status OnRow(client::Row& row) override {
    ++row_count_;
    std::vector<Field> fields;
    fields.reserve(row.size());
    for (size_t i = 0; i < row.size(); ++i) {
      fields.push_back(FieldOf(row[i], columns_[i]));
    }
    if (header_printed_) {
      PrintRow(fields);
      return CheckOutput(out_);
    }
    for (size_t i = 0; i < fields.size(); ++i) {
      widths_[i] = std::max(widths_[i], WidestLine(fields[i].text));
    }
    held_.push_back(std::move(fields));
    if (held_.size() == kRowsMeasured) PrintHeld();
    return CheckOutput(out_);
  }

  Status OnResultEnd(const client::ResultSummary& summary) override {
    if (summary.has_rows) {
      if (!header_printed_) PrintHeld();
      out_ << RowCountText(row_count_) << "\n\n";
    } else if (!summary.message.empty()) {
      out_ << EscapeControls(summary.message) << "\n";
    } else {
      out_ << "OK, " << summary.row_count << (summary.row_count == 1 ? " row\n" : " rows\n");
    }
    return CheckOutput(out_);
  }

 private:
  struct Field {
    std::string text;
    bool null = false;
  };

  Field FieldOf(const client::Cell& cell, const client::Column& column) const {
    if (cell.is_null()) return {settings_.null_text, true};
    return {EscapeControls(ReadableText(cell, column.data_type)), false};
  }

  bool colored() const { return settings_.coloring == Coloring::kColored; }

  void PrintHeld() {
    FitWidths();
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      AppendField(line, columns_[i].name, i, Align::kCenter, kBold, ' ');
    }
    EndLine(line);
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line.push_back('+');
      line.append(widths_[i] + 2, '-');
    }
    EndLine(line);
    header_printed_ = true;
    for (const std::vector<Field>& fields : held_) PrintRow(fields);
    held_.clear();
  }

  // Narrows the widest columns until the table fits the terminal.
  void FitWidths() {
    if (settings_.width_max == 0 || widths_.empty()) return;
    auto total = [this] {
      size_t sum = widths_.size() - 1;
      for (const size_t width : widths_) sum += width + 2;
      return sum;
    };
    while (total() > settings_.width_max) {
      const auto widest = std::max_element(widths_.begin(), widths_.end());
      if (*widest <= kColumnWidthMin) return;
      --*widest;
    }
  }

  void PrintRow(const std::vector<Field>& fields) {
    std::vector<std::vector<std::string_view>> lines;
    size_t height = 1;
    for (const Field& field : fields) {
      lines.push_back(Lines(field.text));
      height = std::max(height, lines.back().size());
    }
    std::string line;
    for (size_t k = 0; k < height; ++k) {
      for (size_t i = 0; i < fields.size(); ++i) {
        const bool has_line = k < lines[i].size();
        const char continued = k + 1 < lines[i].size() ? '+' : ' ';
        const Align align = IsNumericType(columns_[i].data_type) ? Align::kRight : Align::kLeft;
        AppendField(line, has_line ? lines[i][k] : std::string_view(), i, align,
                    fields[i].null ? kDim : std::string_view(), continued);
      }
      EndLine(line);
    }
  }

  void AppendField(std::string& line, std::string_view text, size_t column, Align align,
                   std::string_view color, char after) {
    std::string cut;
    if (settings_.width_max > 0) {
      cut = CutToWidth(text, widths_[column]);
      text = cut;
    }
    const size_t width = TextWidth(text);
    const size_t pad = widths_[column] > width ? widths_[column] - width : 0;
    size_t left = 0;
    if (align == Align::kRight) left = pad;
    if (align == Align::kCenter) left = pad / 2;
    if (column > 0) line.push_back('|');
    line.append(1 + left, ' ');
    if (colored() && !color.empty()) {
      line.append(color).append(text).append(kPlain);
    } else {
      line.append(text);
    }
    line.append(pad - left, ' ');
    line.push_back(after);
  }

  void EndLine(std::string& line) {
    while (!line.empty() && line.back() == ' ') line.pop_back();
    line.push_back('\n');
    out_ << line;
    line.clear();
  }

  PrintSettings settings_;
  std::ostream& out_;
  std::vector<client::Column> columns_;
  std::vector<size_t> widths_;
  std::vector<std::vector<Field>> held_;
  bool header_printed_ = false;
  uint64_t row_count_ = 0;
};

}  // namespace

std::unique_ptr<client::ResultSink> MakeTablePrinter(const PrintSettings& settings,
                                                     std::ostream& out) {
  return std::make_unique<TablePrinter>(settings, out);
}

}  // namespace millrace::cli
