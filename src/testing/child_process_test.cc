// Processes are started, awaited and ended as the header promises.
#include "testing/child_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "testing/temporary_directory.h"

namespace millrace::testing {
namespace {

ChildOptions Shell(std::string script) {
  ChildOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", std::move(script)};
  return options;
}

constexpr int kForever = -1;

TEST(ChildProcessTest, ReportsTheExitCode) {
  Result<ChildProcess> child = ChildProcess::Start(Shell("exit 7"));
  ASSERT_TRUE(child.ok()) << child.status().ToString();
  EXPECT_EQ(child->WaitForExit(kForever), 7);
  EXPECT_EQ(child->WaitForExit(0), 7) << "and again when it is gone";
}

TEST(ChildProcessTest, ReportsTheSignalThatEndedIt) {
  Result<ChildProcess> child = ChildProcess::Start(Shell("kill -TERM $$"));
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(child->WaitForExit(kForever), 128 + SIGTERM);
}

TEST(ChildProcessTest, WaitsNoLongerThanAsked) {
  Result<ChildProcess> child = ChildProcess::Start(Shell("exec sleep 1000"));
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(child->WaitForExit(0), std::nullopt);
  child->Signal(SIGKILL);
  EXPECT_EQ(child->WaitForExit(kForever), 128 + SIGKILL);
}

TEST(ChildProcessTest, DoesNotOutliveItsOwner) {
  pid_t pid = -1;
  {
    Result<ChildProcess> child = ChildProcess::Start(Shell("exec sleep 1000"));
    ASSERT_TRUE(child.ok());
    pid = child->pid();
    ASSERT_TRUE(ReadProcessUsage(pid).ok());
  }
  EXPECT_EQ(ReadProcessUsage(pid).status().code(), Code::kNotFound);
}

TEST(ChildProcessTest, ReplacesVariablesAndAppendsOutput) {
  const Result<TemporaryDirectory> directory = TemporaryDirectory::Make();
  ASSERT_TRUE(directory.ok());
  const std::string path = *directory / "output";
  for (int time = 0; time < 2; ++time) {
    ChildOptions options = Shell("echo \"$HOME\"; echo error >&2");
    options.environment = {"HOME=/somewhere/else"};
    options.output_path = path;
    Result<ChildProcess> child = ChildProcess::Start(options);
    ASSERT_TRUE(child.ok());
    ASSERT_EQ(child->WaitForExit(kForever), 0);
  }
  std::ifstream file(path);
  const std::string output{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(output, "/somewhere/else\nerror\n/somewhere/else\nerror\n");
}

TEST(ChildProcessTest, RefusesAProgramOrUserThatIsNotThere) {
  ChildOptions options = Shell("exit 0");
  options.user = "nobody-of-this-name";
  EXPECT_EQ(ChildProcess::Start(options).status().code(), Code::kNotFound);
  options = Shell("exit 0");
  options.program = "/no/such/program";
  EXPECT_EQ(ChildProcess::Start(options).status().code(), Code::kNotFound);
}

TEST(ProcessUsageTest, CountsMemoryAndProcessorTime) {
  const Result<ProcessUsage> before = ReadProcessUsage(::getpid());
  ASSERT_TRUE(before.ok());
  EXPECT_GT(before->resident_bytes, 1'000'000u);
  // The clock of /proc moves in steps, of ten milliseconds as a rule.
  volatile uint64_t spun = 0;
  while (ReadProcessUsage(::getpid())->processor_nanos == before->processor_nanos) {
    for (int i = 0; i < 100'000; ++i) spun = spun + 1;
  }
  EXPECT_GT(ReadProcessUsage(::getpid())->processor_nanos, before->processor_nanos);
}

TEST(TemporaryDirectoryTest, IsGoneWithWhatItHeld) {
  std::string path;
  {
    const Result<TemporaryDirectory> directory = TemporaryDirectory::Make();
    ASSERT_TRUE(directory.ok());
    path = directory->path();
    std::ofstream(*directory / "file") << "content";
    ASSERT_EQ(::access((*directory / "file").c_str(), F_OK), 0);
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace millrace::testing
