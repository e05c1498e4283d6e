// INSERT, UPDATE and bulk INSERT, all with durable commits.
#include "bench.h"
#include "rows.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kUpdatedRows = 10'000;
constexpr uint64_t kRowsPerStatement = 1000;

class InsertWork final : public Work {
 public:
  explicit InsertWork(std::string_view table)
      : statement_("INSERT INTO bench." + std::string(table) + " VALUES ($1, $2, $3, $4, $5)") {}

  std::string_view statement() const override { return statement_; }
  void Describe(uint64_t number, Operation& operation) const override {
    const uint64_t id = number + 1;
    operation.parameters.resize(5);
    for (Parameter& parameter : operation.parameters) parameter.text.clear();
    AppendNumber(id, operation.parameters[0].text);
    AppendOwner(id, operation.parameters[1].text);
    operation.parameters[1].kind = ParameterKind::kText;
    AppendNumber(Category(id), operation.parameters[2].text);
    AppendNumber(Amount(id), operation.parameters[3].text);
    AppendNote(id, operation.parameters[4].text);
    operation.parameters[4].kind = ParameterKind::kText;
  }

 private:
  const std::string statement_;
};

class UpdateWork final : public Work {
 public:
  std::string_view statement() const override {
    return "UPDATE bench.updated SET amount = amount + 1 WHERE id = $1";
  }
  void Describe(uint64_t number, Operation& operation) const override {
    operation.parameters.resize(1);
    operation.parameters[0].text.clear();
    AppendNumber(Scatter(number) % kUpdatedRows + 1, operation.parameters[0].text);
  }
};

class BulkInsertWork final : public Work {
 public:
  std::string_view statement() const override { return {}; }
  void Describe(uint64_t number, Operation& operation) const override {
    operation.sql =
        InsertStatement("bench.inserted_bulk", number * kRowsPerStatement + 1, kRowsPerStatement);
    operation.rows = kRowsPerStatement;
  }
};

Status CreateOnAll(Bench& bench, std::string_view table, uint64_t rows) {
  ASSIGN_OR_RETURN(const std::vector<Side*> sides, bench.Sides());
  for (Side* side : sides) RETURN_IF_ERROR(CreateAndFill(*side, table, rows));
  return Status::Ok();
}

constexpr Goal kInsert32 = {"insert_32_connections", "rows/s", Better::kMore, Target::kRatio, 2};
constexpr Goal kInsert1 = {"insert_1_connection", "rows/s", Better::kMore, Target::kRatio, 1};
constexpr Goal kUpdate32 = {"update_32_connections", "rows/s", Better::kMore, Target::kRatio, 2};
constexpr Goal kBulk = {"bulk_insert_1000_rows", "rows/s", Better::kMore, Target::kRatio, 3};

Status RunInsert(Bench& bench, const Goal& goal, std::string_view table, size_t connections) {
  RETURN_IF_ERROR(CreateOnAll(bench, table, 0));
  const InsertWork work(table);
  ASSIGN_OR_RETURN(const std::vector<uint64_t> operations,
                   RunInTurns(bench, goal, work, connections));
  ASSIGN_OR_RETURN(const std::vector<Side*> sides, bench.Sides());
  for (size_t i = 0; i < sides.size(); ++i) {
    RETURN_IF_ERROR(CheckTotals(*sides[i], table, operations[i]));
  }
  return Status::Ok();
}

Status RunInsert32(Bench& bench) { return RunInsert(bench, kInsert32, "inserted", 32); }

Status RunInsert1(Bench& bench) { return RunInsert(bench, kInsert1, "inserted_alone", 1); }

Status RunUpdate(Bench& bench) {
  RETURN_IF_ERROR(CreateOnAll(bench, "updated", kUpdatedRows));
  ASSIGN_OR_RETURN(const std::vector<uint64_t> operations,
                   RunInTurns(bench, kUpdate32, UpdateWork(), 32));
  ASSIGN_OR_RETURN(const std::vector<Side*> sides, bench.Sides());
  for (size_t i = 0; i < sides.size(); ++i) {
    RETURN_IF_ERROR(CheckTotals(*sides[i], "updated", kUpdatedRows, operations[i]));
  }
  return Status::Ok();
}

Status RunBulkInsert(Bench& bench) {
  RETURN_IF_ERROR(CreateOnAll(bench, "inserted_bulk", 0));
  ASSIGN_OR_RETURN(const std::vector<uint64_t> operations,
                   RunInTurns(bench, kBulk, BulkInsertWork(), 1, kRowsPerStatement));
  ASSIGN_OR_RETURN(const std::vector<Side*> sides, bench.Sides());
  for (size_t i = 0; i < sides.size(); ++i) {
    RETURN_IF_ERROR(CheckTotals(*sides[i], "inserted_bulk", operations[i] * kRowsPerStatement));
  }
  return Status::Ok();
}

}  // namespace

const Case kInsertCase = {"single-row INSERT, 32 connections", {kInsert32}, RunInsert32};
const Case kInsertAloneCase = {"single-row INSERT, one connection", {kInsert1}, RunInsert1};
const Case kUpdateCase = {"UPDATE of one row by its key, 32 connections", {kUpdate32}, RunUpdate};
const Case kBulkInsertCase = {
    "INSERT of 1000 rows per statement, one connection", {kBulk}, RunBulkInsert};

}  // namespace millrace::bench
