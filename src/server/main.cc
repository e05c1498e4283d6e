// The program.
#include "server/commands.h"

int main(int argc, char** argv) { return millrace::RunProgram(argc, argv); }
