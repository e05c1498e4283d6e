#include "cli/run_export.h"

#include <unistd.h>

#include <iostream>

#include "cli/connect.h"
#include "cli/error_text.h"
#include "cli/export/exporter.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"

namespace millrace::cli {
namespace {

int Fail(const Status& status, int exit_code) {
  std::cerr << ErrorText(status, {}, Coloring::kPlain);
  return exit_code;
}

Status CheckOptions(const ExportOptions& options) {
  if (options.table.empty() == options.query.empty()) {
    return InvalidArgument("an export takes either a table or a query")
        .WithHint("Use --table NAME or --query SQL.");
  }
  if (options.file.empty()) return InvalidArgument("no file is named");
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r') {
    return InvalidArgument("this delimiter cannot be told from a quote or the end of a line");
  }
  return Status::Ok();
}

}  // namespace

int RunExport(const ExportOptions& options) {
  if (const Status status = CheckOptions(options); !status.ok()) {
    return Fail(status, kExitUsageError);
  }
  auto client = client::Client::Connect(ResolveConnection(options.connection));
  if (!client.ok()) {
    const bool bad_url = client.status().code() == Code::kInvalidArgument;
    return Fail(client.status(), bad_url ? kExitUsageError : kExitConnectionError);
  }
  InstallInterruptHandler();
  const SystemClock clock;
  ExporterServices services;
  services.executor = client->get();
  services.clock = &clock;
  services.messages = &std::cerr;
  services.interrupt = &InterruptFlag();
  if (!options.quiet) {
    services.progress = IsTerminal(STDERR_FILENO) ? ProgressStyle::kBar : ProgressStyle::kLines;
  }
  return RunExporter(options, services);
}

}  // namespace millrace::cli
