// Every check, with machines on which all is well but one thing.
#include "server/doctor/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace millrace::doctor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint64_t kGibibyte = uint64_t{1} << 30;
constexpr int64_t kNow = 1'750'000'000'000'000;

class FakeMachine final : public Machine {
 public:
  std::string UserName() override { return "mill"; }
  PathState StateOf(const std::string& path) override {
    const auto found = paths.find(path);
    return found == paths.end() ? PathState{} : found->second;
  }
  Result<DiskSpace> SpaceOf(const std::string& path) override {
    if (!StateOf(path).exists) return NotFound("no " + path);
    return space;
  }
  Result<std::vector<int64_t>> SyncMicros(const std::string& directory, int count) override {
    synced_directory = directory;
    if (!sync_error.ok()) return sync_error;
    std::vector<int64_t> micros(count, sync_micros);
    micros[0] = sync_micros * 3;
    return micros;
  }
  std::optional<int> LockHolder(const std::string&) override { return holder; }
  std::optional<std::string> ReadFileLike(const std::string&, const std::string&) override {
    return options_file;
  }
  uint64_t OpenFilesMax() override { return open_files; }
  Memory ReadMemory() override { return memory; }
  ClockState ReadClock() override { return clock; }
  PortState StateOfPort(const std::string&, uint16_t) override { return port; }
  Result<ServerAnswer> Ask(const std::string& url, const std::string& path) override {
    asked = url + path;
    if (!ask_error.ok()) return ask_error;
    return answer;
  }

  std::map<std::string, PathState> paths = {
      {"/data", {.exists = true, .is_directory = true, .writable = true, .owner = "mill"}},
      {"/data/hot", {.exists = true, .is_directory = true, .newest_file_micros = kNow - 5}},
      {"/", {.exists = true, .is_directory = true, .owner = "root"}}};
  DiskSpace space{.total_bytes = 100 * kGibibyte,
                  .free_bytes = 50 * kGibibyte,
                  .total_files = 1'000'000,
                  .free_files = 900'000,
                  .kind = "ext4"};
  int64_t sync_micros = 900;
  Status sync_error;
  std::string synced_directory;
  std::optional<int> holder;
  std::optional<std::string> options_file;
  uint64_t open_files = 262'144;
  Memory memory{.total_bytes = 16 * kGibibyte, .available_bytes = 8 * kGibibyte};
  ClockState clock{.wall_micros = kNow, .synchronized = true};
  PortState port;
  ServerAnswer answer{.http_status = 200, .micros = 1500};
  Status ask_error;
  std::string asked;
};

Subject GoodSubject() {
  return {.data_directory = "/data",
          .http_host = "127.0.0.1",
          .http_port = 7400,
          .column_cache_bytes = uint64_t{256} << 20,
          .query_memory_bytes = uint64_t{512} << 20,
          .program_version = "1.2.3",
          .storage_version = "7.8.3",
          .libraries = {{"RocksDB", "7.8.3"}}};
}

// "error space: message -> advice" of one check.
std::string Told(FakeMachine& machine, const Subject& subject, const std::string& check) {
  std::string told;
  const std::vector<std::string> only = {check};
  for (const Finding& finding : RunChecks(subject, machine, only)) {
    told.append(told.empty() ? "" : "; ").append(VerdictName(finding.verdict)).append(" ");
    told.append(finding.check).append(": ").append(finding.message);
    if (!finding.advice.empty()) told.append(" -> ").append(finding.advice);
  }
  return told;
}

TEST(ChecksTest, OnAGoodMachineAllIsWell) {
  FakeMachine machine;
  const auto findings = RunChecks(GoodSubject(), machine, {});
  EXPECT_EQ(FindingsText(findings),
            "ok      config     the configuration is right (no file)\n"
            "ok      data       /data is writable, not in use\n"
            "ok      space      50.0 GiB of 100.0 GiB are free\n"
            "ok      filesystem ext4\n"
            "ok      sync       a write reaches the disk in 0.9 ms, the slowest of 16 in 2.7 ms\n"
            "ok      limits     262144 open files at most\n"
            "ok      memory     16.0 GiB for the server, caches and one query may take 4.8 GiB\n"
            "ok      clock      synchronized\n"
            "ok      port       127.0.0.1:7400 is free\n"
            "ok      versions   millrace 1.2.3, RocksDB 7.8.3\n"
            "everything is well\n");
  EXPECT_EQ(WorstOf(findings), Verdict::kOk);
  EXPECT_EQ(machine.asked, "");
}

TEST(ChecksTest, ConfigurationProblemsAreErrors) {
  FakeMachine machine;
  Subject subject = GoodSubject();
  subject.problems = {InvalidArgument("m.toml:1:1: unknown key \"x\""),
                      InvalidArgument("m.toml:2:1: y").WithHint("Did you mean \"z\"?")};
  EXPECT_EQ(Told(machine, subject, "config"),
            "error config: m.toml:1:1: unknown key \"x\" -> `millrace config example` shows every "
            "setting; error config: m.toml:2:1: y -> Did you mean \"z\"?");
}

TEST(ChecksTest, TheDataDirectoryMustBeOurs) {
  const Subject subject = GoodSubject();
  FakeMachine machine;
  PathState& data = machine.paths["/data"];
  machine.holder = 77;
  EXPECT_EQ(Told(machine, subject, "data"), "ok data: /data is writable, in use by process 77");
  data.open_to_others = true;
  EXPECT_EQ(Told(machine, subject, "data"),
            "warning data: /data may be read by other users, in use by process 77 -> chmod 700 "
            "/data");
  data = {.exists = true, .is_directory = true, .owner = "root"};
  EXPECT_EQ(Told(machine, subject, "data"),
            "error data: /data belongs to root, mill may not write there -> run the server as "
            "root, or chown -R mill /data");
  data = {.exists = true};
  EXPECT_THAT(Told(machine, subject, "data"), HasSubstr("error data: /data is no directory"));
}

TEST(ChecksTest, ADataDirectoryThatIsNotThereIsMadeInItsParent) {
  FakeMachine machine;
  Subject subject = GoodSubject();
  subject.data_directory = "/new/deep/data";
  EXPECT_THAT(Told(machine, subject, "data"),
              HasSubstr("error data: /new/deep/data is not there, and mill may not write in /"));
  machine.paths["/new"] = {.exists = true, .is_directory = true, .writable = true};
  EXPECT_EQ(Told(machine, subject, "data"),
            "ok data: /new/deep/data will be made at the first start");
  Told(machine, subject, "sync");
  EXPECT_EQ(machine.synced_directory, "/new");
  subject.data_directory = "relative";
  machine.paths["."] = {.exists = true, .is_directory = true, .writable = true};
  Told(machine, subject, "sync");
  EXPECT_EQ(machine.synced_directory, ".");
}

TEST(ChecksTest, LittleSpaceIsAWarningAndAlmostNoneAnError) {
  FakeMachine machine;
  machine.space.free_bytes = 4 * kGibibyte;
  EXPECT_THAT(Told(machine, GoodSubject(), "space"), HasSubstr("warning space: 4.0 GiB of 100.0"));
  machine.space.free_bytes = uint64_t{200} << 20;
  EXPECT_THAT(Told(machine, GoodSubject(), "space"),
              HasSubstr("error space: 200.0 MiB of 100.0 GiB are free -> free some: below 128.0"));
  machine.space.free_bytes = 50 * kGibibyte;
  machine.space.free_files = 20;
  EXPECT_THAT(Told(machine, GoodSubject(), "space"), HasSubstr("warning space: 20 more files"));
  machine.space.total_files = 0;  // btrfs counts none
  EXPECT_THAT(Told(machine, GoodSubject(), "space"), HasSubstr("ok space"));
}

TEST(ChecksTest, ADiskThatIsSlowOrRefusesIsTold) {
  FakeMachine machine;
  machine.sync_micros = 35'000;
  EXPECT_THAT(Told(machine, GoodSubject(), "sync"),
              HasSubstr("warning sync: a write reaches the disk in 35.0 ms, the slowest of 16 in "
                        "105.0 ms -> every acknowledged write waits"));
  machine.sync_error = Unavailable("cannot write to the disk of /data: No space left on device");
  EXPECT_THAT(Told(machine, GoodSubject(), "sync"), HasSubstr("error sync: cannot write to"));
}

TEST(ChecksTest, FileSystemsThatForgetOrLieAreWarnedOf) {
  FakeMachine machine;
  for (const char* kind : {"tmpfs", "nfs", "overlayfs", "fuse", "9p"}) {
    machine.space.kind = kind;
    EXPECT_THAT(Told(machine, GoodSubject(), "filesystem"),
                HasSubstr("warning filesystem: " + std::string(kind)));
  }
  machine.space.kind = "xfs";
  EXPECT_EQ(Told(machine, GoodSubject(), "filesystem"), "ok filesystem: xfs");
  machine.space.read_only = true;
  EXPECT_THAT(Told(machine, GoodSubject(), "filesystem"),
              HasSubstr("error filesystem: xfs, mounted read-only -> "));
}

TEST(ChecksTest, FewOpenFilesAreTold) {
  FakeMachine machine;
  machine.open_files = 1024;
  EXPECT_THAT(Told(machine, GoodSubject(), "limits"),
              HasSubstr("warning limits: 1024 open files at most -> ulimit -n 262144"));
  machine.open_files = 256;
  EXPECT_THAT(Told(machine, GoodSubject(), "limits"), HasSubstr("error limits: 256"));
}

TEST(ChecksTest, CachesMustFitIntoTheMemoryWeMayUse) {
  FakeMachine machine;
  machine.memory.limit_bytes = kGibibyte;
  EXPECT_THAT(Told(machine, GoodSubject(), "memory"),
              HasSubstr("error memory: 1.0 GiB for the server (a limit of its control group), "
                        "caches and one query may take 4.8 GiB -> lower storage.block_cache"));
  machine.memory.limit_bytes.reset();
  Subject subject = GoodSubject();
  subject.block_cache_bytes = 13 * kGibibyte;
  EXPECT_THAT(Told(machine, subject, "memory"), HasSubstr("warning memory: 16.0 GiB"));
}

TEST(ChecksTest, AClockThatIsWrongOrWentBackIsTold) {
  FakeMachine machine;
  machine.clock.synchronized = false;
  EXPECT_THAT(Told(machine, GoodSubject(), "clock"), HasSubstr("warning clock: nothing keeps"));
  machine.paths["/data/hot"].newest_file_micros = kNow + 3'600'000'000;
  EXPECT_THAT(Told(machine, GoodSubject(), "clock"),
              HasSubstr("warning clock: the data was written 3600 s in the future"));
  machine.clock.wall_micros = 1'000'000;
  EXPECT_THAT(Told(machine, GoodSubject(), "clock"), HasSubstr("error clock: the clock is before"));
}

TEST(ChecksTest, ATakenPortIsAnErrorUnlessItIsThisServers) {
  FakeMachine machine;
  machine.port = {.use = PortState::Use::kTaken, .pid = 42, .program = "nginx"};
  EXPECT_EQ(Told(machine, GoodSubject(), "port"),
            "error port: 127.0.0.1:7400 is taken by nginx (process 42) -> stop it, or choose "
            "another port with --http or http.listen");
  machine.holder = 43;
  EXPECT_THAT(Told(machine, GoodSubject(), "port"), HasSubstr("error port"));
  machine.holder = 42;
  EXPECT_EQ(Told(machine, GoodSubject(), "port"),
            "ok port: 127.0.0.1:7400 is served from this data directory");
  machine.holder.reset();
  machine.port = {.use = PortState::Use::kTaken};
  EXPECT_THAT(Told(machine, GoodSubject(), "port"),
              HasSubstr("is taken by a process we may not see"));
  machine.port = {.use = PortState::Use::kForbidden, .error = "Permission denied"};
  EXPECT_THAT(Told(machine, GoodSubject(), "port"),
              HasSubstr("error port: 127.0.0.1:7400 is not permitted: Permission denied"));
  machine.port = {.use = PortState::Use::kNoAddress, .error = "not ours"};
  EXPECT_THAT(Told(machine, GoodSubject(), "port"), HasSubstr("cannot be used: not ours"));
  Subject any = GoodSubject();
  any.http_port = 0;
  EXPECT_EQ(Told(machine, any, "port"), "ok port: the system picks one");
}

TEST(ChecksTest, DataOfANewerProgramIsAnError) {
  FakeMachine machine;
  machine.options_file = "[Version]\n  rocksdb_version=6.29.5\n  options_file_version=1.1\n";
  EXPECT_EQ(Told(machine, GoodSubject(), "versions"),
            "ok versions: millrace 1.2.3, RocksDB 7.8.3; data written by RocksDB 6.29.5");
  machine.options_file = "[Version]\n  rocksdb_version=10.2.1\n";
  EXPECT_THAT(Told(machine, GoodSubject(), "versions"), HasSubstr("error versions: millrace"));
}

TEST(ChecksTest, AServerIsAskedWhenThereIsAUrl) {
  FakeMachine machine;
  Subject subject = GoodSubject();
  subject.url = "http://db:7400";
  EXPECT_EQ(Told(machine, subject, "server"), "ok server: http://db:7400 answers in 1.5 ms");
  EXPECT_EQ(machine.asked, "http://db:7400/health");
  EXPECT_EQ(RunChecks(subject, machine, {}).size(), 11u);
  machine.answer.http_status = 503;
  EXPECT_EQ(Told(machine, subject, "server"),
            "error server: http://db:7400 answers 503 -> look into its log");
  machine.ask_error = Unavailable("connection refused");
  EXPECT_THAT(Told(machine, subject, "server"),
              HasSubstr("error server: http://db:7400: connection refused -> is it running?"));
  // Named without a URL it is the configured port of this machine.
  Told(machine, GoodSubject(), "server");
  EXPECT_EQ(machine.asked, "http://127.0.0.1:7400/health");
}

TEST(FindingsTest, AreCountedAndWrittenAsJson) {
  const std::vector<Finding> findings = {{"space", Verdict::kWarning, "a \"b\"", "do c"},
                                         {"port", Verdict::kError, "taken", ""},
                                         {"clock", Verdict::kWarning, "x", ""}};
  EXPECT_EQ(FindingsText(findings),
            "warning space      a \"b\"\n"
            "                   to do: do c\n"
            "error   port       taken\n"
            "warning clock      x\n"
            "1 error, 2 warnings\n");
  EXPECT_EQ(FindingsJson(findings),
            "{\"verdict\":\"error\",\"checks\":["
            "{\"check\":\"space\",\"verdict\":\"warning\",\"message\":\"a \\\"b\\\"\","
            "\"advice\":\"do c\"},"
            "{\"check\":\"port\",\"verdict\":\"error\",\"message\":\"taken\",\"advice\":\"\"},"
            "{\"check\":\"clock\",\"verdict\":\"warning\",\"message\":\"x\",\"advice\":\"\"}]}\n");
}

}  // namespace
}  // namespace millrace::doctor
