// Printing results as they arrive: table, expanded table, JSON or CSV.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "cli/error_text.h"
#include "cli/options.h"
#include "client/result.h"

namespace millrace::cli {

// kAuto: on for results that are wider than the terminal.
enum class Expansion : uint8_t { kOff, kOn, kAuto };

struct PrintSettings {
  OutputFormat format = OutputFormat::kTable;
  Expansion expansion = Expansion::kOff;
  Coloring coloring = Coloring::kPlain;
  // What stands for SQL NULL in a table.
  std::string null_text = "NULL";
  // Tables are cut to this many terminal cells; 0: never.
  size_t width_max = 0;
  // What kAuto measures by; 0: no terminal.
  size_t terminal_width = 0;
};

// Rows go to `out`. Messages ("Inserted 3 row(s)") go there too, but with CSV to
// `messages`, so that the output stays one table. Both must outlive the printer.
std::unique_ptr<client::ResultSink> MakePrinter(const PrintSettings& settings, std::ostream& out,
                                                std::ostream& messages);

// The kinds, each in its own file.
std::unique_ptr<client::ResultSink> MakeTablePrinter(const PrintSettings& settings,
                                                     std::ostream& out);
std::unique_ptr<client::ResultSink> MakeExpandedPrinter(const PrintSettings& settings,
                                                        std::ostream& out);
std::unique_ptr<client::ResultSink> MakeAutoPrinter(const PrintSettings& settings,
                                                    std::ostream& out);
std::unique_ptr<client::ResultSink> MakeJsonPrinter(std::ostream& out);
std::unique_ptr<client::ResultSink> MakeCsvPrinter(std::ostream& out, std::ostream& messages);

// "(1 row)", "(12 rows)".
std::string RowCountText(uint64_t rows);

// Fails once the reader of a pipe is gone, which stops the request.
Status CheckOutput(const std::ostream& out);

}  // namespace millrace::cli
