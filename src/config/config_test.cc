// Settings: what texts and files mean, who is stronger, and what is said to mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "config/configuration.h"
#include "config/rendering.h"
#include "config/toml_values.h"

namespace millrace::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string RefuseOddPorts(const SettingValue& value) {
  return std::get<int64_t>(value) % 2 == 1 ? "an even port" : "";
}

constexpr Setting kSettings[] = {
    {.name = "http.port",
     .flag = "port",
     .type = SettingType::kInteger,
     .default_text = "80",
     .description = "Where to listen",
     .least = 0,
     .most = 65535,
     .zero = "any",
     .refuse = &RefuseOddPorts},
    {.name = "http.body_max",
     .flag = "body-max-bytes",
     .type = SettingType::kBytes,
     .default_text = "1MiB",
     .description = "Largest body",
     .least = 1024,
     .most = int64_t{1} << 30},
    {.name = "http.origins",
     .flag = "origins",
     .type = SettingType::kList,
     .default_text = "",
     .description = "Who may ask"},
    {.name = "http.tls.on",
     .flag = "tls",
     .type = SettingType::kFlag,
     .default_text = "false",
     .description = "Encrypt"},
    {.name = "query.timeout",
     .flag = "timeout-ms",
     .type = SettingType::kDuration,
     .default_text = "1m",
     .description = "How long",
     .most = 86'400'000},
    {.name = "auth.mode",
     .flag = "auth-mode",
     .type = SettingType::kWord,
     .default_text = "strict",
     .description = "How careful",
     .words = "strict|loose|none"},
    {.name = "auth.password",
     .flag = "password",
     .default_text = "",
     .description = "The key to everything",
     .secrecy = Secrecy::kSecret},
};

Configuration LoadFile(std::string text) {
  ConfigSources sources;
  sources.file = ConfigText{.path = "m.toml", .text = std::move(text)};
  return Configuration::Load(kSettings, sources);
}

std::string Shown(const Configuration& configuration, std::string_view name) {
  const SettingState& state = configuration.Get(name);
  return FormatSetting(*state.setting, state.value) + " from " + state.place;
}

std::vector<std::string> Problems(const Configuration& configuration) {
  std::vector<std::string> texts;
  for (const Status& problem : configuration.problems()) {
    texts.push_back(problem.message() + (problem.hint().empty() ? "" : " | " + problem.hint()));
  }
  return texts;
}

TEST(QuantityTest, SizesHaveBinaryUnits) {
  EXPECT_EQ(ParseBytes("64MiB"), int64_t{64} << 20);
  EXPECT_EQ(ParseBytes(" 64 mib "), int64_t{64} << 20);
  EXPECT_EQ(ParseBytes("2TiB"), int64_t{2} << 40);
  EXPECT_EQ(ParseBytes("17"), 17);
  EXPECT_EQ(ParseBytes("17B"), 17);
  EXPECT_EQ(ParseBytes("-1KiB"), -1024);
  for (const char* bad : {"", "MiB", "64MB", "64M", "1.5GiB", "1e3", "64MiB64", "0x10",
                          "9223372036854775808", "9000000TiB", "1 2", "+5"}) {
    EXPECT_EQ(ParseBytes(bad), std::nullopt) << bad;
  }
}

TEST(QuantityTest, DurationsAddUp) {
  EXPECT_EQ(ParseDuration("30s", BareUnit::kNone), 30'000);
  EXPECT_EQ(ParseDuration("1h30m", BareUnit::kNone), 5'400'000);
  EXPECT_EQ(ParseDuration("1h 30m", BareUnit::kNone), 5'400'000);
  EXPECT_EQ(ParseDuration("500ms", BareUnit::kNone), 500);
  EXPECT_EQ(ParseDuration("2d", BareUnit::kNone), 172'800'000);
  EXPECT_EQ(ParseDuration("0", BareUnit::kNone), 0);
  EXPECT_EQ(ParseDuration("-5s", BareUnit::kNone), -5'000);
  EXPECT_EQ(ParseDuration("250", BareUnit::kMilliseconds), 250);
  EXPECT_EQ(ParseDuration("250", BareUnit::kSeconds), 250'000);
  for (const char* bad : {"", "s", "5", "5 parsecs", "1.5s", "1h-30m", "-1h30m", "30s5",
                          "9223372036854775807d", "106751991167d1d1d1d", "1e3s"}) {
    EXPECT_EQ(ParseDuration(bad, BareUnit::kNone), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseDuration("9223372036854775807", BareUnit::kSeconds), std::nullopt);
}

TEST(QuantityTest, TheCanonicalTextParsesToTheSame) {
  EXPECT_EQ(FormatBytes(0), "0");
  EXPECT_EQ(FormatBytes(1536), "1536B");
  EXPECT_EQ(FormatBytes(int64_t{3} << 30), "3GiB");
  EXPECT_EQ(FormatDuration(90'000), "90s");
  EXPECT_EQ(FormatDuration(86'400'000), "1d");
  SeededRandom random(7);
  for (int i = 0; i < 2000; ++i) {
    const int64_t value =
        static_cast<int64_t>(random.NextUint64() >> (1 + random.NextUint64() % 62));
    EXPECT_EQ(ParseBytes(FormatBytes(value)), value);
    EXPECT_EQ(ParseDuration(FormatDuration(value), BareUnit::kNone), value);
  }
}

TEST(ConfigurationTest, WithoutSourcesEverythingHasItsDefault) {
  const Configuration configuration = Configuration::Load(kSettings, {});
  EXPECT_THAT(Problems(configuration), ElementsAre());
  EXPECT_EQ(Shown(configuration, "http.port"), "80 from default");
  EXPECT_EQ(Shown(configuration, "query.timeout"), "1m from default");
}

TEST(ConfigurationTest, FlagsOutvoteTheEnvironmentWhichOutvotesTheFile) {
  ConfigSources sources;
  sources.file = ConfigText{"m.toml", "[http]\nport = 2\nbody_max = 2048\ntls.on = true\n"};
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "MILLRACE_PORT") return "4";
    if (name == "MILLRACE_BODY_MAX_BYTES") return "4KiB";
    if (name == "MILLRACE_AUTH_MODE") return "";  // not set
    return std::nullopt;
  };
  sources.flags = {{"port", "6"}};
  const Configuration configuration = Configuration::Load(kSettings, sources);
  EXPECT_THAT(Problems(configuration), ElementsAre());
  EXPECT_EQ(Shown(configuration, "http.port"), "6 from --port");
  EXPECT_EQ(Shown(configuration, "http.body_max"), "4KiB from MILLRACE_BODY_MAX_BYTES");
  EXPECT_EQ(Shown(configuration, "http.tls.on"), "true from m.toml:4:10");
  EXPECT_EQ(Shown(configuration, "auth.mode"), "strict from default");
}

TEST(ConfigurationTest, EveryTypeIsReadFromTheFile) {
  const Configuration configuration = LoadFile(
      "[http]\nport = 8080\nbody_max = \"64MiB\"\norigins = [\"https://a\", \"b\"]\n"
      "[http.tls]\non = true\n"
      "[query]\ntimeout = \"1h30m\"\n"
      "[auth]\nmode = \"loose\"\npassword = \"a\\\"b\"\n");
  EXPECT_THAT(Problems(configuration), ElementsAre());
  EXPECT_EQ(Shown(configuration, "http.port"), "8080 from m.toml:2:8");
  EXPECT_EQ(Shown(configuration, "http.body_max"), "64MiB from m.toml:3:12");
  EXPECT_EQ(Shown(configuration, "http.origins"), "https://a, b from m.toml:4:11");
  EXPECT_EQ(Shown(configuration, "http.tls.on"), "true from m.toml:6:6");
  EXPECT_EQ(Shown(configuration, "query.timeout"), "90m from m.toml:8:11");
  EXPECT_EQ(Shown(configuration, "auth.mode"), "loose from m.toml:10:8");
  EXPECT_EQ(Shown(configuration, "auth.password"), "a\"b from m.toml:11:12");
}

TEST(ConfigurationTest, UnknownNamesAreErrorsWithTheNearestOne) {
  EXPECT_THAT(Problems(LoadFile("prot = 1\n\n[http]\nbody_mex = 1\n[qeury]\ntimeout = \"1s\"\n"
                                "[weather]\nrain = true\n")),
              testing::UnorderedElementsAre(
                  "m.toml:1:1: unknown key \"prot\"",
                  "m.toml:4:1: unknown key \"http.body_mex\" | Did you mean \"http.body_max\"?",
                  "m.toml:5:2: unknown section \"qeury\" | Did you mean \"query\"?",
                  "m.toml:7:2: unknown section \"weather\""));
}

TEST(ConfigurationTest, AKeyWithoutItsSectionIsToldWhereItBelongs) {
  EXPECT_THAT(Problems(LoadFile("body_max_bytes = 4096\n")),
              ElementsAre("m.toml:1:1: unknown key \"body_max_bytes\" | "
                          "Write it as \"body_max\" in the section [http]."));
  EXPECT_THAT(Problems(LoadFile("timeout = \"1s\"\n")),
              ElementsAre(HasSubstr("Write it as \"timeout\" in the section [query].")));
}

TEST(ConfigurationTest, WrongTypesAndValuesAreErrorsAtTheirPlace) {
  const struct {
    const char* text;
    const char* problem;
  } cases[] = {
      {"http.port = 65536", "m.toml:1:13: http.port takes a number from 0 to 65535, not 65536"},
      {"http.port = \"80\"", "m.toml:1:13: http.port takes a number from 0 to 65535, not \"80\""},
      {"http.port = 1.5", "takes a number from 0 to 65535, not a fraction"},
      {"http.port = 81", "http.port takes an even port, not 81"},
      {"http.body_max = \"64MB\"", "takes a size from 1KiB to 1GiB, not \"64MB\" | Write it like"},
      {"http.body_max = 12", "takes a size from 1KiB to 1GiB, not 12"},
      {"http.body_max = true", "takes a size from 1KiB to 1GiB, not true"},
      {"http.tls.on = \"true\"", "http.tls.on takes true or false, not \"true\""},
      {"http.tls.on = 1", "takes true or false, not 1"},
      {"http.tls = 5", "unknown key \"http.tls\""},
      {"http = 5", "unknown key \"http\""},
      {"http.origins = [1, 2]", "takes a list of texts, not an array of other things"},
      {"http.port = [1]", "not an array"},
      {"http.port.x = 1", "not a section"},
      {"query.timeout = 60", "takes a duration from 0 to 1d, not 60 | Write it with its unit"},
      {"query.timeout = \"60\"", "takes a duration from 0 to 1d, not \"60\""},
      {"query.timeout = \"-1s\"", "takes a duration from 0 to 1d, not \"-1s\""},
      {"query.timeout = 07:30:00", "not a date or time"},
      {"auth.mode = \"lax\"", "auth.mode takes strict, loose or none, not \"lax\""},
  };
  for (const auto& wrong : cases) {
    EXPECT_THAT(Problems(LoadFile(wrong.text)), ElementsAre(HasSubstr(wrong.problem)))
        << wrong.text;
  }
}

TEST(ConfigurationTest, AllProblemsAreToldAndTheWeakerSourceCounts) {
  ConfigSources sources;
  sources.file = ConfigText{"m.toml", "[http]\nport = 2\nbody_max = 1\n"};
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "MILLRACE_TLS") return "perhaps";
    return std::nullopt;
  };
  sources.flags = {{"port", "many"}, {"timeout-ms", "5"}};
  const Configuration configuration = Configuration::Load(kSettings, sources);
  EXPECT_THAT(Problems(configuration),
              ElementsAre(HasSubstr("m.toml:3:12: http.body_max takes a size"),
                          HasSubstr("--port takes a number from 0 to 65535, not \"many\""),
                          HasSubstr("MILLRACE_TLS takes true or false, not \"perhaps\"")));
  EXPECT_EQ(Shown(configuration, "http.port"), "2 from m.toml:2:8");
  EXPECT_EQ(Shown(configuration, "query.timeout"), "5ms from --timeout-ms");
}

TEST(ConfigurationTest, ASyntaxErrorNamesLineAndColumn) {
  for (const char* text : {"[http]\nport = = 3\n", "[http\n", "a = 1\na = 2\n", "\xff = 1"}) {
    const auto problems = Problems(LoadFile(text));
    ASSERT_EQ(problems.size(), 1u) << text;
    EXPECT_THAT(problems[0], testing::MatchesRegex("m\\.toml:[0-9]+:[0-9]+: .+"));
  }
}

TEST(ConfigurationTest, ASecretIsInNoMessageAndNoListing) {
  ConfigSources sources;
  sources.file = ConfigText{"m.toml", "auth.password = \"hunter2\"\n"};
  const Configuration configuration = Configuration::Load(kSettings, sources);
  EXPECT_THAT(
      ShowText(configuration, ShowOrigin::kYes),
      AllOf(HasSubstr("auth.password = ********  # m.toml:1:17"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(Problems(LoadFile("auth.password = 12345678\n")),
              ElementsAre("m.toml:1:17: auth.password takes a text"));
}

TEST(ConfigurationTest, AVariableThatIsNearlyOneIsSuspicious) {
  const std::vector<std::string> names = {"PATH", "MILLRACE_PORT", "MILLRACE_PROT",
                                          "MILLRACE_TEST_ROOT", "MILLRACE_URL"};
  const auto found = SuspiciousVariables(kSettings, names);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message(), "MILLRACE_PROT is no setting and is not used");
  EXPECT_EQ(found[0].hint(), "Did you mean \"MILLRACE_PORT\"?");
}

TEST(ConfigurationTest, AFileThatIsNoneIsRefused) {
  EXPECT_EQ(ReadConfigText("/nosuch/m.toml").status().code(), Code::kNotFound);
  EXPECT_EQ(ReadConfigText("/").status().code(), Code::kInvalidArgument);
  EXPECT_THAT(ReadConfigText("/dev/zero").status().message(), HasSubstr("larger than 1 MiB"));
}

// Taking the comments away must give a file that says what is so anyway.
std::string Uncommented(const std::string& example) {
  std::string text;
  size_t at = 0;
  while (at < example.size()) {
    const size_t end = example.find('\n', at);
    std::string line = example.substr(at, end + 1 - at);
    if (line.starts_with("# ") && line.find(" = ") != std::string::npos) line.erase(0, 2);
    text += line;
    at = end + 1;
  }
  return text;
}

TEST(RenderingTest, TheExampleHoldsEverySettingWithItsDefault) {
  const Configuration configuration = LoadFile(Uncommented(ExampleFile(kSettings)));
  EXPECT_THAT(Problems(configuration), ElementsAre());
  const Configuration defaults = Configuration::Load(kSettings, {});
  for (const SettingState& state : configuration.states()) {
    EXPECT_EQ(state.origin, Origin::kFile) << state.setting->name;
    EXPECT_EQ(state.value, defaults.Get(state.setting->name).value) << state.setting->name;
  }
  EXPECT_THAT(Problems(LoadFile(ExampleFile(kSettings))), ElementsAre());
}

TEST(RenderingTest, AListingIsItselfAFile) {
  ConfigSources sources;
  sources.flags = {{"origins", "a, b"}, {"body-max-bytes", "1500"}, {"tls", "true"}};
  const Configuration configuration = Configuration::Load(kSettings, sources);
  const Configuration again = LoadFile(ShowText(configuration, ShowOrigin::kYes));
  EXPECT_THAT(Problems(again), ElementsAre());
  for (const SettingState& state : again.states()) {
    EXPECT_EQ(state.value, configuration.Get(state.setting->name).value) << state.setting->name;
  }
}

TEST(RenderingTest, HelpTellsRangeAndDefault) {
  EXPECT_EQ(FlagHelp(kSettings[0]), "Where to listen; 0: any; from 0 to 65535 (default: 80)");
  EXPECT_EQ(FlagHelp(kSettings[2]), "Who may ask (default: none)");
}

}  // namespace
}  // namespace millrace::config
