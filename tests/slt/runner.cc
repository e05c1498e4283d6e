// Runs the files one after another through both doors.
#include "runner.h"

#include <charconv>
#include <cstdio>
#include <map>
#include <utility>

#include "comparison.h"
#include "host.h"

namespace millrace::slt {
namespace {

// "+10s" as microseconds.
Result<int64_t> ParseDuration(const std::string& text) {
  const auto invalid = [&text] {
    return InvalidArgument("\"" + text + "\" is no duration; write +10s, +500ms or +2d");
  };
  int64_t count = 0;
  if (!text.starts_with('+')) return invalid();
  const char* end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data() + 1, end, count);
  if (error != std::errc()) return invalid();
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"us", 1},         {"ms", 1'000},        {"s", 1'000'000},
      {"m", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000}};
  for (const auto& [name, micros] : kUnits) {
    if (name == std::string_view(unit, end)) return count * micros;
  }
  return invalid();
}

class ScriptRun {
 public:
  ScriptRun(const Script& script, DoorKind kind, Reporting reporting, Host& host)
      : script_(script),
        kind_(kind),
        reporting_(reporting),
        host_(host),
        door_(kind == DoorKind::kHttp ? OpenHttpDoor(host) : OpenInProcessDoor(host)) {}

  Result<FileReport> Run() {
    RETURN_IF_ERROR(door_->LogIn(user_));
    for (const Record& record : script_.records) {
      const std::string_view door = DoorName(kind_);
      if (record.skip_door == door) continue;
      if (!record.only_door.empty() && record.only_door != door) continue;
      if (record.kind == RecordKind::kStatement || record.kind == RecordKind::kQuery) {
        RunSql(record);
        continue;
      }
      // Nothing after it would make sense.
      if (const Status status = RunDirective(record); !status.ok()) {
        Fail(record, status.ToString() + "\n");
        break;
      }
    }
    return std::move(report_);
  }

 private:
  void RunSql(const Record& record) {
    const Outcome outcome = door_->Run({.sql = record.sql,
                                        .params = record.params,
                                        .namespace_name = namespace_,
                                        .transaction = TransactionToSend()});
    const bool was_there = outcome.status.sqlstate() != "25P01";
    if (!transaction_.empty() && was_there) open_[transaction_] = outcome.transaction_id;
    Comparison comparison = record.kind == RecordKind::kQuery ? CompareQuery(record, outcome)
                                                              : CompareStatement(record, outcome);
    if (comparison.mismatch.empty()) {
      ++report_.passed;
    } else {
      Fail(record, comparison.mismatch);
    }
    report_.rewrites.push_back(
        {&record, std::move(comparison.directive), std::move(comparison.expected)});
  }

  // Within a named transaction its id, once it was begun.
  std::string TransactionToSend() {
    if (transaction_.empty()) return "";
    const std::string& id = open_[transaction_];
    return id.empty() ? "keep" : id;
  }

  Status RunDirective(const Record& record) {
    const std::string first = record.arguments.empty() ? "" : record.arguments.front();
    switch (record.kind) {
      case RecordKind::kUser:
        return BecomeUser(first, record.arguments.size() > 1 ? record.arguments[1] : "");
      case RecordKind::kNamespace:
        namespace_ = first;
        return Status::Ok();
      case RecordKind::kTransaction:
        transaction_ = first;
        return Status::Ok();
      case RecordKind::kClock: {
        ASSIGN_OR_RETURN(const int64_t micros, ParseDuration(first));
        host_.AdvanceClock(micros);
        // A token may have ended meanwhile.
        return door_->LogIn(user_);
      }
      case RecordKind::kRestart:
        RETURN_IF_ERROR(host_.Restart());
        return door_->LogIn(user_);
      case RecordKind::kStatement:
      case RecordKind::kQuery:
        break;
    }
    return Internal("not a directive");
  }

  // With a role, makes the user first.
  Status BecomeUser(const std::string& user, const std::string& role) {
    if (!role.empty()) {
      RETURN_IF_ERROR(door_->LogIn("root"));
      const std::string sql =
          "CREATE USER '" + user + "' WITH PASSWORD '" + std::string(kPassword) + "' ROLE " + role;
      const Outcome created = door_->Run({.sql = sql, .namespace_name = "default"});
      RETURN_IF_ERROR(created.status);
    }
    user_ = user;
    return door_->LogIn(user_);
  }

  void Fail(const Record& record, const std::string& what) {
    ++report_.failed;
    if (reporting_ == Reporting::kSilent) return;
    std::fprintf(stderr, "%s:%zu (%s):\n  %s\n  %s\n", script_.path.c_str(), record.line + 1,
                 std::string(DoorName(kind_)).c_str(), record.sql.c_str(), what.c_str());
  }

  const Script& script_;
  const DoorKind kind_;
  const Reporting reporting_;
  Host& host_;
  std::unique_ptr<Door> door_;
  std::string user_ = "root";
  std::string namespace_ = "default";
  std::string transaction_;                  // the one to go on in; empty: none
  std::map<std::string, std::string> open_;  // names to ids; empty: not begun, or ended
  FileReport report_;
};

}  // namespace

std::string_view DoorName(DoorKind kind) { return kind == DoorKind::kHttp ? "http" : "inprocess"; }

Result<FileReport> RunScript(const Script& script, DoorKind kind, Reporting reporting) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Host> host, Host::Start());
  return ScriptRun(script, kind, reporting, *host).Run();
}

}  // namespace millrace::slt
