// Random expressions over random rows: our evaluator and the engine must answer
// alike. MILLRACE_PARITY_RUNS sets how many (3000), MILLRACE_PARITY_SEED where to
// begin.
#include <gtest/gtest.h>

#include <cstdlib>

#include "query/exec/path_comparison_for_test.h"
#include "query/exec/random_expression_for_test.h"

namespace millrace::exec {
namespace {

constexpr uint64_t kRunsPerBatch = 100;
constexpr size_t kRows = 9;
constexpr int kFailuresMax = 20;

uint64_t Setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Calls `compare` with as many expressions as the settings say.
template <typename Compare>
void CompareMany(PathComparison& comparison, std::string (RandomExpression::*next)(),
                 Compare compare) {
  const uint64_t runs = Setting("MILLRACE_PARITY_RUNS", 3000);
  SeededRandom random(Setting("MILLRACE_PARITY_SEED", 20261121));
  RandomExpression expressions(random);
  int failures = 0;
  for (uint64_t run = 0; run < runs && failures < kFailuresMax; ++run) {
    if (run % kRunsPerBatch == 0) comparison.SetBatch(RandomBatch(random, kRows));
    const std::optional<std::string> difference = compare((expressions.*next)());
    if (!difference) continue;
    ADD_FAILURE() << *difference;
    ++failures;
  }
  const PathComparison::Counters& counters = comparison.counters();
  const std::string counted = std::to_string(counters.values) + " values, " +
                              std::to_string(counters.errors) + " errors, " +
                              std::to_string(counters.excused) + " excused, " +
                              std::to_string(counters.not_native) + " not native";
  ::testing::Test::RecordProperty("counted", counted);
  EXPECT_GT(counters.values, runs / 3) << counted;
  EXPECT_LT(counters.not_native, runs / 10) << counted;
  EXPECT_LT(counters.excused, runs / 50) << counted;
}

TEST(BothPathsPropertyTest, RandomExpressionsHaveOneAnswer) {
  PathComparison comparison;
  CompareMany(comparison, &RandomExpression::Next,
              [&](const std::string& text) { return comparison.Compare(text); });
}

TEST(BothPathsPropertyTest, RandomConditionsSelectTheSameRows) {
  PathComparison comparison;
  CompareMany(comparison, &RandomExpression::NextCondition,
              [&](const std::string& text) { return comparison.CompareRows(text); });
}

}  // namespace
}  // namespace millrace::exec
