#include "cli/import/importer.h"

#include <algorithm>

#include "cli/error_text.h"
#include "cli/import/table_name.h"

namespace millrace::cli {
namespace {

constexpr size_t kSampleRecords = 1000;
constexpr size_t kSampleBytes = 64 * 1024 * 1024;
constexpr std::chrono::milliseconds kPatience{100};

RecordStreamOptions StreamOptions(const ImportOptions& options) {
  RecordStreamOptions stream;
  stream.format = options.format;
  stream.columns = options.columns;
  stream.csv.delimiter = options.delimiter;
  stream.csv.header = options.header;
  stream.csv.null_text = options.null_text;
  return stream;
}

std::string TextOf(const client::StatementResult& result, const client::Row& row,
                   std::string_view column) {
  for (size_t i = 0; i < result.columns.size() && i < row.size(); ++i) {
    if (result.columns[i].name == column) return row[i].text;
  }
  return {};
}

// A file that cannot be read is not the server's complaint.
int ExitCodeOf(const Status& status) {
  return status.sqlstate().starts_with("58") ? kExitUsageError : ExitCodeFor(status);
}

// The numeric fields of a package index. Every other value is text, even where
// the first thousand look like numbers.
bool IsNumericDebField(const std::string& column) {
  return column == "size" || column == "installed_size";
}

}  // namespace

Importer::Importer(const ImportOptions& options, std::vector<std::string> files,
                   ImporterServices services)
    : options_(options),
      services_(std::move(services)),
      stream_(std::move(files), StreamOptions(options)),
      progress_(*services_.clock, *services_.errors, services_.progress) {
  const TableName name = NameTable(options.table, options.connection.namespace_id);
  target_.table = name.sql;
  shown_table_ = name.shown;
  target_.batch_rows_max = std::max<uint32_t>(1, options.batch_rows);
  for (const std::string& column : options.key) target_.key.push_back(ColumnName(column));
}

bool Importer::interrupted() const {
  return services_.interrupt != nullptr && services_.interrupt->load(std::memory_order_acquire);
}

int Importer::Run() {
  if (const Status status = Prepare(); !status.ok()) {
    PrintError(status, {});
    if (table_created_) *services_.errors << RemoveEmptyTable();
    return ExitCodeOf(status);
  }
  // Updates of one key must not overtake each other.
  if (target_.on_conflict == OnConflict::kUpdate) services_.upload.resize(1);
  UploaderOptions upload;
  upload.namespace_id = options_.connection.namespace_id;
  upload.interrupt = services_.interrupt;
  Uploader uploader(services_.upload, std::move(upload));
  const Status reading = SendAll(uploader);
  const UploadOutcome outcome = uploader.Finish();
  progress_.Clear();
  return Report(reading, outcome);
}

Status Importer::Prepare() {
  ASSIGN_OR_RETURN(format_, stream_.Format());
  RETURN_IF_ERROR(SurveyColumns());
  RETURN_IF_ERROR(ReadSample());
  if (interrupted()) return Cancelled("interrupted before the first record was sent");
  if (sample_.empty()) return InvalidArgument("there are no records").WithSqlState("02000");
  if (format_ == RecordFormat::kDeb822 && target_.key.empty()) {
    target_.key = {"package", "version", "architecture"};
  }
  RETURN_IF_ERROR(options_.create == NewTable::kNone ? DescribeTable() : CreateTable());
  RETURN_IF_ERROR(ChooseConflict());
  builder_ = BatchBuilder(target_);
  return AdoptColumns();
}

// Package indexes are small and their rare fields come late: one more reading
// gives the new table all of them at once.
Status Importer::SurveyColumns() {
  if (options_.create == NewTable::kNone || format_ != RecordFormat::kDeb822) return Status::Ok();
  for (const std::string& file : stream_.files()) {
    if (FileBytes(file) == 0) return Status::Ok();  // a pipe cannot be read twice
  }
  RecordStream survey(stream_.files(), StreamOptions(options_));
  SourceRecord record;
  while (!interrupted()) {
    ASSIGN_OR_RETURN(const bool found, survey.Next(record));
    if (!found) break;
  }
  stream_.AddColumns(survey.columns());
  return Status::Ok();
}

Status Importer::ReadSample() {
  SourceRecord record;
  size_t bytes = 0;
  while (sample_.size() < kSampleRecords && bytes < kSampleBytes) {
    ASSIGN_OR_RETURN(const bool found, stream_.Next(record));
    if (!found) break;
    for (const client::Cell& cell : record.cells) bytes += cell.text.size();
    sample_.push_back(std::move(record));
  }
  return Status::Ok();
}

Status Importer::ChooseConflict() {
  target_.on_conflict = options_.on_conflict;
  if (target_.on_conflict == OnConflict::kDefault) {
    target_.on_conflict =
        format_ == RecordFormat::kDeb822 ? OnConflict::kNothing : OnConflict::kError;
  }
  if (target_.on_conflict == OnConflict::kUpdate && target_.key.empty()) {
    return InvalidArgument("--on-conflict update needs a key").WithHint("Name it with --key.");
  }
  return Status::Ok();
}

std::vector<ColumnType> Importer::InferTypes() const {
  const Strings strings = format_ == RecordFormat::kJsonLines ? Strings::kText : Strings::kUntyped;
  std::vector<ColumnType> types(stream_.columns().size(), ColumnType::kUnseen);
  if (format_ == RecordFormat::kDeb822) {
    for (size_t i = 0; i < types.size(); ++i) {
      types[i] = IsNumericDebField(stream_.columns()[i]) ? ColumnType::kBigInt : ColumnType::kText;
    }
    return types;
  }
  for (const SourceRecord& record : sample_) {
    for (size_t i = 0; i < record.cells.size(); ++i) {
      types[i] = Widen(types[i], record.cells[i], strings);
    }
  }
  return types;
}

Status Importer::AtRecord(const SourceRecord& record, const Status& status) const {
  const std::string where = stream_.files()[record.file] + ":" + std::to_string(record.line) + ": ";
  return InvalidArgument(where + status.message()).WithSqlState(status.sqlstate());
}

// Not everybody may drop the table again when nothing can get into it.
Status Importer::CheckFirstRecord(const std::vector<ColumnType>& types) const {
  BatchBuilder trial(target_);
  trial.SetColumns(stream_.columns(), types);
  const Result<bool> added = trial.Add(sample_.front());
  return added.ok() ? Status::Ok() : AtRecord(sample_.front(), added.status());
}

Status Importer::CreateTable() {
  const std::vector<std::string>& names = stream_.columns();
  for (const std::string& key : target_.key) {
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      return InvalidArgument("the key column \"" + key + "\" is not among the fields")
          .WithSqlState("42703");
    }
  }
  const std::vector<ColumnType> types = InferTypes();
  for (size_t i = 0; i < names.size(); ++i) types_[names[i]] = types[i];
  RETURN_IF_ERROR(CheckFirstRecord(types));
  Status status =
      Execute(CreateTableSql(options_.create, target_.table, names, types, target_.key), nullptr);
  table_created_ = status.ok();
  if (status.code() == Code::kAlreadyExists) {
    status = std::move(status).WithHint("Leave out --create to add to the table that is there.");
  }
  return status;
}

Status Importer::DescribeTable() {
  std::vector<client::StatementResult> results;
  Status status = Execute("DESCRIBE TABLE " + target_.table, &results);
  if (status.code() == Code::kNotFound) {
    return std::move(status).WithHint("--create makes the table from the records.");
  }
  RETURN_IF_ERROR(status);
  std::vector<std::string> key;
  for (const client::StatementResult& result : results) {
    for (const client::Row& row : result.rows) {
      const std::string name = TextOf(result, row, "column_name");
      if (name.empty()) continue;
      types_[name] = TypeFromName(TextOf(result, row, "data_type"));
      const std::string is_key = TextOf(result, row, "is_primary_key");
      if (is_key == "true" || is_key == "YES") key.push_back(name);
    }
  }
  table_described_ = !types_.empty();
  if (options_.key.empty() && !key.empty()) target_.key = key;
  return Status::Ok();
}

ColumnType Importer::TypeOfColumn(const std::string& name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? ColumnType::kAny : found->second;
}

Status Importer::CheckColumn(const std::string& name) const {
  if (!table_described_ || types_.contains(name)) return Status::Ok();
  return InvalidArgument("table " + shown_table_ + " has no column \"" + name + "\"")
      .WithSqlState("42703")
      .WithHint("--columns chooses and names the fields.");
}

Status Importer::AdoptColumns() {
  const std::vector<std::string>& names = stream_.columns();
  for (size_t i = columns_adopted_; i < names.size(); ++i) {
    if (options_.create == NewTable::kNone) {
      RETURN_IF_ERROR(CheckColumn(names[i]));
    } else if (!types_.contains(names[i])) {
      std::string sql = "ALTER TABLE " + target_.table + " ADD COLUMN ";
      AppendIdentifier(sql, names[i]);
      RETURN_IF_ERROR(Execute(sql + " TEXT", nullptr));
      types_[names[i]] = ColumnType::kText;
    }
  }
  columns_adopted_ = names.size();
  std::vector<ColumnType> types;
  for (const std::string& name : names) types.push_back(TypeOfColumn(name));
  builder_.SetColumns(names, std::move(types));
  return Status::Ok();
}

std::string Importer::RemoveEmptyTable() {
  // Ctrl-C ended the import; it must not end this too.
  services_.interrupt = nullptr;
  std::vector<client::StatementResult> found;
  Status status = Execute("SELECT 1 FROM " + target_.table + " LIMIT 1", &found);
  // An answer that was lost may have been a success, and others may have been quicker.
  if (status.ok() && !(found.size() == 1 && found[0].rows.empty())) return {};
  if (status.ok()) status = Execute("DROP TABLE " + target_.table, nullptr);
  if (status.ok()) return {};
  return "the new table " + shown_table_ + " is left behind, empty: " + status.message() + "\n";
}

Status Importer::Execute(const std::string& sql, std::vector<client::StatementResult>* results) {
  client::SqlRequest request;
  request.sql = sql;
  request.namespace_id = options_.connection.namespace_id;
  request.cancel = services_.interrupt;
  ASSIGN_OR_RETURN(auto answered, services_.control->Execute(request));
  if (results != nullptr) *results = std::move(answered);
  return Status::Ok();
}

Status Importer::SendAll(Uploader& uploader) {
  for (const SourceRecord& record : sample_) {
    if (stopped_ || interrupted()) return Status::Ok();
    RETURN_IF_ERROR(AddRecord(uploader, record));
  }
  sample_.clear();
  SourceRecord record;
  while (!stopped_ && !interrupted()) {
    ASSIGN_OR_RETURN(const bool found, stream_.Next(record));
    if (!found) break;
    RETURN_IF_ERROR(AddRecord(uploader, record));
  }
  return SubmitBatch(uploader);
}

Status Importer::AddRecord(Uploader& uploader, const SourceRecord& record) {
  if (stream_.columns().size() > columns_adopted_) {
    RETURN_IF_ERROR(SubmitBatch(uploader));
    RETURN_IF_ERROR(AdoptColumns());
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    const Result<bool> added = builder_.Add(record);
    if (!added.ok()) {
      // What stands before the record goes in all the same.
      RETURN_IF_ERROR(SubmitBatch(uploader));
      return AtRecord(record, added.status());
    }
    if (*added) return Status::Ok();
    RETURN_IF_ERROR(SubmitBatch(uploader));
  }
  return Status::Ok();
}

Status Importer::SubmitBatch(Uploader& uploader) {
  if (builder_.empty() || stopped_) return Status::Ok();
  InsertBatch batch = builder_.Seal();
  while (true) {
    ShowProgress(uploader);
    switch (uploader.Submit(batch, kPatience)) {
      case Uploader::Submitted::kYes:
        return Status::Ok();
      case Uploader::Submitted::kStopped:
        stopped_ = true;
        return Status::Ok();
      case Uploader::Submitted::kBusy:
        break;
    }
  }
}

void Importer::ShowProgress(const Uploader& uploader) {
  ProgressState state;
  state.rows = uploader.rows_imported();
  state.bytes_done = stream_.bytes_consumed();
  state.bytes_total = stream_.bytes_total();
  progress_.Update(state);
}

void Importer::PrintError(const Status& status, const std::string& where) {
  *services_.errors << where << ErrorText(status, {}, Coloring::kPlain) << std::flush;
}

int Importer::Report(const Status& reading, const UploadOutcome& outcome) {
  auto place = [this](const Origin& origin) {
    return stream_.files()[origin.file] + ":" + std::to_string(origin.line);
  };
  int exit_code = kExitOk;
  if (outcome.failed_at) {
    const std::string about =
        outcome.failed_row_is_exact ? ": " : ": in the records from here on: ";
    PrintError(outcome.failure, place(*outcome.failed_at) + about);
    exit_code = ExitCodeFor(outcome.failure);
  } else if (!reading.ok()) {
    PrintError(reading, {});
    exit_code = ExitCodeOf(reading);
  } else if (interrupted()) {
    exit_code = kExitSqlError;
  }
  std::string line = FinalText(outcome.rows_imported, shown_table_, progress_.elapsed_nanos());
  if (outcome.rows_sent > outcome.rows_imported) {
    line.append(", ").append(Grouped(outcome.rows_sent - outcome.rows_imported));
    line.append(" were already there");
  }
  if (exit_code != kExitOk) {
    line.insert(0, interrupted() ? "interrupted: " : "stopped: ");
    if (outcome.done_through && !outcome.failed_at) {
      line.append("; everything up to ").append(place(*outcome.done_through)).append(" is in");
    }
    if (table_created_ && outcome.rows_sent == 0) *services_.errors << RemoveEmptyTable();
  }
  *services_.out << line << '\n' << std::flush;
  return exit_code;
}

}  // namespace millrace::cli
