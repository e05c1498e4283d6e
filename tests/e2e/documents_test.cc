// What documents and packages say about the program, held against the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "config/configuration.h"
#include "config/rendering.h"
#include "server/server_settings.h"

namespace millrace::e2e {
namespace {

using ::testing::HasSubstr;

// The tests run in the root of the repository.
std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> Words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

TEST(DocumentsTest, TheUserGuideHasTheTableOfSettings) {
  EXPECT_THAT(ReadFile("docs/user_guide/configuration.md"),
              HasSubstr("-->\n" + config::MarkdownTable(ServerSettings()) + "<!-- End"))
      << "the table is the output of: build/millrace config example --format markdown";
}

TEST(PackagingTest, TheConfigurationsAreRight) {
  for (const char* path : {"packaging/systemd/millrace.toml", "packaging/docker/millrace.toml"}) {
    config::ConfigSources sources;
    sources.file = config::ConfigText{.path = path, .text = ReadFile(path)};
    const auto configuration = config::Configuration::Load(ServerSettings(), sources);
    for (const Status& problem : configuration.problems()) ADD_FAILURE() << problem.ToString();
    EXPECT_EQ(config::FormatSetting(*configuration.Get("storage.data_directory").setting,
                                    configuration.Get("storage.data_directory").value),
              "/var/lib/millrace/data");
  }
}

// What `COPY` takes from the build context, and from the stage of the build.
struct Copies {
  std::vector<std::string> from_context;
  std::vector<std::string> from_build;
};

Copies ReadCopies(const std::string& dockerfile) {
  Copies copies;
  for (const std::string& line : Lines(dockerfile)) {
    std::vector<std::string> words = Words(line);
    if (words.empty() || words[0] != "COPY") continue;
    const bool staged = words[1].starts_with("--from=");
    EXPECT_TRUE(!staged || words[1] == "--from=build") << line;
    auto& into = staged ? copies.from_build : copies.from_context;
    into.insert(into.end(), words.begin() + (staged ? 2 : 1), words.end() - 1);
  }
  return copies;
}

TEST(PackagingTest, WhatTheImageCopiesExists) {
  const Copies copies = ReadCopies(ReadFile("packaging/docker/Dockerfile"));
  EXPECT_GE(copies.from_context.size(), 8u);
  for (const std::string& path : copies.from_context) {
    EXPECT_TRUE(std::filesystem::exists(path)) << path;
  }
  const std::string ignored = ReadFile("packaging/docker/Dockerfile.dockerignore");
  for (const std::string& line : Lines(ignored)) {
    for (const std::string& path : copies.from_context) EXPECT_NE(line, path);
  }
  // Made by the build: what CMake names as the program, and where ./dev puts the library.
  EXPECT_THAT(copies.from_build,
              testing::ElementsAre("/source/build/millrace", "/source/.cache/duckdb/libduckdb.so"));
  EXPECT_THAT(ReadFile("tools/dev/duckdb.sh"), HasSubstr("DUCKDB_DIRECTORY=.cache/duckdb\n"));
  // Everything the build of the sources reads at its root is copied, too.
  for (const char* needed : {"CMakeLists.txt", "cmake", "src", "tests", "tools", "dev"}) {
    EXPECT_THAT(copies.from_context, testing::Contains(needed));
  }
}

TEST(PackagingTest, TheImageIsOnePortOneUserAndOneVolume) {
  const std::string text = ReadFile("packaging/docker/Dockerfile");
  EXPECT_THAT(text, HasSubstr("\nUSER millrace\n"));
  EXPECT_THAT(text, HasSubstr("\nVOLUME /var/lib/millrace\n"));
  EXPECT_THAT(text, HasSubstr("\nEXPOSE 7400\n"));
  EXPECT_THAT(text, HasSubstr("\nENTRYPOINT [\"millrace\"]\nCMD [\"serve\"]\n"));
  EXPECT_LT(text.rfind("RUN "), text.rfind("\nUSER "));
}

TEST(PackagingTest, TheUnitStartsTheProgramWithItsConfiguration) {
  std::set<std::string> seen;
  for (const std::string& line : Lines(ReadFile("packaging/systemd/millrace.service"))) {
    if (line.empty() || line[0] == '#' || line[0] == '[') continue;
    const size_t equals = line.find('=');
    ASSERT_NE(equals, std::string::npos) << line;
    const std::string key = line.substr(0, equals);
    // A second one of these adds to the first.
    if (key != "SystemCallFilter") {
      EXPECT_TRUE(seen.insert(key).second) << key << " stands twice";
    }
    if (key == "Type") {
      EXPECT_EQ(line, "Type=notify");
    }
    if (key == "ExecStart") {
      EXPECT_EQ(line, "ExecStart=/usr/bin/millrace serve --config /etc/millrace/millrace.toml");
    }
  }
  for (const char* key : {"Type", "ExecStart", "User", "StateDirectory", "NoNewPrivileges",
                          "ProtectSystem", "RestartPreventExitStatus"}) {
    EXPECT_TRUE(seen.contains(key)) << key;
  }
}

}  // namespace
}  // namespace millrace::e2e
