// Places where the crash tests kill the process. `CRASH_POINT("commit_before_sync")`
// does nothing unless the environment names it: MILLRACE_CRASH_POINT=name or
// name:N kills at the N-th passage (counting from 1) with SIGKILL, so nothing
// is flushed, no destructor runs. Costs one predictable branch otherwise.
#pragma once

namespace millrace {

// Thread-safe. Reads the environment once, at the first call.
void CrashPoint(const char* name);

}  // namespace millrace

#define CRASH_POINT(name) ::millrace::CrashPoint(name)
