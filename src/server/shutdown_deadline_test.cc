// The last resort of a shutdown.
#include "server/shutdown_deadline.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <future>

#include "base/clock.h"

namespace millrace {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(ShutdownDeadlineTest, AShutdownThatEndsInTimeIsLeftAlone) {
  CapturedLog log;
  {
    const ShutdownDeadline deadline(hours(1), [] { ADD_FAILURE() << "saved"; }, log);
  }
  EXPECT_TRUE(log.Lines().empty());
}

TEST(ShutdownDeadlineDeathTest, AShutdownThatHangsSavesAndExits) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto hang = [] {
    const SystemClock clock;
    const auto log = OpenLog({}, clock, nullptr);
    const ShutdownDeadline deadline(milliseconds(1), [] { std::fputs("saved\n", stderr); }, **log);
    std::promise<void>().get_future().wait();
  };
  EXPECT_EXIT(hang(), ::testing::ExitedWithCode(ShutdownDeadline::kExitCode), "saved");
}

TEST(ShutdownDeadlineDeathTest, WhatIsSavedAlreadyIsNotSavedAgain) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto hang = [] {
    CapturedLog log;
    ShutdownDeadline deadline(milliseconds(200), [] { std::fputs("saved\n", stderr); }, log);
    deadline.ForgetSave();
    std::promise<void>().get_future().wait();
  };
  EXPECT_EXIT(hang(), ::testing::ExitedWithCode(ShutdownDeadline::kExitCode), "^$");
}

}  // namespace
}  // namespace millrace
