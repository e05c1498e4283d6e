#include "query/exec/system_tables.h"

#include <algorithm>
#include <utility>

#include "query/exec/account_rows.h"
#include "query/exec/system_rows.h"
#include "query/plan/virtual_catalog.h"

namespace millrace::exec {
namespace {

// Rows that are there already, as a source.
class BatchSource final : public TableSource {
 public:
  BatchSource(Schema schema, Batch rows) : schema_(std::move(schema)), rows_(std::move(rows)) {}
  const Schema& schema() const override { return schema_; }
  uint64_t EstimatedRows() const override { return rows_.rows; }

  Result<std::vector<std::unique_ptr<BatchReader>>> Scan(const ScanRequest& request,
                                                         size_t) override {
    std::vector<std::unique_ptr<BatchReader>> readers;
    readers.push_back(std::make_unique<Reader>(rows_, request.columns));
    return readers;
  }

 private:
  class Reader final : public BatchReader {
   public:
    Reader(const Batch& rows, std::vector<size_t> columns)
        : rows_(rows), columns_(std::move(columns)) {}
    Result<bool> Next(Batch* batch) override {
      const size_t count = std::min(kBatchRows, rows_.rows - next_);
      if (count == 0) return false;
      std::vector<uint32_t> selected(count);
      for (size_t i = 0; i < count; ++i) selected[i] = static_cast<uint32_t>(next_ + i);
      next_ += count;
      *batch = Batch();
      for (const size_t column : columns_) {
        batch->columns.emplace_back(rows_.columns[column].type());
        batch->columns.back().AppendSelected(rows_.columns[column], selected);
      }
      batch->rows = count;
      return true;
    }

   private:
    const Batch& rows_;
    std::vector<size_t> columns_;
    size_t next_ = 0;
  };

  Schema schema_;
  Batch rows_;
};

}  // namespace

Result<Batch> ReadSystemTable(const Services& services, const Request& request,
                              std::string_view namespace_name, std::string_view name) {
  const plan::VirtualTable* table = plan::FindVirtualTable(namespace_name, name);
  if (table == nullptr) {
    return NotFound("relation \"" + std::string(namespace_name) + "." + std::string(name) +
                    "\" does not exist")
        .WithSqlState("42P01");
  }
  Batch batch = Batch::ForSchema(table->schema);
  if (table->name == "audit_log") {
    RETURN_IF_ERROR(AppendAuditLog(services, &batch));
  } else {
    AppendSystemRows(services, request, *table, &batch);
  }
  return batch;
}

Result<std::shared_ptr<TableSource>> MakeSystemTable(const Services& services,
                                                     const Request& request,
                                                     std::string_view namespace_name,
                                                     std::string_view name) {
  ASSIGN_OR_RETURN(Batch rows, ReadSystemTable(services, request, namespace_name, name));
  const plan::VirtualTable* table = plan::FindVirtualTable(namespace_name, name);
  return std::shared_ptr<TableSource>(
      std::make_shared<BatchSource>(table->schema, std::move(rows)));
}

}  // namespace millrace::exec
