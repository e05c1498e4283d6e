// One blocking connection to one of the sides, for what is prepared, timed singly
// or checked: the answer comes as rows of texts, so that both can be compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace millrace::bench {

// A NULL is the text "NULL".
using AnswerRows = std::vector<std::vector<std::string>>;

class SqlClient {
 public:
  virtual ~SqlClient() = default;
  // Runs one statement and returns its rows, none for one that returns none.
  virtual Result<AnswerRows> Execute(std::string_view sql) = 0;
};

}  // namespace millrace::bench
