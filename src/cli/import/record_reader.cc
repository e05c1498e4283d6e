#include "cli/import/record_reader.h"

namespace millrace::cli {

size_t RecordReader::FieldIndex(std::string_view name) {
  if (const auto found = index_.find(name); found != index_.end()) return found->second;
  fields_.emplace_back(name);
  index_.emplace(name, fields_.size() - 1);
  return fields_.size() - 1;
}

}  // namespace millrace::cli
