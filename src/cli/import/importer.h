// An import without its command line: reads records, makes or checks the table,
// sends batches, reports.
#pragma once

#include <atomic>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/import/insert_batch.h"
#include "cli/import/progress.h"
#include "cli/import/record_stream.h"
#include "cli/import/uploader.h"
#include "cli/options.h"
#include "client/client.h"

namespace millrace::cli {

struct ImporterServices {
  // For CREATE, DESCRIBE, ALTER.
  client::Executor* control = nullptr;
  // For INSERT, each used by its own thread. At least one.
  std::vector<client::Executor*> upload;
  const Clock* clock = nullptr;
  // The final line.
  std::ostream* out = nullptr;
  // Progress and errors.
  std::ostream* errors = nullptr;
  const std::atomic<bool>* interrupt = nullptr;
  ProgressStyle progress = ProgressStyle::kNone;
};

// Use once. Not thread-safe.
class Importer {
 public:
  // `files` are what ExpandFiles gave.
  Importer(const ImportOptions& options, std::vector<std::string> files, ImporterServices services);

  // Returns the exit code (options.h). Blocks until done.
  int Run();

 private:
  Status Prepare();
  Status ReadSample();
  Status SurveyColumns();
  Status ChooseConflict();
  Status CreateTable();
  Status DescribeTable();
  std::vector<ColumnType> InferTypes() const;
  Status CheckFirstRecord(const std::vector<ColumnType>& types) const;
  // The same error with the record's file and line.
  Status AtRecord(const SourceRecord& record, const Status& status) const;
  ColumnType TypeOfColumn(const std::string& name) const;
  // Takes columns into use that were met since the last call.
  Status AdoptColumns();
  Status CheckColumn(const std::string& name) const;
  // Removes the table this import made when nothing got into it, so that it can be
  // tried again as it is. Returns what to say about a table that stays.
  std::string RemoveEmptyTable();
  Status Execute(const std::string& sql, std::vector<client::StatementResult>* results);

  Status SendAll(Uploader& uploader);
  Status AddRecord(Uploader& uploader, const SourceRecord& record);
  Status SubmitBatch(Uploader& uploader);
  void ShowProgress(const Uploader& uploader);
  int Report(const Status& reading, const UploadOutcome& outcome);
  void PrintError(const Status& status, const std::string& where);
  bool interrupted() const;

  ImportOptions options_;
  ImporterServices services_;
  RecordStream stream_;
  RecordFormat format_ = RecordFormat::kCsv;
  InsertTarget target_;
  std::string shown_table_;  // namespace.table, for people
  std::map<std::string, ColumnType> types_;
  bool table_described_ = false;
  bool table_created_ = false;
  std::vector<SourceRecord> sample_;
  BatchBuilder builder_{InsertTarget{}};
  size_t columns_adopted_ = 0;
  ProgressReporter progress_;
  bool stopped_ = false;
};

}  // namespace millrace::cli
