// Reading lines from a terminal with editing, history and completion. The only
// place that knows libedit.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

struct LineEditorOptions {
  // Read at the start, written at the end, mode 0600; empty: no file.
  std::string history_file;
  int history_entries_max = 2000;
  // Candidates for the last word of the text before the cursor, and that word.
  std::function<std::vector<std::string>(std::string_view)> candidates;
  std::function<std::string_view(std::string_view)> word_at_end;
  // A line that was entered is shown again in its colours; may be null.
  std::function<std::string(std::string_view)> colored;
};

enum class LineOutcome : uint8_t { kLine, kInterrupted, kEnd };

// Not thread-safe. Needs the handler of interrupt.h.
class LineEditor {
 public:
  explicit LineEditor(LineEditorOptions options);
  ~LineEditor();

  // kInterrupted on Ctrl-C (the line is dropped), kEnd on Ctrl-D on an empty line.
  LineOutcome ReadLine(const std::string& prompt, std::string& line);
  // Adds an entry, unless it equals the last one or holds a password.
  void Remember(const std::string& entry);
  std::vector<std::string> History() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace millrace::cli
