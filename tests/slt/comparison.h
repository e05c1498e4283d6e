// What a record expects, what it got, and whether that is the same.
#pragma once

#include <string>
#include <vector>

#include "door.h"
#include "script.h"

namespace millrace::slt {

struct Comparison {
  std::string mismatch;  // empty: as expected
  // As the record would have to be written.
  std::string directive;
  std::vector<std::string> expected;
};

Comparison CompareStatement(const Record& record, const Outcome& outcome);
Comparison CompareQuery(const Record& record, const Outcome& outcome);

// "42703: column … does not exist", then detail, hint and place, a line each.
std::vector<std::string> ErrorText(const Status& status);

}  // namespace millrace::slt
