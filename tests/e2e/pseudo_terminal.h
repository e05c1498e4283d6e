// A program on a terminal of its own, typed at and read by a test.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace millrace::e2e {

// One thread. The program is killed by the destructor.
class PseudoTerminal {
 public:
  struct Options {
    std::string program;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;  // "NAME=value", the whole of it
    unsigned short rows = 24;
    unsigned short columns = 100;
  };
  explicit PseudoTerminal(const Options& options);
  ~PseudoTerminal();
  PseudoTerminal(const PseudoTerminal&) = delete;

  void Type(std::string_view text);
  // Reads on until the text comes; what stands before it, and it, are taken away. False
  // when the program ends or says nothing for half a minute.
  bool Expect(std::string_view text);
  // What was read and not yet taken, for messages.
  const std::string& output() const { return output_; }
  // Of the last Expect.
  const std::string& taken() const { return taken_; }
  // Reads to the end; the exit code, 128 + N for signal N.
  int WaitForExit();

 private:
  bool ReadMore();

  int terminal_ = -1;
  pid_t pid_ = -1;
  std::string output_;
  std::string taken_;
};

// The program `name` beside the running one.
std::string ProgramBeside(std::string_view name);

}  // namespace millrace::e2e
