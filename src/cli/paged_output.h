// Output that goes to a pager when it turns out to be longer than the screen, and to the
// terminal as it is when it does not. At most a screen is held back.
#pragma once

#include <memory>
#include <ostream>
#include <streambuf>
#include <string>

#include "cli/interrupt.h"

namespace millrace::cli {

struct PagerOptions {
  std::string command;  // run by sh; empty: never page
  size_t screen_height = 0;
  size_t screen_width = 0;
};

// $MILLRACE_PAGER, else $PAGER, else less or more, whichever is there; empty when it is
// set but empty, or `cat`.
std::string PagerCommand();

// Not thread-safe.
class PagedOutput : private std::streambuf {
 public:
  PagedOutput(PagerOptions options, std::ostream& terminal);
  // Finishes.
  ~PagedOutput() override;

  std::ostream& stream() { return stream_; }
  // Prints what was held back, or waits until the reader has closed the pager. Blocking.
  void Finish();
  // The pager was closed, or Ctrl-C came, before the end: what could not be written is no
  // error.
  bool closed_by_reader() const { return closed_by_reader_; }

 private:
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int_type overflow(int_type c) override;
  int sync() override;

  bool Take(std::string_view text);
  bool TooLong() const;
  bool StartPager();
  bool WriteToPager(std::string_view text);

  PagerOptions options_;
  std::ostream& terminal_;
  std::ostream stream_;
  std::string held_;
  size_t held_lines_ = 0;
  size_t line_bytes_ = 0;
  int pipe_ = -1;
  int pid_ = -1;
  bool passing_ = false;  // straight to the terminal: no pager could be started
  bool closed_by_reader_ = false;
  bool finished_ = false;
  std::unique_ptr<BrokenPipesAreErrors> pipes_;
};

}  // namespace millrace::cli
