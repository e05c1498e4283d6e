// A sqllogictest file as records, and back to text with new expectations. The
// dialect is described in README.md.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/status.h"

namespace millrace::slt {

enum class RecordKind : uint8_t {
  kStatement,
  kQuery,
  kUser,
  kNamespace,
  kClock,
  kRestart,
  kTransaction
};

// One directive with what belongs to it. Lines count from 0.
struct Record {
  RecordKind kind = RecordKind::kStatement;
  size_t line = 0;                     // of the directive
  std::vector<std::string> arguments;  // the directive's words after the first
  std::string sql;
  std::string params;  // JSON array; empty: none
  std::string skip_door;
  std::string only_door;
  bool has_expected = false;  // there is a line `----`
  std::vector<std::string> expected;
  // The lines of `expected` in the file.
  size_t expected_begin = 0;
  size_t expected_end = 0;
};

// What a record's directive and expectation shall be from now on.
struct Rewrite {
  const Record* record = nullptr;
  std::string directive;
  std::vector<std::string> expected;
};

struct Script {
  std::string path;
  std::vector<std::string> lines;
  std::vector<Record> records;
};

// Errors name the line.
Result<Script> ReadScript(const std::string& path);

// Writes the file anew; `rewrites` in the order of the file.
Status WriteScript(const Script& script, const std::vector<Rewrite>& rewrites);

}  // namespace millrace::slt
