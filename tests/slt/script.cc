// Reading and rewriting test files.
#include "script.h"

#include <fstream>
#include <sstream>
#include <utility>

namespace millrace::slt {
namespace {

constexpr std::string_view kSeparator = "----";

std::vector<std::string> Words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

class Parser {
 public:
  explicit Parser(Script* script) : script_(*script) {}

  Status Parse() {
    while (at_ < script_.lines.size()) {
      const std::string& line = script_.lines[at_];
      if (line.empty() || line.starts_with('#')) {
        ++at_;
        continue;
      }
      RETURN_IF_ERROR(ParseLine(line));
    }
    return Status::Ok();
  }

 private:
  Status ParseLine(const std::string& line) {
    std::vector<std::string> words = Words(line);
    if (words.empty()) return Fail("a line of spaces");
    const std::string word = words.front();
    words.erase(words.begin());
    if (word == "params") {
      pending_.params = line.substr(word.size() + 1);
    } else if (word == "skipif" || word == "onlyif") {
      if (words.size() != 1) return Fail(word + " needs the name of a door");
      (word == "skipif" ? pending_.skip_door : pending_.only_door) = words.front();
    } else {
      return ParseDirective(word, std::move(words));
    }
    ++at_;
    return Status::Ok();
  }

  Status ParseDirective(const std::string& word, std::vector<std::string> words) {
    Record record = std::exchange(pending_, {});
    record.line = at_++;
    record.arguments = std::move(words);
    if (word == "statement" || word == "query") {
      record.kind = word == "query" ? RecordKind::kQuery : RecordKind::kStatement;
      RETURN_IF_ERROR(ParseBody(&record));
    } else if (word == "user") {
      record.kind = RecordKind::kUser;
    } else if (word == "transaction") {
      record.kind = RecordKind::kTransaction;
    } else if (word == "namespace") {
      record.kind = RecordKind::kNamespace;
    } else if (word == "clock") {
      record.kind = RecordKind::kClock;
    } else if (word == "restart") {
      record.kind = RecordKind::kRestart;
    } else {
      --at_;
      return Fail("unknown directive \"" + word + "\"");
    }
    script_.records.push_back(std::move(record));
    return Status::Ok();
  }

  Status ParseBody(Record* record) {
    const auto& lines = script_.lines;
    for (; at_ < lines.size() && !lines[at_].empty() && lines[at_] != kSeparator; ++at_) {
      if (!record->sql.empty()) record->sql.push_back('\n');
      record->sql.append(lines[at_]);
    }
    if (record->sql.empty()) return Fail("a directive without SQL");
    record->has_expected = at_ < lines.size() && lines[at_] == kSeparator;
    if (record->has_expected) ++at_;
    record->expected_begin = at_;
    if (record->has_expected) {
      for (; at_ < lines.size() && !lines[at_].empty(); ++at_) {
        record->expected.push_back(lines[at_]);
      }
    }
    record->expected_end = at_;
    return Status::Ok();
  }

  Status Fail(const std::string& what) const {
    return InvalidArgument(script_.path + ":" + std::to_string(at_ + 1) + ": " + what);
  }

  Script& script_;
  size_t at_ = 0;
  Record pending_;
};

}  // namespace

Result<Script> ReadScript(const std::string& path) {
  std::ifstream file(path);
  if (!file) return NotFound("cannot read \"" + path + "\"");
  Script script;
  script.path = path;
  for (std::string line; std::getline(file, line);) script.lines.push_back(line);
  RETURN_IF_ERROR(Parser(&script).Parse());
  return script;
}

Status WriteScript(const Script& script, const std::vector<Rewrite>& rewrites) {
  std::ofstream file(script.path, std::ios::trunc);
  size_t line = 0;
  auto copy_until = [&](size_t end) {
    for (; line < end; ++line) file << script.lines[line] << '\n';
  };
  for (const Rewrite& rewrite : rewrites) {
    copy_until(rewrite.record->line);
    file << rewrite.directive << '\n';
    ++line;
    copy_until(rewrite.record->expected_begin);
    for (const std::string& expected : rewrite.expected) file << expected << '\n';
    line = rewrite.record->expected_end;
  }
  copy_until(script.lines.size());
  file.close();
  if (!file) return Unavailable("cannot write \"" + script.path + "\"");
  return Status::Ok();
}

}  // namespace millrace::slt
