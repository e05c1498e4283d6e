// Password hashes, the rules for new passwords, and hashing for coroutines.
#include "auth/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

#include "auth/account_rules.h"
#include "auth/async_passwords.h"
#include "auth/catalog_for_test.h"
#include "base/thread_role.h"

namespace millrace::auth {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr PasswordCost kCheap = PasswordCost::Cheapest();

TEST(PasswordTest, OnlyThePasswordItselfVerifies) {
  const std::string hash = *HashPassword("correct horse", kCheap);
  EXPECT_THAT(hash, StartsWith("$argon2id$v=19$m=8,t=1,p=1$"));
  EXPECT_TRUE(VerifyPassword(hash, "correct horse"));
  EXPECT_FALSE(VerifyPassword(hash, "correct hors"));
  EXPECT_FALSE(VerifyPassword(hash, "Correct horse"));
  EXPECT_FALSE(VerifyPassword(hash, ""));
}

// A password is all of its bytes.
TEST(PasswordTest, AZeroByteDoesNotEndAPassword) {
  const std::string hash = *HashPassword(std::string_view("secret\0tail", 11), kCheap);
  EXPECT_TRUE(VerifyPassword(hash, std::string_view("secret\0tail", 11)));
  EXPECT_FALSE(VerifyPassword(hash, "secret"));
}

TEST(PasswordTest, EqualPasswordsHaveDifferentHashes) {
  EXPECT_NE(*HashPassword("correct horse", kCheap), *HashPassword("correct horse", kCheap));
}

TEST(PasswordTest, WhatIsNoHashVerifiesNothing) {
  for (const char* hash : {"", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv", "plain text"}) {
    EXPECT_FALSE(VerifyPassword(hash, "plain text")) << hash;
    EXPECT_TRUE(NeedsRehash(hash, kCheap)) << hash;
  }
}

TEST(PasswordTest, AHashOfAnotherCostNeedsRehash) {
  const std::string hash = *HashPassword("correct horse", kCheap);
  EXPECT_FALSE(NeedsRehash(hash, kCheap));
  EXPECT_TRUE(NeedsRehash(hash, {.memory_bytes = 16384, .passes = 1}));
  EXPECT_TRUE(NeedsRehash(hash, {.memory_bytes = 8192, .passes = 2}));
}

// It must be a hash as libsodium reads it: were it refused unread, it would cost nothing.
TEST(PasswordTest, TheUnmatchableHashHasTheCostOfARealOne) {
  for (const PasswordCost cost : {kCheap, PasswordCost{}}) {
    EXPECT_FALSE(NeedsRehash(UnmatchableHash(cost), cost));
  }
  EXPECT_FALSE(VerifyPassword(UnmatchableHash(kCheap), ""));
  EXPECT_FALSE(VerifyPassword(UnmatchableHash(kCheap), "correct horse"));
}

TEST(PasswordDeathTest, HashingOnAnEventLoopAborts) {
  const ScopedThreadRole role(ThreadRole::kEventLoop);
  EXPECT_DEATH((void)HashPassword("correct horse", kCheap), "");
  EXPECT_DEATH((void)VerifyPassword("", "correct horse"), "");
}

Status CheckNew(std::string_view password, const PasswordRules& rules = {}) {
  return CheckNewPassword(password, "wonderland", rules);
}

TEST(PasswordTest, NewPasswordsHave8To256Characters) {
  EXPECT_TRUE(CheckNew("8 chars.").ok());
  EXPECT_THAT(CheckNew("7 chars").message(), HasSubstr("too short"));
  EXPECT_THAT(CheckNew("").message(), HasSubstr("too short"));
  EXPECT_TRUE(CheckNew(std::string(256, 'x')).ok());
  EXPECT_THAT(CheckNew(std::string(257, 'x')).message(), HasSubstr("too long"));
  // Characters, not bytes.
  EXPECT_THAT(CheckNew("äöüß").message(), HasSubstr("too short"));
  EXPECT_TRUE(CheckNew("äöüßäöüß").ok());
}

TEST(PasswordTest, CommonPasswordsAreRefusedInAnyCase) {
  for (const char* password : {"password", "PassWord", "12345678", "iloveyou", "zxcvbnm1"}) {
    EXPECT_EQ(CheckNew(password).code(), Code::kInvalidArgument) << password;
  }
  EXPECT_EQ(CheckNew("\xff\xfe\xfd not text").code(), Code::kInvalidArgument);
}

TEST(PasswordTest, DigitsAndMarksBehindACommonPasswordDoNotHelp) {
  for (const char* password : {"Password2024!", "iloveyou99", "welcome1!!"}) {
    EXPECT_THAT(CheckNew(password).message(), HasSubstr("most common")) << password;
  }
  EXPECT_TRUE(CheckNew("passwordless").ok());
  EXPECT_TRUE(CheckNew("!!!!4096!!!!").ok());
}

TEST(PasswordTest, APasswordIsNotTheUsersName) {
  EXPECT_THAT(CheckNew("Wonderland").message(), HasSubstr("name"));
}

TEST(PasswordTest, ComplexityAndLengthCanBeAsked) {
  const PasswordRules complex{.complex = true};
  EXPECT_TRUE(CheckNew("Zebra-Crossing-7", complex).ok());
  for (const char* password :
       {"zebra-crossing-7", "ZEBRA-CROSSING-7", "Zebra-Crossing", "ZebraCrossing7"}) {
    EXPECT_THAT(CheckNew(password, complex).message(), HasSubstr("too simple")) << password;
  }
  EXPECT_THAT(CheckNew("elevenchars", {.characters_min = 12}).hint(), HasSubstr("12"));
  EXPECT_TRUE(CheckNew("twelve chars", {.characters_min = 12}).ok());
}

TEST(AccountRulesTest, UserIdsAreTextWithoutPaths) {
  for (const char* id : {"a", "alice", "Alice@example.com", "user 1", "日本", "a.b", "-"}) {
    EXPECT_TRUE(CheckUserId(id).ok()) << id;
  }
  for (const std::string& id :
       {std::string(), std::string("a..b"), std::string("a/b"), std::string("a\\b"),
        std::string("a\0b", 3), std::string("\xff"), std::string(129, 'x')}) {
    EXPECT_EQ(CheckUserId(id).code(), Code::kInvalidArgument) << id;
  }
  EXPECT_TRUE(CheckUserId(std::string(128, 'x')).ok());
}

TEST(AccountRulesTest, EmailsHaveOneAtBetweenTwoTexts) {
  for (const char* email : {"", "a@b", "first.last+tag@example.com"}) {
    EXPECT_TRUE(CheckEmail(email).ok()) << email;
  }
  for (const char* email : {"a", "@b", "a@", "a@b@c", "a b@c", "a@b\n"}) {
    EXPECT_EQ(CheckEmail(email).code(), Code::kInvalidArgument) << email;
  }
  EXPECT_FALSE(CheckEmail(std::string(250, 'x') + "@host").ok());
}

class AsyncPasswordsTest : public ::testing::Test {
 protected:
  double Hashes() { return MetricValue(metrics_, "auth_password_hashes_total"); }
  double Queued() { return MetricValue(metrics_, "runtime_pool_queued_operations"); }

  ManualClock clock_;
  Metrics metrics_;
  EventLoop loop_{"test", clock_};
};

TEST_F(AsyncPasswordsTest, HashesAndVerifiesOffTheLoop) {
  BlockingPool pool({.threads = 1}, clock_, metrics_);
  AsyncPasswords passwords({.cost = kCheap}, pool, metrics_);
  const std::string hash = *RunOnLoop(loop_, passwords.Hash("correct horse"));
  EXPECT_TRUE(*RunOnLoop(loop_, passwords.Verify(hash, "correct horse")));
  EXPECT_FALSE(*RunOnLoop(loop_, passwords.Verify(hash, "wrong horse")));
  EXPECT_FALSE(passwords.NeedsRehash(hash));
  EXPECT_EQ(Hashes(), 3);
}

TEST_F(AsyncPasswordsTest, AnEmptyHashCostsAsMuchAndIsNeverRight) {
  BlockingPool pool({.threads = 1}, clock_, metrics_);
  AsyncPasswords passwords({.cost = kCheap}, pool, metrics_);
  EXPECT_FALSE(*RunOnLoop(loop_, passwords.Verify("", "")));
  EXPECT_FALSE(*RunOnLoop(loop_, passwords.Verify("", "correct horse")));
  EXPECT_EQ(Hashes(), 2);
}

// The pool's only thread is busy, so whatever was let through stays queued in the pool.
TEST_F(AsyncPasswordsTest, LetsFewComputeFewWaitAndRefusesTheRest) {
  BlockingPool pool({.threads = 1}, clock_, metrics_);
  AsyncPasswords passwords({.cost = kCheap, .running_max = 2, .waiting_max = 1}, pool, metrics_);
  std::latch begun(1);
  std::latch release(1);
  auto occupy = [&](BlockingPool* p) -> Task<Result<std::string>> {
    auto wait = [&] {
      begun.count_down();
      release.wait();
      return std::string();
    };
    co_return co_await p->Run(wait);
  };
  Together<Result<std::string>> tasks(loop_);
  tasks.Add(occupy(&pool));
  loop_.RunUntilIdle();
  begun.wait();

  for (int i = 0; i < 4; ++i) tasks.Add(passwords.Hash("correct horse"));
  loop_.RunUntilIdle();
  EXPECT_EQ(Queued(), 2);
  EXPECT_FALSE(tasks.Done(3));
  EXPECT_TRUE(tasks.Done(4));

  release.count_down();
  const auto results = tasks.Finish();
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(results[i].ok()) << i;
  EXPECT_EQ(results[4].status().code(), Code::kResourceExhausted);
  EXPECT_TRUE(RunOnLoop(loop_, passwords.Hash("correct horse")).ok());
}

}  // namespace
}  // namespace millrace::auth
