// Rows in commits of their own, a kill, and then a hand in the log file.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "scenarios.h"
#include "sql_session.h"
#include "testing/server_process.h"

namespace millrace::crash {
namespace {

constexpr char kRootPassword[] = "root password of the crash test";
constexpr int64_t kRows = 300;

class Damage {
 public:
  Damage(const ScenarioOptions& options, const Clock& clock, std::string_view name)
      : clock_(clock), directory_(options.directory + "/" + std::string(name)) {
    std::filesystem::create_directory(directory_);
    server_.program = options.program;
    server_.data_directory = directory_ + "/data";
    server_.root_password = kRootPassword;
    server_.log_path = directory_ + "/server.log";
  }

  // Rows 0, 1, 2, … each in a commit of its own, then a kill.
  Status Fill() {
    ASSIGN_OR_RETURN(auto server, testing::ServerProcess::Start(server_, clock_));
    ASSIGN_OR_RETURN(token_, LogIn(server.port(), "root", kRootPassword));
    ASSIGN_OR_RETURN(SqlSession session, SqlSession::Connect({server.port(), token_}));
    RETURN_IF_ERROR(session.Query("CREATE TABLE t (id BIGINT PRIMARY KEY, body TEXT)").status());
    for (int64_t id = 0; id < kRows; ++id) {
      RETURN_IF_ERROR(session
                          .Query("INSERT INTO t VALUES (" + std::to_string(id) + ", '" +
                                 std::string(100, 'b') + "')")
                          .status());
    }
    server.Kill();
    return Status::Ok();
  }

  // A torn end costs at most the last commit, and leaves no gap.
  Status TornEnd() {
    ASSIGN_OR_RETURN(const std::string log, NewestLog());
    std::error_code error;
    std::filesystem::resize_file(log, WrittenBytes(log) - 7, error);
    if (error) return Internal("cannot truncate " + log + ": " + error.message());
    ASSIGN_OR_RETURN(const int64_t rows, RowsAfterStart());
    if (rows < kRows - 1) {
      return DataLoss("of " + std::to_string(kRows) + " rows " + std::to_string(rows) +
                      " are left");
    }
    return Status::Ok();
  }

  Status FlippedByte() {
    ASSIGN_OR_RETURN(const std::string log, NewestLog());
    RETURN_IF_ERROR(FlipMiddle(log));
    std::filesystem::remove(server_.log_path);
    const auto server = testing::ServerProcess::Start(server_, clock_);
    if (server.ok()) return DataLoss("the server started on a damaged log");
    if (server.status().message().find("code 1 ") == std::string::npos) return server.status();
    const std::string said = ReadFile(server_.log_path);
    if (said.find("millrace: ") == std::string::npos || said.find(".log") == std::string::npos) {
      return Internal("the message does not name the file: " + said);
    }
    // Undone, everything is there: refusing changed nothing.
    RETURN_IF_ERROR(FlipMiddle(log));
    ASSIGN_OR_RETURN(const int64_t rows, RowsAfterStart());
    return rows == kRows ? Status::Ok() : DataLoss(std::to_string(rows) + " rows are left");
  }

 private:
  Result<std::string> NewestLog() const {
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(server_.data_directory + "/hot")) {
      if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
    }
    if (newest.empty()) return NotFound("there is no log file");
    return newest;
  }

  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // The zeros behind them are reserved space.
  static size_t WrittenBytes(const std::string& path) {
    return ReadFile(path).find_last_not_of('\0') + 1;
  }

  static Status FlipMiddle(const std::string& path) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const auto middle = static_cast<std::streamoff>(WrittenBytes(path) / 2);
    file.seekg(middle);
    const int byte = file.get();
    file.seekp(middle);
    file.put(static_cast<char>(byte ^ 0x10));
    return file.flush() ? Status::Ok() : Internal("cannot write to " + path);
  }

  // How many rows there are; they must be 0, 1, 2, … without a gap.
  Result<int64_t> RowsAfterStart() {
    ASSIGN_OR_RETURN(auto server, testing::ServerProcess::Start(server_, clock_));
    ASSIGN_OR_RETURN(SqlSession session, SqlSession::Connect({server.port(), token_}));
    ASSIGN_OR_RETURN(const auto rows, session.Query("SELECT id FROM t ORDER BY id"));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i][0].text != std::to_string(i)) {
        return DataLoss("row " + std::to_string(i) + " is missing");
      }
    }
    server.Kill();
    return static_cast<int64_t>(rows.size());
  }

  const Clock& clock_;
  const std::string directory_;
  testing::ServerOptions server_;
  std::string token_;
};

}  // namespace

void RunDamageScenarios(const ScenarioOptions& options, const Clock& clock, Tally* tally) {
  // A start empties the log, so each kind of damage has a directory of its own.
  Damage flipped(options, clock, "flipped");
  Damage torn(options, clock, "torn");
  for (Damage* damage : {&flipped, &torn}) {
    const Status filled = damage->Fill();
    if (!filled.ok()) return tally->Add("rows to damage", filled);
  }
  tally->Add("a flipped byte in the log: refuses to start", flipped.FlippedByte());
  tally->Add("a torn end of the log: starts", torn.TornEnd());
}

}  // namespace millrace::crash
