// The second half of an ALTER TABLE that asks something of the rows that are there.
//
//   altered definition in force ──► rows are read ──┬─ all satisfy it ──► constraints are
//   (every new row satisfies it)                    │                     marked validated
//                                                   └─ one does not ────► the definition of
//                                                                         before is back
//
// So no writer can add a bad row behind the scan's back. A server that dies in between
// leaves constraints that are enforced and not validated: DROP CONSTRAINT removes them.
#pragma once

#include "query/exec/definition.h"

namespace millrace::exec {

// Errors: what the first bad row violates: 23502, 23514, 22xxx of a conversion; 0A000 a
// generated column and any row; 57014.
Task<Status> CheckRowsOrRevert(const Services& services, TablePtr before, AlteredTable altered,
                               RequestPtr request);

}  // namespace millrace::exec
