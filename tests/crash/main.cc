// build/millrace_crash: kills the server at its crash points and at random moments,
// restarts it, and compares what is there with what was acknowledged.
#include <stdlib.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "crash_loop.h"
#include "scenarios.h"
#include "tally.h"
#include "testing/temporary_directory.h"

namespace millrace::crash {
namespace {

constexpr char kHelp[] =
    R"(Usage: millrace_crash [--quick] [--minutes M] [--seed S] [--point NAME] [--keep]

Starts build/millrace, writes to it with several clients, kills it at its crash points and at
random moments, restarts it, and compares what is there with what was acknowledged.

  --quick        every crash point and a few random kills: about a minute
  --minutes M    how long to go on otherwise (10)
  --seed S       what is random; printed at the start, to do it again
  --point NAME   only this crash point
  --keep         leave the data directory where it is, as after a failure

Exit code: 0 all passed, 1 something failed, 2 wrong usage.
)";

struct Options {
  bool quick = false;
  bool keep = false;
  bool help = false;
  int64_t minutes = 10;
  uint64_t seed = 0;
  std::string point;
};

// Where the server kills itself, and how often it may pass before.
struct Point {
  const char* name;
  uint64_t passages_max;
};
constexpr Point kPoints[] = {
    {"commit_before_write", 1500}, {"commit_before_answer", 1500}, {"apply_rows", 1500},
    {"store_before_write", 1500},  {"store_after_write", 1500},    {"cleanup_rows_deleted", 4},
    {"cleanup_feed_deleted", 4},   {"cleanup_compacted", 4},       {"eviction_direct_written", 3},
    {"feed_trimmed_batch", 10},
};
constexpr std::string_view kTrimPoint = "feed_trimmed_batch";

class Run {
 public:
  Run(const Options& options, const std::string& program, const std::string& directory)
      : options_(options),
        program_(program),
        directory_(directory),
        random_(options.seed),
        loop_({.program = program, .directory = directory, .seed = options.seed}, clock_) {}

  int Execute() {
    const int64_t began = clock_.MonotonicNanos();
    // First, while there is one thread only.
    if (options_.point.empty()) {
      RunDiskFullScenario({program_, directory_}, clock_, &tally_);
      RunDamageScenarios({program_, directory_}, clock_, &tally_);
    }
    const Status set_up = loop_.SetUp();
    if (!set_up.ok()) tally_.Add("setting up", set_up);
    if (set_up.ok()) RunRounds(began + options_.minutes * 60 * 1'000'000'000);
    std::printf("%llu writes acknowledged, longest restart %lld ms, %lld s\n",
                static_cast<unsigned long long>(loop_.acknowledged()),
                static_cast<long long>(loop_.longest_recovery_ms()),
                static_cast<long long>((clock_.MonotonicNanos() - began) / 1'000'000'000));
    tally_.PrintClosingLine();
    return tally_.failed() == 0 ? 0 : 1;
  }

 private:
  void RunRounds(int64_t until_nanos) {
    do {
      RunPoints();
      if (options_.point.empty()) {
        for (int i = 0; i < 3 && rounds_are_good_; ++i) KillAtRandom();
      }
      if (!rounds_are_good_) return;
      AddRound("rows, change feeds and what dropped tables left", loop_.StopAndCheckStore());
    } while (!options_.quick && rounds_are_good_ && clock_.MonotonicNanos() < until_nanos);
    // Last: it takes from the feeds what the comparison above needs.
    if (!rounds_are_good_ || (!options_.point.empty() && options_.point != kTrimPoint)) return;
    KillAt({.name = kTrimPoint.data(), .passages_max = 10});
    AddRound("rows and trimmed change feeds", loop_.StopAndCheckStore());
  }

  void RunPoints() {
    for (const Point& point : kPoints) {
      if (point.name == kTrimPoint || !rounds_are_good_) continue;
      if (options_.point.empty() || options_.point == point.name) KillAt(point);
    }
  }

  void KillAt(const Point& point) {
    Kill kill{.point = point.name, .passage = 1 + random_.Below(point.passages_max)};
    if (point.name == kTrimPoint) kill.arguments = {"--feed-retention-seconds", "1"};
    const Status status = loop_.Run(kill);
    AddRound("killed at " + kill.point + ":" + std::to_string(kill.passage), status);
  }

  void KillAtRandom() {
    const Kill kill{.after_ms = 100 + static_cast<int>(random_.Below(3000))};
    const Status status = loop_.Run(kill);
    AddRound("killed after " + std::to_string(kill.after_ms) + " ms", status);
  }

  // After a failure the oracle does not know any more what is right.
  void AddRound(const std::string& name, const Status& status) {
    tally_.Add(name, status, loop_.Remark());
    rounds_are_good_ = rounds_are_good_ && status.ok();
  }

  const Options options_;
  const std::string program_;
  const std::string directory_;
  const SystemClock clock_;
  SeededRandom random_;
  CrashLoop loop_;
  Tally tally_;
  bool rounds_are_good_ = true;
};

bool ParseArguments(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const bool takes_value = flag == "--minutes" || flag == "--seed" || flag == "--point";
    if (takes_value && i + 1 == argc) return false;
    if (flag == "--quick") {
      options->quick = true;
    } else if (flag == "--keep") {
      options->keep = true;
    } else if (flag == "--help") {
      options->help = true;
    } else if (flag == "--minutes") {
      options->minutes = std::atoll(argv[++i]);
    } else if (flag == "--seed") {
      options->seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (flag == "--point") {
      options->point = argv[++i];
    } else {
      return false;
    }
  }
  return true;
}

int Main(int argc, char** argv) {
  Options options;
  options.seed = SystemRandom().NextUint64() % 1'000'000;
  if (!ParseArguments(argc, argv, &options)) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  if (options.help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  const std::string program =
      std::filesystem::canonical("/proc/self/exe").replace_filename("millrace").string();
  const auto directory = testing::TemporaryDirectory::Make();
  if (!directory.ok()) {
    std::fprintf(stderr, "%s\n", directory.status().ToString().c_str());
    return 1;
  }
  std::printf("seed %llu, data in %s\n", static_cast<unsigned long long>(options.seed),
              directory->path().c_str());
  const int code = Run(options, program, directory->path()).Execute();
  // _Exit runs no destructor, so the directory stays.
  if (options.keep || code != 0) {
    std::fflush(nullptr);
    std::_Exit(code);
  }
  return code;
}

}  // namespace
}  // namespace millrace::crash

int main(int argc, char** argv) { return millrace::crash::Main(argc, argv); }
