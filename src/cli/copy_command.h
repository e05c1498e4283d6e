// \copy: a table from a file, or a table or query to one.
//
//   \copy NAME [(column, …)] from 'FILE' [csv|jsonl]
//   \copy NAME | (QUERY)     to   'FILE' [csv|jsonl]
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cli/options.h"

namespace millrace::cli {

enum class CopyDirection : uint8_t { kFrom, kTo };

struct CopyCommand {
  CopyDirection direction = CopyDirection::kTo;
  // One of the two.
  std::string table;
  std::string query;
  std::vector<std::string> columns;  // with kFrom: names of the file's fields
  std::string file;                  // "-" for to stdout
  std::optional<ExportFormat> format;
};

// `text` is what stands after "\copy". InvalidArgument (42601) with the form as a hint.
Result<CopyCommand> ParseCopy(std::string_view text);

}  // namespace millrace::cli
