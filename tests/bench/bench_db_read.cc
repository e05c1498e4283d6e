// Point SELECT by key.
#include "bench.h"
#include "rows.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kRows = 100'000;
constexpr uint64_t kQuickRows = 5'000;

class SelectWork final : public Work {
 public:
  explicit SelectWork(uint64_t rows) : rows_(rows) {}

  std::string_view statement() const override {
    return "SELECT id, owner, category, amount, note FROM bench.selected WHERE id = $1";
  }
  void Describe(uint64_t number, Operation& operation) const override {
    const uint64_t id = Scatter(number) % rows_ + 1;
    operation.parameters.resize(1);
    operation.parameters[0].text.clear();
    AppendNumber(id, operation.parameters[0].text);
    operation.answer_holds.clear();
    AppendNote(id, operation.answer_holds);
  }

 private:
  const uint64_t rows_;
};

constexpr Goal kSelect8 = {"select_8_connections", "rows/s", Better::kMore, Target::kRatio, 1};
constexpr Goal kSelect32 = {"select_32_connections", "rows/s", Better::kMore, Target::kRatio, 1};

Status RunSelect(Bench& bench) {
  const uint64_t rows = bench.options().quick ? kQuickRows : kRows;
  ASSIGN_OR_RETURN(const std::vector<Side*> sides, bench.Sides());
  for (Side* side : sides) RETURN_IF_ERROR(CreateAndFill(*side, "selected", rows));
  const SelectWork work(rows);
  if (bench.Wants(kSelect8)) RETURN_IF_ERROR(RunInTurns(bench, kSelect8, work, 8).status());
  if (bench.Wants(kSelect32)) RETURN_IF_ERROR(RunInTurns(bench, kSelect32, work, 32).status());
  for (Side* side : sides) RETURN_IF_ERROR(CheckTotals(*side, "selected", rows));
  return Status::Ok();
}

}  // namespace

const Case kSelectCase = {
    "SELECT of one row by its key, 8 and 32 connections", {kSelect8, kSelect32}, RunSelect};

}  // namespace millrace::bench
