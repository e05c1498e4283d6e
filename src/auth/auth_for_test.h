// Every service of this module over a real store, with a clock by hand and the user
// alice, whose password is "wonderland".
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "auth/api_keys.h"
#include "auth/authenticator.h"
#include "auth/catalog_for_test.h"
#include "auth/grants.h"
#include "auth/token_keys.h"
#include "catalog/audit_log.h"

namespace millrace::auth {

inline constexpr int64_t kSecond = 1'000'000;
inline const char* const kSecret = "0123456789abcdef0123456789abcdef";
inline const Principal kRoot{.user_id = "root", .role = Role::kSystem};

class AuthForTest : public ::testing::Test {
 protected:
  AuthForTest() {
    data_.WriteSetting(kTokenSecretSetting, kSecret);
    EXPECT_TRUE(Run(keys_.Open()).ok());
    EXPECT_TRUE(Run(accounts_.EnsureRoot(std::nullopt)).ok());
    EXPECT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "alice", .password = "wonderland"})).ok());
  }

  template <typename T>
  T Run(Task<T> task) {
    return RunOnLoop(loop_, std::move(task));
  }
  AuthResult<IssuedTokens> LogIn(std::string user, std::string password) {
    return Run(authenticator_.LogIn(std::move(user), std::move(password)));
  }
  AuthResult<IssuedTokens> Refresh(const std::string& token) {
    return Run(authenticator_.Refresh(token, "10.0.0.7"));
  }
  // "ok" or the envelope's name of the error.
  template <typename T>
  static std::string Outcome(const AuthResult<T>& result) {
    return result ? "ok" : std::string(WireForm(result.error().code).envelope_code);
  }
  std::string LogInOutcome(std::string user, std::string password) {
    return Outcome(LogIn(std::move(user), std::move(password)));
  }
  std::string Bearer(const std::string& token) {
    return Outcome(authenticator_.Authenticate("Bearer " + token));
  }
  UserDefinition Row(std::string_view id) { return *data_.catalog().FindUser(id); }
  double Hashes() { return MetricValue(metrics_, "auth_password_hashes_total"); }
  void Advance(std::chrono::microseconds time) { clock_.AdvanceMicros(time.count()); }
  void LockAlice() {
    for (int i = 0; i < 5; ++i) {
      ASSERT_EQ(LogInOutcome("alice", "wrong guess"), "INVALID_CREDENTIALS");
    }
  }
  std::string SignedFor(TokenClaims claims) { return keys_.signer()->Sign(claims); }
  TokenClaims Claims() {
    const int64_t now = clock_.WallMicros() / kSecond;
    return {.subject = "alice",
            .role = Role::kUser,
            .issued_at = now,
            .expires_at = now + 60,
            .id = "forged",
            .epoch = 1};
  }
  // "actor action target", oldest first.
  std::vector<std::string> Audited() {
    const auto entries = ReadAuditLog(data_.store(), 1000);
    EXPECT_TRUE(entries.ok());
    std::vector<std::string> lines;
    for (const AuditEntry& entry : *entries) {
      lines.insert(lines.begin(), entry.actor + " " + entry.action + " " + entry.target);
    }
    return lines;
  }

  CatalogForTest data_;
  ManualClock clock_;
  Metrics metrics_;
  CapturedLog log_;
  SeededRandom random_{11};
  EventLoop loop_{"test", clock_};
  BlockingPool pool_{{.threads = 2}, clock_, metrics_};
  AsyncPasswords passwords_{{.cost = PasswordCost::Cheapest()}, pool_, metrics_};
  AccountJournal journal_{data_.log(), clock_, random_};
  Accounts accounts_{{}, data_.catalog(), journal_, passwords_, clock_, log_};
  TokenKeys keys_{std::chrono::hours(7 * 24), data_.catalog(), journal_, clock_, random_, log_};
  Authenticator authenticator_{{}, keys_, accounts_, passwords_, clock_, random_, log_};
  Grants grants_{data_.catalog(), journal_, clock_, log_};
  ApiKeys api_keys_{data_.catalog(), journal_, clock_, random_, log_};
};

}  // namespace millrace::auth
