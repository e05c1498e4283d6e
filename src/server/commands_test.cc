// What the program says to options that make no sense, wherever they come from.
#include "server/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "server/serve_flags.h"

namespace millrace {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  int exit_code = 0;
  std::string errors;
};

Outcome RunWith(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "millrace");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  ::testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.exit_code = RunProgram(static_cast<int>(argv.size()), argv.data());
  outcome.errors = ::testing::internal::GetCapturedStderr();
  return outcome;
}

struct BadOption {
  const char* name;
  const char* value;
  const char* message;
};

constexpr BadOption kBadOptions[] = {
    {"threads", "100000", "--threads takes a number from 0 to 256, not 100000"},
    {"threads", "-1", "--threads takes a number from 0 to 256, not -1"},
    {"statement-timeout-ms", "-5", "--statement-timeout-ms takes a number from 0 to"},
    {"shutdown-timeout-ms", "-1", "--shutdown-timeout-ms takes a number from 0 to"},
    {"body-max-bytes", "0", "--body-max-bytes takes a number from 1024 to"},
    {"query-memory-bytes", "0", "--query-memory-bytes takes a number from"},
    {"feed-retention-seconds", "0", "--feed-retention-seconds takes a number from 1 to"},
    {"feed-retention-bytes", "-7", "--feed-retention-bytes takes a number from"},
    {"jobs-interval-seconds", "-1", "--jobs-interval-seconds takes a number from 0 to"},
    {"http", "localhost", "--http takes HOST:PORT"},
    {"http", "localhost:65536", "--http takes HOST:PORT"},
    {"durability", "maybe", "--durability takes strict or relaxed"},
    {"log-format", "xml", "--log-format takes text or json"},
};

std::string EnvironmentName(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return "MILLRACE_" + name;
}

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() { std::filesystem::create_directories(folder_); }
  ~OptionsTest() override { std::filesystem::remove_all(folder_); }

  std::string WriteConfig(const std::string& text) {
    const std::string path = folder_ / "millrace.toml";
    std::ofstream(path) << text;
    return path;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / "options_test";
};

TEST_F(OptionsTest, AreCheckedOnTheCommandLine) {
  for (const BadOption& bad : kBadOptions) {
    const Outcome outcome = RunWith({"serve", "--" + std::string(bad.name), bad.value});
    EXPECT_EQ(outcome.exit_code, 3) << bad.name;
    EXPECT_THAT(outcome.errors, HasSubstr(bad.message));
  }
}

TEST_F(OptionsTest, AreCheckedInTheEnvironment) {
  for (const BadOption& bad : kBadOptions) {
    ::setenv(EnvironmentName(bad.name).c_str(), bad.value, 1);
    const Outcome outcome = RunWith({"serve"});
    ::unsetenv(EnvironmentName(bad.name).c_str());
    EXPECT_EQ(outcome.exit_code, 3) << bad.name;
    EXPECT_THAT(outcome.errors, HasSubstr(bad.message));
  }
}

TEST_F(OptionsTest, AreCheckedInTheConfigurationFile) {
  for (const BadOption& bad : kBadOptions) {
    std::string key = bad.name;
    for (char& c : key) c = c == '-' ? '_' : c;
    const std::string path = WriteConfig(key + " = \"" + bad.value + "\"\n");
    const Outcome outcome = RunWith({"serve", "--config", path});
    EXPECT_EQ(outcome.exit_code, 3) << bad.name;
    EXPECT_THAT(outcome.errors, HasSubstr(bad.message));
  }
}

TEST_F(OptionsTest, AnEmptyDataDirectoryIsRefused) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"serve", "--data", ""},
        std::vector<std::string>{"serve", "--config", WriteConfig("data = \"\"\n")}}) {
    const Outcome outcome = RunWith(arguments);
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_THAT(outcome.errors, HasSubstr("--data takes the path of a directory"));
  }
}

TEST_F(OptionsTest, WhatIsNoNumberIsRefused) {
  for (const char* value : {"many", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(RunWith({"serve", "--threads", value}).exit_code, 3) << value;
  }
}

TEST_F(OptionsTest, ALogFileThatCannotBeOpenedEndsTheStart) {
  const std::string data = folder_ / "data";
  const Outcome outcome =
      RunWith({"serve", "--data", data, "--log-file", folder_ / "nosuch" / "x.log"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("cannot open log file"));
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST_F(OptionsTest, TheShellRefusesATimeoutBelowZero) {
  for (const char* value : {"-5", "nan", "1e300"}) {
    const Outcome outcome = RunWith({"sql", "-c", "SELECT 1", "--timeout", value});
    EXPECT_EQ(outcome.exit_code, 3) << value;
  }
}

TEST(ServeFlagsTest, TheLimitsThemselvesAreAllowed) {
  ServeFlags flags;
  flags.threads = 256;
  flags.statement_timeout_ms = 0;
  flags.shutdown_timeout_ms = 0;
  flags.body_max_bytes = 1024;
  const Result<ServeOptions> options = MakeServeOptions(flags);
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  EXPECT_EQ(options->server.loops, 256u);
  EXPECT_EQ(options->server.http_port, 7400);
}

}  // namespace
}  // namespace millrace
