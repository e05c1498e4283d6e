#include "cli/paged_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "cli/program.h"

namespace millrace::cli {
namespace {

// So that short output stays on the screen, colours work, and long lines scroll.
constexpr const char* kLessDefaults = "LESS=FRSX";

bool Exists(const char* path) { return ::access(path, X_OK) == 0; }

}  // namespace

std::string PagerCommand() {
  for (const char* name : {"MILLRACE_PAGER", "PAGER"}) {
    if (const char* value = std::getenv(name)) {
      return std::string_view(value) == "cat" ? std::string() : std::string(value);
    }
  }
  if (Exists("/usr/bin/less")) return "less";
  return Exists("/usr/bin/more") ? "more" : "";
}

PagedOutput::PagedOutput(PagerOptions options, std::ostream& terminal)
    : options_(std::move(options)),
      terminal_(terminal),
      stream_(this),
      passing_(options_.command.empty() || options_.screen_height == 0) {}

PagedOutput::~PagedOutput() { Finish(); }

bool PagedOutput::TooLong() const { return held_lines_ + 1 >= options_.screen_height; }

std::streamsize PagedOutput::xsputn(const char* text, std::streamsize count) {
  return Take({text, static_cast<size_t>(count)}) ? count : 0;
}

PagedOutput::int_type PagedOutput::overflow(int_type c) {
  const char byte = traits_type::to_char_type(c);
  return Take({&byte, 1}) ? c : traits_type::eof();
}

// Whoever flushes wants it seen; but a screen must be full before it is known whether
// a pager shows it.
int PagedOutput::sync() {
  if (passing_) terminal_.flush();
  return 0;
}

bool PagedOutput::Take(std::string_view text) {
  if (pipe_ >= 0) return WriteToPager(text);
  if (passing_) {
    terminal_.write(text.data(), static_cast<std::streamsize>(text.size()));
    return terminal_.good();
  }
  held_.append(text);
  for (const char c : text) {
    ++line_bytes_;
    const bool wraps = options_.screen_width > 0 && line_bytes_ > options_.screen_width * 4;
    if (c == '\n' || wraps) {
      ++held_lines_;
      line_bytes_ = 0;
    }
  }
  return !TooLong() || StartPager();
}

bool PagedOutput::StartPager() {
  int ends[2];
  const std::string held = std::exchange(held_, {});
  passing_ = true;
  if (::pipe2(ends, O_CLOEXEC) != 0) return Take(held);
  terminal_.flush();
  const auto pid = StartProgram(options_.command, {}, ends[0], {kLessDefaults});
  ::close(ends[0]);
  if (!pid.ok()) {
    ::close(ends[1]);
    return Take(held);
  }
  // Ctrl-C still ends the statement: it may have stalled behind a pager that is gone.
  pipes_ = std::make_unique<BrokenPipesAreErrors>();
  pid_ = *pid;
  pipe_ = ends[1];
  return WriteToPager(held);
}

bool PagedOutput::WriteToPager(std::string_view text) {
  while (!text.empty() && !closed_by_reader_) {
    const ssize_t written = ::write(pipe_, text.data(), text.size());
    const bool stopped = InterruptFlag().load(std::memory_order_acquire);
    if (written < 0 && errno == EINTR && !stopped) continue;
    if (written < 0) {
      closed_by_reader_ = true;
    } else {
      text.remove_prefix(static_cast<size_t>(written));
    }
  }
  return !closed_by_reader_;
}

void PagedOutput::Finish() {
  if (std::exchange(finished_, true)) return;
  if (pipe_ >= 0) {
    const ForegroundProgram foreground;
    ::close(pipe_);
    WaitForProgram(pid_);
    pipes_.reset();
    pipe_ = -1;
  }
  terminal_ << std::exchange(held_, {}) << std::flush;
  passing_ = true;
}

}  // namespace millrace::cli
