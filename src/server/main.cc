// The program.
#include <malloc.h>

#include "server/commands.h"

int main(int argc, char** argv) {
  // Request bodies, log entries and batches are some hundred kilobytes each and short
  // lived: from the heap they are reused; mapped one by one, every page faults anew.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  // Heaps grow in steps of this, each a system call; untouched pages cost nothing.
  mallopt(M_TOP_PAD, 1 << 20);
  return millrace::RunProgram(argc, argv);
}
