#include "cli/result_printer.h"

namespace millrace::cli {

std::string RowCountText(uint64_t rows) {
  return "(" + std::to_string(rows) + (rows == 1 ? " row)" : " rows)");
}

Status CheckOutput(const std::ostream& out) {
  return out.good() ? Status::Ok() : Cancelled("the output cannot be written");
}

std::unique_ptr<client::ResultSink> MakePrinter(const PrintSettings& settings, std::ostream& out,
                                                std::ostream& messages) {
  switch (settings.format) {
    case OutputFormat::kJson:
      return MakeJsonPrinter(out);
    case OutputFormat::kCsv:
      return MakeCsvPrinter(out, messages);
    case OutputFormat::kTable:
      break;
  }
  if (settings.expansion == Expansion::kAuto) return MakeAutoPrinter(settings, out);
  return settings.expansion == Expansion::kOn ? MakeExpandedPrinter(settings, out)
                                              : MakeTablePrinter(settings, out);
}

}  // namespace millrace::cli
