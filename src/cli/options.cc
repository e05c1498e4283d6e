#include "cli/options.h"

#include <string_view>

namespace millrace::cli {

std::optional<OutputFormat> ParseOutputFormat(std::string_view name) {
  if (name == "table") return OutputFormat::kTable;
  if (name == "json") return OutputFormat::kJson;
  if (name == "csv") return OutputFormat::kCsv;
  return std::nullopt;
}

std::optional<RecordFormat> ParseRecordFormat(std::string_view name) {
  if (name == "auto") return RecordFormat::kAuto;
  if (name == "csv") return RecordFormat::kCsv;
  if (name == "json") return RecordFormat::kJsonLines;
  if (name == "deb822") return RecordFormat::kDeb822;
  return std::nullopt;
}

std::optional<OnConflict> ParseOnConflict(std::string_view name) {
  if (name == "error") return OnConflict::kError;
  if (name == "nothing") return OnConflict::kNothing;
  if (name == "update") return OnConflict::kUpdate;
  return std::nullopt;
}

std::optional<ExportFormat> ParseExportFormat(std::string_view name) {
  if (name == "auto") return ExportFormat::kAuto;
  if (name == "csv") return ExportFormat::kCsv;
  if (name == "jsonl" || name == "json") return ExportFormat::kJsonLines;
  return std::nullopt;
}

}  // namespace millrace::cli
