// The real machine, as far as a test can arrange it.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/doctor/listening_process.h"
#include "server/doctor/machine.h"
#include "testing/child_process.h"
#include "testing/temporary_directory.h"

namespace millrace::doctor {
namespace {

using ::testing::HasSubstr;

TEST(ListeningProcessTest, ReadsTheTablesOfTheKernel) {
  constexpr char kTable[] =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout\n"
      "   0: 0100007F:1CE8 00000000:0000 01 00000000:00000000 00:00000000 00000000  0 0 111 1 0\n"
      "   1: 0100007F:1CE8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 222 1 0\n"
      "   2: garbage\n"
      "   3: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 333 1 0";
  EXPECT_EQ(ListeningInode(kTable, 7400), 222u);
  EXPECT_EQ(ListeningInode(kTable, 80), 333u);
  EXPECT_EQ(ListeningInode(kTable, 81), std::nullopt);
  EXPECT_EQ(ListeningInode("", 80), std::nullopt);
}

// A socket of ours that listens on a port of the system's choice.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, raw, length), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, raw, &length), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { ::close(socket_); }
  uint16_t port() const { return port_; }

 private:
  int socket_;
  uint16_t port_ = 0;
};

TEST(ThisMachineTest, KnowsWhoTookAPort) {
  const auto machine = ThisMachine();
  uint16_t port = 0;
  {
    const Listener listener;
    port = listener.port();
    const PortState state = machine->StateOfPort("127.0.0.1", port);
    EXPECT_EQ(state.use, PortState::Use::kTaken);
    EXPECT_EQ(state.pid, ::getpid());
    EXPECT_THAT(state.program, HasSubstr("mr_server_test"));
  }
  EXPECT_EQ(machine->StateOfPort("127.0.0.1", port).use, PortState::Use::kFree);
  EXPECT_EQ(machine->StateOfPort("example.invalid", port).use, PortState::Use::kNoAddress);
  EXPECT_EQ(machine->StateOfPort("192.0.2.1", port).use, PortState::Use::kNoAddress);
}

TEST(ThisMachineTest, MeasuresTheDiskAndLeavesNothing) {
  const auto machine = ThisMachine();
  const auto directory = millrace::testing::TemporaryDirectory::Make();
  ASSERT_TRUE(directory.ok());
  const auto micros = machine->SyncMicros(directory->path(), 3);
  ASSERT_TRUE(micros.ok()) << micros.status().ToString();
  EXPECT_EQ(micros->size(), 3u);
  for (const int64_t each : *micros) EXPECT_GE(each, 0);
  EXPECT_TRUE(std::filesystem::is_empty(directory->path()));
  EXPECT_FALSE(machine->SyncMicros(directory->path() + "/nosuch", 3).ok());
  const auto space = machine->SpaceOf(directory->path());
  ASSERT_TRUE(space.ok());
  EXPECT_GT(space->total_bytes, 0u);
  EXPECT_LE(space->free_bytes, space->total_bytes);
  EXPECT_FALSE(space->kind.empty());
}

TEST(ThisMachineTest, SeesWhoHoldsALock) {
  const auto machine = ThisMachine();
  const auto directory = millrace::testing::TemporaryDirectory::Make();
  ASSERT_TRUE(directory.ok());
  const std::string path = directory->path() + "/LOCK";
  EXPECT_EQ(machine->LockHolder(path), std::nullopt);
  std::ofstream(path) << "";
  EXPECT_EQ(machine->LockHolder(path), std::nullopt);
}

TEST(ThisMachineTest, ReadsTheNewestFileOfAKind) {
  const auto machine = ThisMachine();
  const auto directory = millrace::testing::TemporaryDirectory::Make();
  ASSERT_TRUE(directory.ok());
  const std::string path = directory->path();
  EXPECT_EQ(machine->ReadFileLike(path, "OPTIONS-"), std::nullopt);
  std::ofstream(path + "/OPTIONS-000007") << "old";
  std::ofstream(path + "/OPTIONS-000012") << "new";
  EXPECT_EQ(machine->ReadFileLike(path, "OPTIONS-"), "new");
  EXPECT_GT(machine->StateOf(path).newest_file_micros, 1'700'000'000'000'000);
  EXPECT_FALSE(machine->StateOf(path + "/nosuch").exists);
}

TEST(ThisMachineTest, KnowsLimitsMemoryAndClock) {
  const auto machine = ThisMachine();
  EXPECT_GT(machine->OpenFilesMax(), 0u);
  const Memory memory = machine->ReadMemory();
  EXPECT_GT(memory.total_bytes, memory.available_bytes);
  EXPECT_GT(memory.available_bytes, 0u);
  EXPECT_GT(machine->ReadClock().wall_micros, 1'700'000'000'000'000);
}

TEST(ThisMachineTest, NobodyAnswersAtAFreePort) {
  const auto machine = ThisMachine();
  const auto port = millrace::testing::FreeLoopbackPort();
  ASSERT_TRUE(port.ok());
  const auto answer = machine->Ask("http://127.0.0.1:" + std::to_string(*port), "/health");
  EXPECT_EQ(answer.status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace millrace::doctor
