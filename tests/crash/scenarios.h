// Damage from outside, at the level of the whole program. The store's unit tests
// hold the details (src/storage/hot).
#pragma once

#include <string>

#include "base/clock.h"
#include "tally.h"

namespace millrace::crash {

struct ScenarioOptions {
  std::string program;    // build/millrace
  std::string directory;  // for data and logs; must exist
};

// A log file that ends in the middle of a record is a write that a crash cut off; a
// byte that changed is damage, and the server refuses to start.
void RunDamageScenarios(const ScenarioOptions& options, const Clock& clock, Tally* tally);

// A disk without space: writes are refused with 53100, reads go on, and writing goes
// on when there is space again, with and without a restart. Needs the right to mount;
// skipped without.
void RunDiskFullScenario(const ScenarioOptions& options, const Clock& clock, Tally* tally);

}  // namespace millrace::crash
