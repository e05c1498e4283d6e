// What one check of `millrace doctor` found, and how it is told.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace millrace::doctor {

enum class Verdict : uint8_t {
  kOk,
  kWarning,  // it works, and will not when it matters
  kError,    // the server will not start, or will lose or refuse something
};
std::string_view VerdictName(Verdict verdict);

struct Finding {
  std::string_view check;  // its name, for --only
  Verdict verdict = Verdict::kOk;
  std::string message;
  // What to do; empty when all is well.
  std::string advice;
};

// One line per finding with its advice below, and a line that counts them.
std::string FindingsText(std::span<const Finding> findings);
// {"verdict":"warning","checks":[{"check":…,"verdict":…,"message":…,"advice":…}]}
std::string FindingsJson(std::span<const Finding> findings);
// The worst of all.
Verdict WorstOf(std::span<const Finding> findings);

}  // namespace millrace::doctor
