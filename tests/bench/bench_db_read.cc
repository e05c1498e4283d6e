// Point SELECT by key.
#include "bench.h"
#include "point_read_work.h"
#include "rows.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kRows = 100'000;
constexpr uint64_t kQuickRows = 5'000;

constexpr Goal kSelect8 = {"select_8_connections", "rows/s", Better::kMore, Target::kRatio, 1};
constexpr Goal kSelect32 = {"select_32_connections", "rows/s", Better::kMore, Target::kRatio, 1};

Status RunSelect(Bench& bench) {
  const uint64_t rows = bench.options().quick ? kQuickRows : kRows;
  ASSIGN_OR_RETURN(const std::vector<Side*> sides, bench.Sides());
  for (Side* side : sides) RETURN_IF_ERROR(CreateAndFill(*side, "selected", rows));
  const PointReadWork work("bench.selected", rows);
  if (bench.Wants(kSelect8)) RETURN_IF_ERROR(RunInTurns(bench, kSelect8, work, 8).status());
  if (bench.Wants(kSelect32)) RETURN_IF_ERROR(RunInTurns(bench, kSelect32, work, 32).status());
  for (Side* side : sides) RETURN_IF_ERROR(CheckTotals(*side, "selected", rows));
  return Status::Ok();
}

}  // namespace

const Case kSelectCase = {
    "SELECT of one row by its key, 8 and 32 connections", {kSelect8, kSelect32}, RunSelect};

}  // namespace millrace::bench
