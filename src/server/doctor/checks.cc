#include "server/doctor/checks.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace millrace::doctor {
namespace {

constexpr uint64_t kMebibyte = uint64_t{1} << 20;
constexpr uint64_t kGibibyte = uint64_t{1} << 30;
// The store refuses writes below this (KvStoreOptions::free_bytes_min).
constexpr uint64_t kFreeBytesRefused = 128 * kMebibyte;
constexpr uint64_t kFreeBytesLow = 5 * kGibibyte;
constexpr uint64_t kFreeFilesLow = 10'000;
constexpr int kSyncs = 16;
constexpr int64_t kSyncSlowMicros = 20'000;
constexpr uint64_t kOpenFilesLeast = 1'024;
constexpr uint64_t kOpenFilesGood = 65'536;
constexpr uint64_t kMemoryLow = 512 * kMebibyte;
// 2024-01-01: a clock before that was never set.
constexpr int64_t kEarliestMicros = 1'704'067'200'000'000;
constexpr int64_t kMinuteMicros = 60'000'000;

std::string Bytes(uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text;
}

std::string Milliseconds(int64_t micros) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f ms", static_cast<double>(micros) / 1000);
  return text;
}

// The nearest directory above that exists: where a new data directory would be made.
std::string ExistingParent(Machine& machine, std::string path) {
  while (!machine.StateOf(path).exists) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    path.resize(std::max<size_t>(slash, 1));
  }
  return path;
}

using Findings = std::vector<Finding>;

void CheckConfig(const Subject& subject, Machine&, Findings* findings) {
  for (const Status& problem : subject.problems) {
    const std::string advice =
        problem.hint().empty() ? "`millrace config example` shows every setting" : problem.hint();
    findings->push_back({"config", Verdict::kError, problem.message(), advice});
  }
  if (!subject.problems.empty()) return;
  const std::string from = subject.config_path.empty() ? "no file" : subject.config_path;
  findings->push_back({"config", Verdict::kOk, "the configuration is right (" + from + ")", ""});
}

void CheckData(const Subject& subject, Machine& machine, Findings* findings) {
  const std::string& path = subject.data_directory;
  const PathState state = machine.StateOf(path);
  const std::string user = machine.UserName();
  if (!state.exists) {
    const std::string parent = ExistingParent(machine, path);
    if (machine.StateOf(parent).writable) {
      findings->push_back({"data", Verdict::kOk, path + " will be made at the first start", ""});
    } else {
      findings->push_back(
          {"data", Verdict::kError,
           path + " is not there, and " + user + " may not write in " + parent,
           "make it and give it to the server's user: install -d -m 0700 -o " + user + " " + path});
    }
    return;
  }
  if (!state.is_directory) {
    findings->push_back({"data", Verdict::kError, path + " is no directory",
                         "name another one with --data or storage.data_directory"});
    return;
  }
  if (!state.writable) {
    findings->push_back(
        {"data", Verdict::kError,
         path + " belongs to " + state.owner + ", " + user + " may not write there",
         "run the server as " + state.owner + ", or chown -R " + user + " " + path});
    return;
  }
  const auto holder = machine.LockHolder(path + "/hot/LOCK");
  const std::string use =
      holder ? ", in use by process " + std::to_string(*holder) : std::string(", not in use");
  if (state.open_to_others) {
    findings->push_back({"data", Verdict::kWarning, path + " may be read by other users" + use,
                         "chmod 700 " + path});
    return;
  }
  findings->push_back({"data", Verdict::kOk, path + " is writable" + use, ""});
}

Result<DiskSpace> SpaceOfData(const Subject& subject, Machine& machine) {
  return machine.SpaceOf(ExistingParent(machine, subject.data_directory));
}

void CheckSpace(const Subject& subject, Machine& machine, Findings* findings) {
  const Result<DiskSpace> space = SpaceOfData(subject, machine);
  if (!space.ok()) {
    findings->push_back({"space", Verdict::kError, space.status().message(), "see the check data"});
    return;
  }
  std::string message = Bytes(space->free_bytes) + " of " + Bytes(space->total_bytes) + " are free";
  const bool few_files = space->total_files > 0 && space->free_files < kFreeFilesLow;
  if (space->free_bytes < 2 * kFreeBytesRefused) {
    findings->push_back({"space", Verdict::kError, message,
                         "free some: below " + Bytes(kFreeBytesRefused) +
                             " the server refuses writes (SQLSTATE 53100)"});
  } else if (few_files) {
    findings->push_back({"space", Verdict::kWarning,
                         std::to_string(space->free_files) + " more files fit on the file system",
                         "remove small files, or use a file system with more inodes"});
  } else if (space->free_bytes < kFreeBytesLow || space->free_bytes < space->total_bytes / 20) {
    findings->push_back({"space", Verdict::kWarning, message,
                         "make room before it runs out: compaction needs space of its own"});
  } else {
    findings->push_back({"space", Verdict::kOk, std::move(message), ""});
  }
}

void CheckSync(const Subject& subject, Machine& machine, Findings* findings) {
  const std::string directory = ExistingParent(machine, subject.data_directory);
  Result<std::vector<int64_t>> syncs = machine.SyncMicros(directory, kSyncs);
  if (!syncs.ok()) {
    findings->push_back(
        {"sync", Verdict::kError, syncs.status().message(), "see the checks data and space"});
    return;
  }
  std::ranges::sort(*syncs);
  const int64_t median = (*syncs)[syncs->size() / 2];
  const int64_t worst = syncs->back();
  const std::string message = "a write reaches the disk in " + Milliseconds(median) +
                              ", the slowest of " + std::to_string(syncs->size()) + " in " +
                              Milliseconds(worst);
  if (median < kSyncSlowMicros) {
    findings->push_back({"sync", Verdict::kOk, message, ""});
    return;
  }
  findings->push_back(
      {"sync", Verdict::kWarning, message,
       "every acknowledged write waits for this: use a faster disk, or storage.durability = "
       "\"relaxed\" where losing the last moments in a power cut is acceptable"});
}

void CheckFileSystem(const Subject& subject, Machine& machine, Findings* findings) {
  const Result<DiskSpace> space = SpaceOfData(subject, machine);
  if (!space.ok()) {
    findings->push_back(
        {"filesystem", Verdict::kError, space.status().message(), "see the check data"});
    return;
  }
  const std::string& kind = space->kind;
  auto is = [&kind](std::initializer_list<std::string_view> kinds) {
    return std::ranges::find(kinds, kind) != kinds.end();
  };
  if (space->read_only) {
    findings->push_back({"filesystem", Verdict::kError, kind + ", mounted read-only",
                         "mount it for writing, and look into the kernel's log why it is not"});
  } else if (is({"tmpfs", "ramfs"})) {
    findings->push_back({"filesystem", Verdict::kWarning, kind + ", which is memory",
                         "put the data on a disk: all of it is gone after a restart"});
  } else if (is({"nfs", "cifs", "smb2", "fuse", "9p"})) {
    findings->push_back({"filesystem", Verdict::kWarning, kind + ", a remote file system",
                         "put the data on a local disk: locks and syncs may not hold there"});
  } else if (is({"overlayfs"})) {
    findings->push_back({"filesystem", Verdict::kWarning, kind + ", a container's own layer",
                         "mount a volume: the data is gone with the container"});
  } else {
    findings->push_back({"filesystem", Verdict::kOk, kind, ""});
  }
}

void CheckLimits(const Subject&, Machine& machine, Findings* findings) {
  const uint64_t files = machine.OpenFilesMax();
  const std::string message = std::to_string(files) + " open files at most";
  const std::string advice =
      "ulimit -n 262144 before the start, or LimitNOFILE=262144 in the unit: connections and table "
      "files take one each";
  if (files < kOpenFilesLeast) {
    findings->push_back({"limits", Verdict::kError, message, advice});
  } else if (files < kOpenFilesGood) {
    findings->push_back({"limits", Verdict::kWarning, message, advice});
  } else {
    findings->push_back({"limits", Verdict::kOk, message, ""});
  }
}

void CheckMemory(const Subject& subject, Machine& machine, Findings* findings) {
  const Memory memory = machine.ReadMemory();
  const uint64_t usable = std::min(memory.total_bytes, memory.limit_bytes.value_or(UINT64_MAX));
  const uint64_t block_cache = subject.block_cache_bytes > 0
                                   ? subject.block_cache_bytes
                                   : std::min(memory.total_bytes / 4, 8 * kGibibyte);
  const uint64_t wanted = block_cache + subject.column_cache_bytes + subject.query_memory_bytes;
  const std::string message = Bytes(usable) + " for the server" +
                              (memory.limit_bytes ? " (a limit of its control group)" : "") +
                              ", caches and one query may take " + Bytes(wanted);
  const std::string advice =
      "lower storage.block_cache, storage.column_cache or query.memory_max, or give it more";
  if (wanted > usable) {
    findings->push_back({"memory", Verdict::kError, message, advice});
  } else if (wanted > usable / 10 * 8 || usable < kMemoryLow) {
    findings->push_back({"memory", Verdict::kWarning, message, advice});
  } else {
    findings->push_back({"memory", Verdict::kOk, message, ""});
  }
}

void CheckClock(const Subject& subject, Machine& machine, Findings* findings) {
  const ClockState clock = machine.ReadClock();
  const int64_t newest = machine.StateOf(subject.data_directory + "/hot").newest_file_micros;
  if (clock.wall_micros < kEarliestMicros) {
    findings->push_back({"clock", Verdict::kError, "the clock is before 2024",
                         "set it: tokens, TTLs and NOW() go by it"});
  } else if (newest > clock.wall_micros + kMinuteMicros) {
    findings->push_back({"clock", Verdict::kWarning,
                         "the data was written " +
                             std::to_string((newest - clock.wall_micros) / 1'000'000) +
                             " s in the future",
                         "the clock went back: check the time daemon before the start"});
  } else if (!clock.synchronized) {
    findings->push_back({"clock", Verdict::kWarning, "nothing keeps the clock right",
                         "run a time daemon (systemd-timesyncd, chrony); inside of a container "
                         "the host's counts"});
  } else {
    findings->push_back({"clock", Verdict::kOk, "synchronized", ""});
  }
}

void CheckPort(const Subject& subject, Machine& machine, Findings* findings) {
  const std::string address = subject.http_host + ":" + std::to_string(subject.http_port);
  if (subject.http_port == 0) {
    findings->push_back({"port", Verdict::kOk, "the system picks one", ""});
    return;
  }
  const PortState port = machine.StateOfPort(subject.http_host, subject.http_port);
  const auto holder = machine.LockHolder(subject.data_directory + "/hot/LOCK");
  const std::string owner = port.pid == 0
                                ? "a process we may not see"
                                : port.program + " (process " + std::to_string(port.pid) + ")";
  switch (port.use) {
    case PortState::Use::kFree:
      findings->push_back({"port", Verdict::kOk, address + " is free", ""});
      return;
    case PortState::Use::kForbidden:
      findings->push_back({"port", Verdict::kError, address + " is not permitted: " + port.error,
                           "choose a port from 1024 on, or give the program "
                           "CAP_NET_BIND_SERVICE"});
      return;
    case PortState::Use::kNoAddress:
      findings->push_back({"port", Verdict::kError, address + " cannot be used: " + port.error,
                           "http.listen takes a numeric address of this machine"});
      return;
    case PortState::Use::kTaken:
      break;
  }
  if (holder.has_value() && (port.pid == 0 || port.pid == *holder)) {
    findings->push_back(
        {"port", Verdict::kOk, address + " is served from this data directory", ""});
    return;
  }
  findings->push_back({"port", Verdict::kError, address + " is taken by " + owner,
                       "stop it, or choose another port with --http or http.listen"});
}

// "7.8.3" of "rocksdb_version=7.8.3".
std::string WrittenBy(Machine& machine, const std::string& directory) {
  constexpr std::string_view kKey = "rocksdb_version=";
  const auto options = machine.ReadFileLike(directory, "OPTIONS-");
  if (!options.has_value()) return {};
  const size_t at = options->find(kKey);
  if (at == std::string::npos) return {};
  const size_t begin = at + kKey.size();
  return options->substr(begin, options->find('\n', begin) - begin);
}

int MajorOf(std::string_view version) {
  int major = 0;
  for (const char c : version) {
    if (c < '0' || c > '9') break;
    major = major * 10 + (c - '0');
  }
  return major;
}

void CheckVersions(const Subject& subject, Machine& machine, Findings* findings) {
  std::string message = "millrace " + subject.program_version;
  for (const Library& library : subject.libraries) {
    message.append(", ").append(library.name).append(" ").append(library.version);
  }
  const std::string written = WrittenBy(machine, subject.data_directory + "/hot");
  if (!written.empty()) message.append("; data written by RocksDB ").append(written);
  if (MajorOf(written) > MajorOf(subject.storage_version)) {
    findings->push_back({"versions", Verdict::kError, message,
                         "the data was written by a newer program: install that one"});
    return;
  }
  findings->push_back({"versions", Verdict::kOk, message, ""});
}

void CheckServer(const Subject& subject, Machine& machine, Findings* findings) {
  const std::string url =
      subject.url.empty() ? "http://127.0.0.1:" + std::to_string(subject.http_port) : subject.url;
  const Result<ServerAnswer> answer = machine.Ask(url, "/health");
  if (!answer.ok()) {
    findings->push_back({"server", Verdict::kError, url + ": " + answer.status().message(),
                         "is it running? look into its log"});
  } else if (answer->http_status != 200) {
    findings->push_back({"server", Verdict::kError,
                         url + " answers " + std::to_string(answer->http_status),
                         "look into its log"});
  } else {
    findings->push_back(
        {"server", Verdict::kOk, url + " answers in " + Milliseconds(answer->micros), ""});
  }
}

struct Check {
  std::string_view name;
  void (*run)(const Subject&, Machine&, Findings*);
};

constexpr std::array<Check, 11> kChecks = {{{"config", &CheckConfig},
                                            {"data", &CheckData},
                                            {"space", &CheckSpace},
                                            {"filesystem", &CheckFileSystem},
                                            {"sync", &CheckSync},
                                            {"limits", &CheckLimits},
                                            {"memory", &CheckMemory},
                                            {"clock", &CheckClock},
                                            {"port", &CheckPort},
                                            {"versions", &CheckVersions},
                                            {"server", &CheckServer}}};

}  // namespace

std::span<const std::string_view> CheckNames() {
  static const auto names = [] {
    std::array<std::string_view, kChecks.size()> all;
    std::ranges::transform(kChecks, all.begin(), &Check::name);
    return all;
  }();
  return names;
}

std::vector<Finding> RunChecks(const Subject& subject, Machine& machine,
                               std::span<const std::string> only) {
  Findings findings;
  for (const Check& check : kChecks) {
    const bool named = std::ranges::find(only, check.name) != only.end();
    const bool wanted = only.empty() && (check.name != "server" || !subject.url.empty());
    if (named || wanted) check.run(subject, machine, &findings);
  }
  return findings;
}

}  // namespace millrace::doctor
