// The server under test: started, restarted, its clock moved.
#include "host.h"

#include <utility>

namespace millrace::slt {

Result<std::unique_ptr<Host>> Host::Start() {
  ASSIGN_OR_RETURN(testing::TemporaryDirectory directory, testing::TemporaryDirectory::Make());
  std::unique_ptr<Host> host(new Host(std::move(directory)));
  RETURN_IF_ERROR(host->StartServer());
  return host;
}

Status Host::StartServer() {
  ServerOptions options;
  options.data_directory = directory_ / "data";
  options.http_port = 0;
  options.root_password = std::string(kPassword);
  options.durability = Durability::kRelaxed;  // nothing here is about losing power
  options.loops = 1;
  options.blocking_threads = 2;
  options.block_cache_bytes = uint64_t{16} << 20;
  options.password_cost = auth::PasswordCost::Cheapest();
  ASSIGN_OR_RETURN(server_, Server::Start(std::move(options), clock_, random_, log_));
  return Status::Ok();
}

Status Host::Restart() {
  server_.reset();
  return StartServer();
}

void Host::AdvanceClock(int64_t micros) {
  clock_.AdvanceMicros(micros);
  EventLoopGroup& loops = server_->loops();
  for (size_t i = 0; i < loops.size(); ++i) loops.loop(i).ClockAdvanced();
}

}  // namespace millrace::slt
