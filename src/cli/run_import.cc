#include "cli/run_import.h"

#include <unistd.h>

#include <iostream>

#include "cli/connect.h"
#include "cli/error_text.h"
#include "cli/import/importer.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"

namespace millrace::cli {
namespace {

constexpr uint32_t kConnectionsMax = 16;

int Fail(const Status& status, int exit_code) {
  std::cerr << ErrorText(status, {}, Coloring::kPlain);
  return exit_code;
}

Status CheckOptions(const ImportOptions& options) {
  if (options.table.empty()) return InvalidArgument("no table is named").WithHint("Use --table.");
  if (options.files.empty()) return InvalidArgument("no file is named");
  if (options.batch_rows == 0) return InvalidArgument("--batch must be at least 1");
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r') {
    return InvalidArgument("this delimiter cannot be told from a quote or the end of a line");
  }
  return Status::Ok();
}

}  // namespace

int RunImport(const ImportOptions& options) {
  if (const Status status = CheckOptions(options); !status.ok())
    return Fail(status, kExitUsageError);
  auto files = ExpandFiles(options.files);
  if (!files.ok()) return Fail(files.status(), kExitUsageError);

  // Asks for the password once, before the connections are made.
  const client::ClientOptions connection = ResolveConnection(options.connection);
  const uint32_t count = std::min(std::max(options.connections, 1U), kConnectionsMax);
  std::vector<std::unique_ptr<client::Client>> clients;
  for (uint32_t i = 0; i < count + 1; ++i) {
    auto client = client::Client::Connect(connection);
    if (!client.ok()) {
      const bool bad_url = client.status().code() == Code::kInvalidArgument;
      return Fail(client.status(), bad_url ? kExitUsageError : kExitConnectionError);
    }
    clients.push_back(std::move(*client));
  }
  InstallInterruptHandler();
  const SystemClock clock;
  ImporterServices services;
  services.control = clients[0].get();
  for (uint32_t i = 1; i <= count; ++i) services.upload.push_back(clients[i].get());
  services.clock = &clock;
  services.out = &std::cout;
  services.errors = &std::cerr;
  services.interrupt = &InterruptFlag();
  if (!options.quiet) {
    services.progress = IsTerminal(STDERR_FILENO) ? ProgressStyle::kBar : ProgressStyle::kLines;
  }
  return Importer(options, std::move(*files), std::move(services)).Run();
}

}  // namespace millrace::cli
