// Columns of our batches as the engine's vectors, and the engine's result
// chunks as our batches.
#pragma once

#include "base/status.h"
#include "duckdb.hpp"
#include "types/batch.h"

namespace millrace::engine {

// Owns a batch whose bytes the engine's string vectors point into; they keep it
// alive for as long as they need it.
class BatchBuffer : public duckdb::VectorBuffer {
 public:
  BatchBuffer() : duckdb::VectorBuffer(duckdb::VectorBufferType::OPAQUE_BUFFER) {}
  Batch batch;
};

// Writes rows [offset, offset + count) of one column of `buffer` into `vector`,
// a fresh flat vector of LogicalTypeOf(column type) for at least `count` rows.
// Fixed-width payloads and strings of up to 12 bytes are copied, longer strings
// are pointed to.
void FillVector(const duckdb::buffer_ptr<BatchBuffer>& buffer, size_t column, size_t offset,
                size_t count, duckdb::Vector* vector);

// How a column of the engine's type is read: as which type of ours, and what the
// engine casts it to first. The README's table says which.
struct ReadPlan {
  SqlType type;
  duckdb::LogicalType cast = duckdb::LogicalType::INVALID;
};
ReadPlan PlanOf(const duckdb::LogicalType& type);

// Appends `rows` rows of a vector to `column`, an empty column of the planned type.
// Errors: 22003 for integers of more than 38 digits, 22008 for dates outside the
// years 1 to 9999.
Status ReadColumn(duckdb::Vector& vector, size_t rows, Column* column);

// Turns the chunks of one result into batches.
class ResultReader {
 public:
  ResultReader(duckdb::ClientContext& context, const duckdb::vector<duckdb::LogicalType>& types,
               const duckdb::vector<std::string>& names);

  const Schema& schema() const { return schema_; }
  // Errors: those of ReadColumn. May throw what the engine throws.
  Status Read(duckdb::DataChunk& chunk, Batch* batch) const;

 private:
  duckdb::ClientContext& context_;
  Schema schema_;
  // What each column is cast to before it is read; INVALID for no cast.
  duckdb::vector<duckdb::LogicalType> casts_;
};

}  // namespace millrace::engine
