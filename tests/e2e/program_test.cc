// The program as others run it: a service manager, a doctor, a script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "pseudo_terminal.h"
#include "testing/server_process.h"
#include "testing/temporary_directory.h"

namespace millrace::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The service manager's end of NOTIFY_SOCKET.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~NotifySocket() { ::close(socket_); }

  // Everything that came so far.
  std::string Receive() {
    std::string all;
    char buffer[512];
    for (ssize_t got; (got = ::recv(socket_, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0;) {
      all.append(buffer, static_cast<size_t>(got)).append(";");
    }
    return all;
  }

 private:
  int socket_;
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() : directory_(*testing::TemporaryDirectory::Make()) {}

  // Exit code and output of one run.
  std::pair<int, std::string> Run(std::vector<std::string> arguments) {
    testing::ChildOptions options;
    options.program = ProgramBeside("millrace");
    options.arguments = std::move(arguments);
    options.output_path = directory_ / ("output" + std::to_string(++runs_));
    auto child = testing::ChildProcess::Start(options);
    EXPECT_TRUE(child.ok());
    const int code = child->WaitForExit(60'000).value_or(-1);
    std::ifstream file(options.output_path);
    std::ostringstream text;
    text << file.rdbuf();
    return {code, text.str()};
  }

  testing::ServerOptions ServerOptions() {
    testing::ServerOptions options;
    options.program = ProgramBeside("millrace");
    options.data_directory = directory_ / "data";
    options.root_password = "root password of e2e";
    options.log_path = directory_ / "log";
    return options;
  }

  const testing::TemporaryDirectory directory_;
  const SystemClock clock_;
  int runs_ = 0;
};

TEST_F(ProgramTest, AServiceManagerIsToldOfStartAndEnd) {
  const std::string path = directory_ / "notify";
  NotifySocket manager(path);
  testing::ServerOptions options = ServerOptions();
  options.environment = {"NOTIFY_SOCKET=" + path};
  auto server = testing::ServerProcess::Start(options, clock_);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  const int pid = server->process().pid();
  // It answers before it says so.
  std::string told = manager.Receive();
  for (int i = 0; i < 1000 && told.empty(); ++i) {
    server->process().WaitForExit(10);
    told = manager.Receive();
  }
  EXPECT_EQ(told, "READY=1\nSTATUS=serving at http://127.0.0.1:" + std::to_string(server->port()) +
                      "\nMAINPID=" + std::to_string(pid) + ";");
  ASSERT_TRUE(server->Stop().ok());
  EXPECT_EQ(manager.Receive(), "STOPPING=1\nSTATUS=stopping;");
}

TEST_F(ProgramTest, TheDoctorKnowsTheRunningServerFromAStranger) {
  auto server = testing::ServerProcess::Start(ServerOptions(), clock_);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  const std::string address = "127.0.0.1:" + std::to_string(server->port());
  const std::string pid = std::to_string(server->process().pid());
  const auto [own_code, own] =
      Run({"doctor", "--data", directory_ / "data", "--http", address, "--url", "http://" + address,
           "--only", "data", "--only", "port", "--only", "versions", "--only", "server"});
  EXPECT_EQ(own_code, 0) << own;
  // Made by the server, for nobody else to read.
  EXPECT_THAT(own, HasSubstr("/data is writable, in use by process " + pid));
  EXPECT_THAT(own, HasSubstr(address + " is served from this data directory"));
  EXPECT_THAT(own, HasSubstr("data written by RocksDB 7."));
  EXPECT_THAT(own, HasSubstr("http://" + address + " answers in "));
  const auto [code, strange] =
      Run({"doctor", "--data", directory_ / "other", "--http", address, "--only", "port"});
  EXPECT_EQ(code, 1);
  EXPECT_THAT(strange, HasSubstr("taken by millrace (process " + pid + ")"));
  ASSERT_TRUE(server->Stop().ok());
  const auto [gone_code, gone] = Run({"doctor", "--only", "server", "--url", "http://" + address});
  EXPECT_EQ(gone_code, 1);
  EXPECT_THAT(gone, HasSubstr("is it running?"));
}

TEST_F(ProgramTest, AServerRunsFromItsFile) {
  const std::string path = directory_ / "millrace.toml";
  std::ofstream(path) << "[log]\nformat = \"json\"\n[query]\nstatement_timeout = \"5s\"\n";
  testing::ServerOptions options = ServerOptions();
  options.arguments = {"--config", path};
  auto server = testing::ServerProcess::Start(options, clock_);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  ASSERT_TRUE(server->Stop().ok());
  std::ifstream log(options.log_path);
  std::ostringstream text;
  text << log.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("\"config\":\"" + path + "\""));
  EXPECT_THAT(text.str(), Not(HasSubstr("service_manager_not_told")));
}

TEST_F(ProgramTest, WhatIsWrittenAndReadByCommandsComesBack) {
  auto server = testing::ServerProcess::Start(ServerOptions(), clock_);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  const std::string url = "http://127.0.0.1:" + std::to_string(server->port());
  const std::vector<std::string> login = {"--url", url,          "--user",
                                          "root",  "--password", "root password of e2e"};
  auto with_login = [&login](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), login.begin(), login.end());
    return arguments;
  };
  const std::string file = directory_ / "t.csv.gz";
  EXPECT_EQ(Run(with_login({"sql", "-c", "CREATE TABLE t (id INT PRIMARY KEY, note TEXT)", "-c",
                            "INSERT INTO t VALUES (1, NULL), (2, '')"}))
                .first,
            0);
  const auto [code, told] = Run(with_login({"export", "--table", "t", file}));
  EXPECT_EQ(code, 0) << told;
  EXPECT_THAT(told, HasSubstr("exported 2 rows to " + file));
  EXPECT_EQ(Run(with_login({"export", "--query", "SELECT id, note FROM t ORDER BY id", "-q", "-"})),
            (std::pair<int, std::string>(0, "id,note\n1,\n2,\"\"\n")));
  EXPECT_EQ(Run(with_login({"export", "--table", "nosuch", file})).first, 1);
  EXPECT_EQ(Run(with_login({"export", file})).first, 3);
  EXPECT_EQ(Run(with_login({"export", "--table", "t", "/nosuch/file"})).first, 3);
  EXPECT_EQ(Run({"export", "--table", "t", "--url", "http://127.0.0.1:1", file}).first, 2);
  ASSERT_TRUE(server->Stop().ok());
}

}  // namespace
}  // namespace millrace::e2e
