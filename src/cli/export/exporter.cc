#include "cli/export/exporter.h"

#include <charconv>

#include "cli/error_text.h"
#include "cli/export/output_file.h"
#include "cli/export/record_writer.h"
#include "cli/import/column_type.h"
#include "cli/import/table_name.h"

namespace millrace::cli {
namespace {

// Rows of one result to the file; every other answer is refused.
class FileSink final : public client::ResultSink {
 public:
  FileSink(RecordWriter& writer, OutputFile& file, ProgressReporter& progress, uint64_t rows_total)
      : writer_(writer), file_(file), progress_(progress), rows_total_(rows_total) {}

  Status OnSchema(std::vector<client::Column> columns) override {
    if (begun_) return InvalidArgument("an export takes one statement").WithSqlState("42601");
    begun_ = true;
    text_.clear();
    writer_.Begin(columns, &text_);
    return file_.Write(text_);
  }

  Status OnRow(client::Row& row) override {
    text_.clear();
    writer_.Append(row, &text_);
    ++rows_;
    RETURN_IF_ERROR(file_.Write(text_));
    // Asking the clock for each row would cost as much as the row.
    if (rows_ % kRowsPerUpdate == 0) {
      progress_.Update({.rows = rows_, .bytes_done = file_.bytes(), .rows_total = rows_total_});
    }
    return Status::Ok();
  }

  Status OnResultEnd(const client::ResultSummary& summary) override {
    if (summary.has_rows && begun_) return Status::Ok();
    return InvalidArgument("the statement gives no rows")
        .WithSqlState("42601")
        .WithHint("An export takes one statement that does, such as SELECT.");
  }

  uint64_t rows() const { return rows_; }

 private:
  static constexpr uint64_t kRowsPerUpdate = 256;

  RecordWriter& writer_;
  OutputFile& file_;
  ProgressReporter& progress_;
  uint64_t rows_total_;
  std::string text_;
  uint64_t rows_ = 0;
  bool begun_ = false;
};

client::SqlRequest MakeRequest(const ExportOptions& options, const ExporterServices& services,
                               std::string sql) {
  client::SqlRequest request;
  request.sql = std::move(sql);
  request.namespace_id = options.connection.namespace_id;
  request.cancel = services.interrupt;
  return request;
}

// For the bar only: 0 when the server has no idea, or we may not ask.
uint64_t EstimatedRows(const ExportOptions& options, const ExporterServices& services,
                       const std::string& table) {
  if (services.progress == ProgressStyle::kNone) return 0;
  const auto results =
      services.executor->Execute(MakeRequest(options, services, "SHOW STATS FOR TABLE " + table));
  if (!results.ok() || results->size() != 1 || (*results)[0].rows.size() != 1) return 0;
  const client::StatementResult& result = (*results)[0];
  for (size_t i = 0; i < result.columns.size(); ++i) {
    if (result.columns[i].name != "estimated_rows") continue;
    const std::string& text = result.rows[0][i].text;
    uint64_t rows = 0;
    std::from_chars(text.data(), text.data() + text.size(), rows);
    return rows;
  }
  return 0;
}

std::string WithoutSemicolon(std::string sql) {
  while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n')) {
    sql.pop_back();
  }
  return sql;
}

std::unique_ptr<RecordWriter> MakeWriter(const ExportOptions& options) {
  const ExportFormat format =
      options.format == ExportFormat::kAuto ? FormatOfName(options.file) : options.format;
  if (format == ExportFormat::kJsonLines) return MakeJsonLinesWriter();
  return MakeCsvWriter({options.delimiter, options.header, options.null_text});
}

int ExitCodeOfExport(const Status& status) {
  // A file that cannot be written is not the server's complaint.
  return status.sqlstate().starts_with("58") ? kExitUsageError : ExitCodeFor(status);
}

}  // namespace

ExportOutcome Export(const ExportOptions& options, const ExporterServices& services) {
  ExportOutcome outcome;
  outcome.sql = WithoutSemicolon(options.query);
  uint64_t rows_total = 0;
  if (!options.table.empty()) {
    const TableName table = NameTable(options.table, options.connection.namespace_id);
    outcome.sql = "SELECT * FROM " + table.sql;
    rows_total = EstimatedRows(options, services, table.sql);
  }
  auto file = OutputFile::Open(options.file);
  if (!file.ok()) {
    outcome.status = file.status();
    return outcome;
  }
  ProgressReporter progress(*services.clock, *services.messages, services.progress);
  const std::unique_ptr<RecordWriter> writer = MakeWriter(options);
  FileSink sink(*writer, **file, progress, rows_total);
  outcome.status = services.executor->Execute(MakeRequest(options, services, outcome.sql), sink);
  if (outcome.status.ok()) outcome.status = (*file)->Commit();
  progress.Clear();
  outcome.rows = sink.rows();
  return outcome;
}

int RunExporter(const ExportOptions& options, const ExporterServices& services) {
  const int64_t start = services.clock->MonotonicNanos();
  const ExportOutcome outcome = Export(options, services);
  if (!outcome.status.ok()) {
    *services.messages << ErrorText(outcome.status, outcome.sql, Coloring::kPlain);
    if (outcome.rows > 0 && options.file != "-") {
      *services.messages << "nothing was written; the rows before it are dropped\n";
    }
    services.messages->flush();
    return ExitCodeOfExport(outcome.status);
  }
  const int64_t elapsed = services.clock->MonotonicNanos() - start;
  if (!options.quiet) {
    *services.messages << ExportedText(outcome.rows, options.file, elapsed) << '\n' << std::flush;
  }
  return kExitOk;
}

}  // namespace millrace::cli
