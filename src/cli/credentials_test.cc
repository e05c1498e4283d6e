// Saved logins: kept private, per address, and never half written.
#include "cli/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/connect.h"

namespace millrace::cli {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class CredentialsTest : public ::testing::Test {
 protected:
  CredentialsTest() {
    fs::remove_all(folder_);
    ::setenv("XDG_CONFIG_HOME", folder_.c_str(), 1);
    ::unsetenv("MILLRACE_PASSWORD");
    ::unsetenv("MILLRACE_TOKEN");
  }
  ~CredentialsTest() override {
    ::unsetenv("XDG_CONFIG_HOME");
    ::unsetenv("MILLRACE_PASSWORD");
    fs::remove_all(folder_);
  }

  const fs::path folder_ =
      fs::path(::testing::TempDir()) / ("credentials_test_" + std::to_string(::getpid()));
  // Named here, so that a mistake in the environment cannot reach the user's own.
  const CredentialsFile file_{folder_ / "millrace" / "credentials.toml"};
};

TEST_F(CredentialsTest, StandInTheConfigurationOfTheUser) {
  EXPECT_EQ(CredentialsPath(), folder_ / "millrace" / "credentials.toml");
  ::setenv("XDG_CONFIG_HOME", "relative", 1);
  EXPECT_THAT(CredentialsPath(), ::testing::EndsWith("/.config/millrace/credentials.toml"));
}

TEST_F(CredentialsTest, KeepOneLoginPerAddress) {
  EXPECT_TRUE(file_.Load()->empty());
  ASSERT_TRUE(file_.Save("http://a:1/", {"root", "p\"\\\nä"}).ok());
  ASSERT_TRUE(file_.Save("http://b:2", {"ann", "two"}).ok());
  ASSERT_TRUE(file_.Save("http://b:2", {"bob", "three"}).ok());
  const auto all = file_.Load();
  ASSERT_TRUE(all.ok()) << all.status().ToString();
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at("http://a:1").password, "p\"\\\nä");
  EXPECT_EQ(all->at("http://b:2").user, "bob");
  ASSERT_TRUE(file_.Remove("http://b:2/").ok());
  EXPECT_EQ(file_.Load()->size(), 1u);
  EXPECT_EQ(file_.Remove("http://b:2").code(), Code::kNotFound);
}

TEST_F(CredentialsTest, NobodyElseMayReadThem) {
  ASSERT_TRUE(file_.Save("http://a:1", {"root", "secret"}).ok());
  EXPECT_EQ(fs::status(CredentialsPath()).permissions(), fs::perms(0600));
  EXPECT_EQ(fs::status(folder_ / "millrace").permissions(), fs::perms(0700));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "millrace"), {}), 1);
  fs::permissions(CredentialsPath(), fs::perms(0640));
  const Status refused = file_.Load().status();
  EXPECT_EQ(refused.code(), Code::kPermissionDenied);
  EXPECT_THAT(refused.hint(), HasSubstr("chmod 600 "));
  EXPECT_THAT(refused.message(), ::testing::Not(HasSubstr("secret")));
  EXPECT_EQ(file_.Save("http://b:1", {"x", "y"}).code(), Code::kPermissionDenied);
}

TEST_F(CredentialsTest, AFileThatIsNoTomlIsToldWithItsPlace) {
  fs::create_directories(folder_ / "millrace");
  for (const char* text : {"[\"a\"\n", "user = \"x\"\n", "[a]\nuser = 5\n"}) {
    std::ofstream(CredentialsPath()) << text;
    fs::permissions(CredentialsPath(), fs::perms(0600));
    EXPECT_THAT(file_.Load().status().message(), HasSubstr("credentials.toml:")) << text;
  }
}

TEST_F(CredentialsTest, AreUsedWhereNothingElseIsSaid) {
  ASSERT_TRUE(file_.Save("http://a:1", {"ann", "saved"}).ok());
  ConnectionOptions options;
  options.url = "http://a:1/";
  EXPECT_EQ(ResolveConnection(options).user, "ann");
  EXPECT_EQ(ResolveConnection(options).password, "saved");
  options.user = "ann";
  EXPECT_EQ(ResolveConnection(options).password, "saved");
  options.password = "typed";
  EXPECT_EQ(ResolveConnection(options).password, "typed");
  options.password.reset();
  options.user.clear();
  options.token = "token";
  EXPECT_EQ(ResolveConnection(options).user, "");
  options.token.clear();
  options.url = "http://other:1";
  EXPECT_EQ(ResolveConnection(options).user, "");
  options.url = "http://a:1";
  ::setenv("MILLRACE_PASSWORD", "from the environment", 1);
  EXPECT_EQ(ResolveConnection(options).user, "root");
  EXPECT_EQ(ResolveConnection(options).password, "from the environment");
}

}  // namespace
}  // namespace millrace::cli
