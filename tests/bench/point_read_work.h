// SELECT of one row by its key, all over a table.
#pragma once

#include <string>
#include <string_view>

#include "load.h"
#include "rows.h"

namespace millrace::bench {

class PointReadWork final : public Work {
 public:
  // `table` holds the rows 1 to `rows`.
  PointReadWork(std::string_view table, uint64_t rows)
      : statement_("SELECT id, owner, category, amount, note FROM " + std::string(table) +
                   " WHERE id = $1"),
        rows_(rows) {}

  std::string_view statement() const override { return statement_; }
  void Describe(uint64_t number, Operation& operation) const override {
    const uint64_t id = Scatter(number) % rows_ + 1;
    operation.parameters.resize(1);
    operation.parameters[0].text.clear();
    AppendNumber(id, operation.parameters[0].text);
    operation.answer_holds.clear();
    AppendNote(id, operation.answer_holds);
  }

 private:
  const std::string statement_;
  const uint64_t rows_;
};

}  // namespace millrace::bench
