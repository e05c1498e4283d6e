#include "query/exec/engine/instance.h"

#include <string_view>

#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/main/extension_helper.hpp"
#include "duckdb/storage/buffer_manager.hpp"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/native_functions.h"

namespace millrace::engine {
namespace {

// The adapter is compiled against the headers of exactly this build.
constexpr std::string_view kLibraryVersion = "v1.4.4";
constexpr std::string_view kSourceId = "6ddac802ff";

// Without parquet and autocomplete: what is not loaded cannot be called.
constexpr const char* kExtensions[] = {"core_functions", "json", "icu"};

// What makes the engine answer as PostgreSQL does.
constexpr const char* kSettings[] = {
    "SET GLOBAL TimeZone = 'UTC'",
    "SET GLOBAL integer_division = true",
    "SET GLOBAL default_null_order = 'nulls_last_on_asc_first_on_desc'",
    "SET GLOBAL preserve_insertion_order = true",
};

void Run(duckdb::Connection& connection, const char* sql) {
  const auto result = connection.Query(sql);
  if (result->HasError()) result->ThrowError();
}

}  // namespace

Status Instance::CheckLibrary() {
  const std::string_view version = duckdb::DuckDB::LibraryVersion();
  const std::string_view source = duckdb::DuckDB::SourceID();
  if (version == kLibraryVersion && source.starts_with(kSourceId)) return Status::Ok();
  std::string message("the analytical engine is \"");
  message.append(version).append(" ").append(source).append("\", needed is \"");
  message.append(kLibraryVersion).append(" ").append(kSourceId).append("\"");
  return FailedPrecondition(std::move(message));
}

Result<std::unique_ptr<Instance>> Instance::Create(const InstanceOptions& options) {
  try {
    std::unique_ptr<Instance> instance(new Instance());
    instance->Open(options);
    instance->LockDown();
    return instance;
  } catch (const std::exception& exception) {
    const Status cause = StatusOf(duckdb::ErrorData(exception));
    return Internal("the analytical engine does not start: " + cause.message());
  }
}

Instance::~Instance() = default;

void Instance::Open(const InstanceOptions& options) {
  duckdb::DBConfig config;
  config.options.maximum_threads = options.threads;
  config.options.maximum_memory = static_cast<idx_t>(options.memory_bytes);
  config.options.load_extensions = false;
  config.options.autoload_known_extensions = false;
  config.options.autoinstall_known_extensions = false;
  config.options.allow_community_extensions = false;
  config.options.enable_external_access = false;
  config.options.use_temporary_directory = !options.spill_directory.empty();
  // Of this instance alone: the names of the files in it are the same in all.
  config.options.temporary_directory = options.spill_directory;
  if (!options.spill_directory.empty()) {
    config.options.maximum_swap_space = static_cast<idx_t>(options.spill_bytes_max);
  }
  database_ = std::make_unique<duckdb::DuckDB>(nullptr, &config);
  // Without external access the engine may not even write there.
  if (!options.spill_directory.empty()) {
    database_->instance->config.AddAllowedDirectory(options.spill_directory);
  }
  for (const char* extension : kExtensions) {
    duckdb::ExtensionHelper::LoadExtension(*database_, extension);
  }
  duckdb::ExtensionLoader loader(*database_->instance, "millrace");
  loader.RegisterFunction(ScanFunction());
  RegisterCalls(loader);
  RegisterComparisons(loader);
  RegisterChoices(loader);
  RegisterSum(loader);
  RegisterRegexpReplace(loader);
  connection_ = std::make_unique<duckdb::Connection>(*database_);
  tables_ = duckdb::make_shared_ptr<ScanTables>();
  context().registered_state->Insert(ScanTables::kKey, tables_);
  for (const char* setting : kSettings) Run(*connection_, setting);
}

void Instance::LockDown() {
  duckdb::DBConfig& config = database_->instance->config;
  config.replacement_scans.clear();  // FROM 'file.csv'
  if (!config.options.use_temporary_directory) {
    Run(*connection_, "SET disabled_filesystems = 'LocalFileSystem'");
  }
  Run(*connection_, "SET lock_configuration = true");
}

Status Instance::Begin(std::vector<std::shared_ptr<TableSource>> tables, int64_t memory_bytes) {
  tables_->Reset(std::move(tables));
  try {
    database_->instance->GetBufferManager().SetMemoryLimit(static_cast<idx_t>(memory_bytes));
    return Status::Ok();
  } catch (const std::exception& exception) {
    return StatusOf(duckdb::ErrorData(exception));
  }
}

Status Instance::End() {
  Status status;
  try {
    // Stops the tasks on other threads at their next batch, then waits for them.
    connection_->Interrupt();
    context().CancelTransaction();
  } catch (const std::exception& exception) {
    status = StatusOf(duckdb::ErrorData(exception));
  }
  tables_->Reset({});
  return status;
}

}  // namespace millrace::engine
