// What the program says to options that make no sense, wherever they come from.
#include "server/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "config/rendering.h"
#include "server/program_configuration.h"
#include "server/server_settings.h"

namespace millrace {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Outcome {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

Outcome RunWith(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "millrace");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.exit_code = RunProgram(static_cast<int>(argv.size()), argv.data());
  outcome.output = ::testing::internal::GetCapturedStdout();
  outcome.errors = ::testing::internal::GetCapturedStderr();
  return outcome;
}

struct BadOption {
  const char* flag;
  const char* value;
  const char* name;     // in the file
  const char* literal;  // in the file
  const char* takes;
};

constexpr BadOption kBadOptions[] = {
    {"threads", "100000", "server.threads", "100000", "a number from 0 to 256"},
    {"threads", "-1", "server.threads", "-1", "a number from 0 to 256"},
    {"threads", "1.5", "server.threads", "1.5", "a number from 0 to 256"},
    {"threads", "99999999999999999999", "server.threads", "\"many\"", "a number from 0 to 256"},
    {"statement-timeout-ms", "-5", "query.statement_timeout", "\"-5ms\"",
     "a duration from 0 to 10000d"},
    {"shutdown-timeout-ms", "-1", "server.shutdown_timeout", "10", "a duration from 0 to"},
    {"body-max-bytes", "0", "http.body_max", "0", "a size from 1KiB to 1GiB"},
    {"body-max-bytes", "10MB", "http.body_max", "\"10MB\"", "a size from 1KiB to 1GiB"},
    {"query-memory-bytes", "0", "query.memory_max", "0", "a size from 16MiB to"},
    {"feed-retention-seconds", "0", "storage.feed_retention", "0", "a duration from 1s to"},
    {"feed-retention-bytes", "-7", "storage.feed_size_max", "-7", "a size from 1MiB to"},
    {"jobs-interval-seconds", "-1", "jobs.interval", "\"-1s\"", "a duration from 0 to"},
    {"jobs-interval-seconds", "1500ms", "jobs.interval", "\"1500ms\"", "whole seconds"},
    {"http", "localhost", "http.listen", "\"localhost\"", "HOST:PORT"},
    {"http", "localhost:65536", "http.listen", "\":80\"", "HOST:PORT"},
    {"durability", "maybe", "storage.durability", "\"maybe\"", "strict or relaxed"},
    {"log-format", "xml", "log.format", "\"xml\"", "text or json"},
    {"log-level", "loud", "log.level", "1", "debug, info, warn or error"},
    {"allow-remote-setup=perhaps", nullptr, "auth.allow_remote_setup", "\"true\"", "true or false"},
};

std::vector<std::string> ServeWith(const BadOption& bad) {
  std::vector<std::string> arguments = {"serve", "--" + std::string(bad.flag)};
  if (bad.value != nullptr) arguments.emplace_back(bad.value);
  return arguments;
}

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
    const Outcome outcome = RunWith(ServeWith(bad));
    EXPECT_EQ(outcome.exit_code, 3) << bad.flag;
    EXPECT_THAT(outcome.errors, HasSubstr(" takes " + std::string(bad.takes)));
  }
}

TEST_F(OptionsTest, AreCheckedInTheEnvironment) {
  for (const BadOption& bad : kBadOptions) {
    if (bad.value == nullptr) continue;
    const std::string name = EnvironmentName(bad.flag);
    ::setenv(name.c_str(), bad.value, 1);
    const Outcome outcome = RunWith({"serve"});
    ::unsetenv(name.c_str());
    EXPECT_EQ(outcome.exit_code, 3) << bad.flag;
    EXPECT_THAT(outcome.errors, HasSubstr(name + " takes " + bad.takes));
  }
}

TEST_F(OptionsTest, AreCheckedInTheConfigurationFile) {
  for (const BadOption& bad : kBadOptions) {
    const std::string path = WriteConfig(std::string(bad.name) + " = " + bad.literal + "\n");
    for (const std::string command : {"serve", "config check", "config show"}) {
      std::vector<std::string> arguments = {"--config", path};
      if (command != "serve") arguments.insert(arguments.begin(), command.substr(7));
      arguments.insert(arguments.begin(), command.substr(0, command.find(' ')));
      const Outcome outcome = RunWith(arguments);
      EXPECT_EQ(outcome.exit_code, 3) << bad.name << " with " << command;
      EXPECT_THAT(outcome.errors, HasSubstr(std::string(bad.name) + " takes " + bad.takes));
      EXPECT_THAT(outcome.errors, HasSubstr(path + ":1:"));
    }
  }
}

TEST_F(OptionsTest, AnUnknownKeyNamesItsPlaceAndTheNearestOne) {
  const std::string path = WriteConfig("[http]\nlisten = \"127.0.0.1:0\"\nboddy_max = 1\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"serve", "--config", path},
        {"config", "check", "--config", path}}) {
    const Outcome outcome = RunWith(arguments);
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_EQ(outcome.errors, "millrace: " + path +
                                  ":3:1: unknown key \"http.boddy_max\"\n"
                                  "hint: Did you mean \"http.body_max\"?\n");
  }
}

TEST_F(OptionsTest, AFileThatIsNotThereIsAnError) {
  for (const char* command : {"check", "show"}) {
    const Outcome outcome = RunWith({"config", command, "--config", folder_ / "nosuch.toml"});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_THAT(outcome.errors, HasSubstr("cannot open config file"));
  }
}

TEST_F(OptionsTest, ShowTellsWhereValuesComeFromAndHidesSecrets) {
  const std::string path =
      WriteConfig("[http]\nbody_max = \"64MiB\"\n[auth]\nroot_password = \"hunter2\"\n");
  ::setenv("MILLRACE_LOG_LEVEL", "warn", 1);
  const Outcome outcome = RunWith(
      {"config", "show", "--config", path, "--origin", "--threads", "3", "--allow-remote-setup"});
  ::unsetenv("MILLRACE_LOG_LEVEL");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_THAT(outcome.output, HasSubstr("= \"64MiB\"  # " + path + ":2:12\n"));
  EXPECT_THAT(outcome.output, HasSubstr("auth.root_password           = ********  # "));
  EXPECT_THAT(outcome.output, HasSubstr("= \"warn\"  # MILLRACE_LOG_LEVEL\n"));
  EXPECT_THAT(outcome.output, HasSubstr("server.threads               = 3  # --threads\n"));
  EXPECT_THAT(outcome.output, HasSubstr("= true  # --allow-remote-setup\n"));
  EXPECT_THAT(outcome.output, HasSubstr("= \"1m\"  # default\n"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("hunter2")));
}

TEST_F(OptionsTest, CheckWarnsOfSecretsThatOthersMayRead) {
  const std::string path = WriteConfig("auth.root_password = \"hunter2\"\n");
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  Outcome outcome = RunWith({"config", "check", "--config", path});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.errors, HasSubstr("auth.root_password is a secret in a file that others"));
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  outcome = RunWith({"config", "check", "--config", path});
  EXPECT_EQ(outcome.errors, "");
  EXPECT_EQ(outcome.output, "the configuration is right (" + path + ")\n");
}

TEST_F(OptionsTest, TheFileOfTheWorkingDirectoryCountsLast) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  WriteConfig("[server]\nthreads = 7\n");
  std::ofstream("other.toml") << "[server]\nthreads = 8\n";
  const Outcome found = RunWith({"config", "show", "--origin"});
  ::setenv("MILLRACE_CONFIG", "other.toml", 1);
  const Outcome named = RunWith({"config", "show", "--origin"});
  const Outcome flag = RunWith({"config", "show", "--origin", "--config", "millrace.toml"});
  ::unsetenv("MILLRACE_CONFIG");
  std::filesystem::current_path(before);
  EXPECT_THAT(found.output, HasSubstr("= 7  # millrace.toml:2:11\n"));
  EXPECT_THAT(named.output, HasSubstr("= 8  # other.toml:2:11\n"));
  EXPECT_THAT(flag.output, HasSubstr("= 7  # millrace.toml:2:11\n"));
}

TEST_F(OptionsTest, AnEmptyDataDirectoryIsRefused) {
  const std::string path = WriteConfig("storage.data_directory = \"\"\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"serve", "--data", ""}, {"serve", "--config", path}}) {
    const Outcome outcome = RunWith(arguments);
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_THAT(outcome.errors, HasSubstr(" takes the path of a directory"));
  }
}

TEST_F(OptionsTest, TheExampleIsAFileThatChangesNothing) {
  const Outcome example = RunWith({"config", "example"});
  EXPECT_EQ(example.exit_code, 0);
  const std::string path = WriteConfig(example.output);
  EXPECT_EQ(RunWith({"config", "check", "--config", path}).errors, "");
  EXPECT_EQ(RunWith({"config", "show", "--config", path}).output,
            RunWith({"config", "show"}).output);
  EXPECT_EQ(RunWith({"config", "example", "--format", "yaml"}).exit_code, 3);
}

TEST_F(OptionsTest, TheDoctorReportsAndExitsAsItFinds) {
  const std::string bad = WriteConfig("[htpp]\nlisten = \"127.0.0.1:0\"\n");
  Outcome outcome = RunWith({"doctor", "--config", bad, "--only", "config"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("error   config     " + bad + ":1:2: unknown section"));
  outcome = RunWith({"doctor", "--config", folder_ / "nosuch.toml", "--only", "config"});
  EXPECT_EQ(outcome.exit_code, 1);
  const std::string good = WriteConfig("[http]\nlisten = \"127.0.0.1:0\"\n");
  outcome = RunWith({"doctor", "--config", good, "--data", folder_ / "data", "--only", "config",
                     "--only", "data", "--only", "port", "--format", "json"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("{\"verdict\":\"ok\",\"checks\":[{\"check\":\"config\""));
  EXPECT_THAT(outcome.output, HasSubstr("/data will be made at the first start"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data"));
  EXPECT_EQ(RunWith({"doctor", "--only", "weather"}).exit_code, 3);
  EXPECT_EQ(RunWith({"doctor", "--format", "xml"}).exit_code, 3);
}

TEST_F(OptionsTest, TheDoctorRunsEveryCheckOnThisMachine) {
  const Outcome outcome = RunWith({"doctor", "--data", folder_ / "data", "--http", "127.0.0.1:0"});
  for (const char* check : {" config ", " data ", " space ", " filesystem ", " sync ", " limits ",
                            " memory ", " clock ", " port ", " versions "}) {
    EXPECT_THAT(outcome.output, HasSubstr(check));
  }
  EXPECT_THAT(outcome.output, HasSubstr("RocksDB 7."));
  EXPECT_THAT(outcome.output, HasSubstr("libcurl/"));
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

config::Configuration LoadFlags(FlagTexts flags) {
  return config::Configuration::Load(ServerSettings(), {.flags = std::move(flags)});
}

TEST(ServerSettingsTest, TheLimitsThemselvesAreAllowed) {
  const auto configuration = LoadFlags({{"threads", "256"},
                                        {"statement-timeout-ms", "0"},
                                        {"shutdown-timeout-ms", "0"},
                                        {"body-max-bytes", "1024"}});
  ASSERT_TRUE(configuration.problems().empty()) << configuration.problems()[0].ToString();
  const ServeOptions options = MakeServeOptions(configuration);
  EXPECT_EQ(options.server.loops, 256u);
  EXPECT_EQ(options.server.statement_timeout_ms, 0);
  EXPECT_EQ(options.server.body_bytes_max, 1024u);
  EXPECT_EQ(options.server.http_port, 7400);
}

TEST(ServerSettingsTest, EachOfAccountsReachesItsOption) {
  const auto configuration = LoadFlags({{"password-min-length", "18"},
                                        {"password-complexity", "true"},
                                        {"login-failures-max", "19"},
                                        {"login-lock-seconds", "20m"},
                                        {"access-token-seconds", "21m"},
                                        {"refresh-token-seconds", "22m"},
                                        {"oidc-issuer", "https://twenty-three"},
                                        {"oidc-audience", "twenty-four"},
                                        {"oidc-user-prefix", "25-"},
                                        {"oidc-create-users", "true"},
                                        {"oidc-default-role", "service"},
                                        {"oidc-authorities-file", "/twenty-six"}});
  ASSERT_TRUE(configuration.problems().empty()) << configuration.problems()[0].ToString();
  const ServeOptions options = MakeServeOptions(configuration);
  const ServerOptions& server = options.server;
  EXPECT_EQ(server.accounts.passwords.characters_min, 18u);
  EXPECT_TRUE(server.accounts.passwords.complex);
  EXPECT_EQ(server.accounts.failed_logins_max, 19u);
  EXPECT_EQ(server.accounts.lock_duration, std::chrono::minutes(20));
  EXPECT_EQ(server.tokens.access_lifetime, std::chrono::minutes(21));
  EXPECT_EQ(server.tokens.refresh_lifetime, std::chrono::minutes(22));
  ASSERT_EQ(server.oidc.issuers.size(), 1u);
  EXPECT_EQ(server.oidc.issuers[0].issuer, "https://twenty-three");
  EXPECT_EQ(server.oidc.issuers[0].audience, "twenty-four");
  EXPECT_EQ(server.oidc.issuers[0].user_prefix, "25-");
  EXPECT_TRUE(server.oidc.issuers[0].creates_users);
  EXPECT_EQ(server.oidc.issuers[0].default_role, Role::kService);
  EXPECT_EQ(server.oidc_fetch.authorities_file, "/twenty-six");
}

TEST(ServerSettingsTest, WithoutANameThereIsNoIssuer) {
  EXPECT_TRUE(MakeServeOptions(LoadFlags({{"oidc-audience", "x"}})).server.oidc.issuers.empty());
}

TEST(ServerSettingsTest, EachReachesItsOption) {
  const auto configuration = LoadFlags({{"threads", "3"},
                                        {"shutdown-timeout-ms", "4"},
                                        {"http", "[::1]:5"},
                                        {"body-max-bytes", "6KiB"},
                                        {"results", "merged"},
                                        {"root-password", "seven"},
                                        {"allow-remote-setup", "true"},
                                        {"data", "/eight"},
                                        {"durability", "relaxed"},
                                        {"cache-bytes", "9"},
                                        {"column-cache-bytes", "10"},
                                        {"feed-retention-seconds", "11"},
                                        {"feed-retention-bytes", "12MiB"},
                                        {"query-memory-bytes", "16MiB"},
                                        {"statement-timeout-ms", "13"},
                                        {"transaction-timeout-ms", "16s"},
                                        {"transaction-memory-bytes", "17MiB"},
                                        {"jobs-interval-seconds", "14"},
                                        {"log-level", "error"},
                                        {"log-format", "json"},
                                        {"log-file", "/fifteen"}});
  ASSERT_TRUE(configuration.problems().empty()) << configuration.problems()[0].ToString();
  const ServeOptions options = MakeServeOptions(configuration);
  const ServerOptions& server = options.server;
  EXPECT_EQ(server.loops, 3u);
  EXPECT_EQ(server.shutdown_drain_ms, 4);
  EXPECT_EQ(server.http_host, "[::1]");
  EXPECT_EQ(server.http_port, 5);
  EXPECT_EQ(server.body_bytes_max, 6144u);
  EXPECT_EQ(server.result_form, front::ResultForm::kMerged);
  EXPECT_EQ(server.root_password, "seven");
  EXPECT_TRUE(server.allow_remote_setup);
  EXPECT_EQ(server.data_directory, "/eight");
  EXPECT_EQ(server.durability, Durability::kRelaxed);
  EXPECT_EQ(server.block_cache_bytes, 9u);
  EXPECT_EQ(server.column_cache_bytes, 10u);
  EXPECT_EQ(server.jobs.feed.age_micros_max, 11'000'000);
  EXPECT_EQ(server.jobs.feed.table_bytes_max, uint64_t{12} << 20);
  EXPECT_EQ(server.query_memory_bytes, uint64_t{16} << 20);
  EXPECT_EQ(server.statement_timeout_ms, 13);
  EXPECT_EQ(server.transactions.timeout_ms, 16'000);
  EXPECT_EQ(server.transactions.bytes_max, size_t{17} << 20);
  EXPECT_EQ(server.jobs.cleanup_interval, std::chrono::seconds(14));
  EXPECT_EQ(server.jobs.eviction_interval, std::chrono::seconds(14));
  EXPECT_EQ(server.jobs.retention_interval, std::chrono::seconds(14));
  EXPECT_EQ(options.log.level, LogLevel::kError);
  EXPECT_EQ(options.log.format, LogFormat::kJson);
  EXPECT_EQ(options.log.file_path, "/fifteen");
}

// Programs that make ServerOptions themselves must get the same server.
TEST(ServerSettingsTest, TheDefaultsAreThoseOfTheOptions) {
  const ServeOptions made = MakeServeOptions(LoadFlags({}));
  const ServeOptions plain;
  EXPECT_EQ(made.server.loops, plain.server.loops);
  EXPECT_EQ(made.server.shutdown_drain_ms, plain.server.shutdown_drain_ms);
  EXPECT_EQ(made.server.http_host, plain.server.http_host);
  EXPECT_EQ(made.server.http_port, plain.server.http_port);
  EXPECT_EQ(made.server.body_bytes_max, plain.server.body_bytes_max);
  EXPECT_EQ(made.server.result_form, plain.server.result_form);
  EXPECT_EQ(made.server.root_password, plain.server.root_password);
  EXPECT_EQ(made.server.allow_remote_setup, plain.server.allow_remote_setup);
  EXPECT_EQ(made.server.data_directory, plain.server.data_directory);
  EXPECT_EQ(made.server.durability, plain.server.durability);
  EXPECT_EQ(made.server.block_cache_bytes, plain.server.block_cache_bytes);
  EXPECT_EQ(made.server.column_cache_bytes, plain.server.column_cache_bytes);
  EXPECT_EQ(made.server.jobs.feed.age_micros_max, plain.server.jobs.feed.age_micros_max);
  EXPECT_EQ(made.server.jobs.feed.table_bytes_max, plain.server.jobs.feed.table_bytes_max);
  EXPECT_EQ(made.server.query_memory_bytes, plain.server.query_memory_bytes);
  EXPECT_EQ(made.server.statement_timeout_ms, plain.server.statement_timeout_ms);
  EXPECT_EQ(made.server.jobs.cleanup_interval, plain.server.jobs.cleanup_interval);
  EXPECT_EQ(made.log.level, plain.log.level);
  EXPECT_EQ(made.log.format, plain.log.format);
  EXPECT_EQ(made.log.file_path, plain.log.file_path);
}

TEST(ServerSettingsTest, TheTableIsInOrder) {
  std::set<std::string_view> names, flags, finished;
  std::string_view section;
  for (const config::Setting& setting : ServerSettings()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_TRUE(flags.insert(setting.flag).second) << setting.flag;
    EXPECT_NE(setting.flag, "config");
    EXPECT_FALSE(setting.description.empty() || setting.description.ends_with('.')) << setting.name;
    if (setting.section() != section) {
      EXPECT_TRUE(finished.insert(setting.section()).second) << setting.name << " stands apart";
      section = setting.section();
    }
    const auto value = config::ParseSetting(setting, setting.default_text, setting.name);
    ASSERT_TRUE(value.ok()) << value.status().ToString();
    EXPECT_EQ(config::FormatSetting(setting, *value), setting.default_text)
        << "the default of " << setting.name << " is not in its canonical form";
  }
}

}  // namespace
}  // namespace millrace
