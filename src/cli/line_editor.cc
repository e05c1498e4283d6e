#include "cli/line_editor.h"

#include <histedit.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cwchar>

#include "cli/completion.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "cli/text_width.h"
#include "query/sql/secrets.h"

namespace millrace::cli {
namespace {

constexpr wchar_t kControlC = 3;
constexpr size_t kListedMax = 200;

// Reads one character. Ctrl-C arrives as a signal and goes on as a key, so that
// the editor leaves its line in good order.
int ReadCharacter(EditLine*, wchar_t* character) {
  mbstate_t conversion = {};
  while (true) {
    if (InterruptFlag().load(std::memory_order_acquire)) {
      *character = kControlC;
      return 1;
    }
    char byte = 0;
    const ssize_t got = read(STDIN_FILENO, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return static_cast<int>(got);
    const size_t length = mbrtowc(character, &byte, 1, &conversion);
    if (length == static_cast<size_t>(-2)) continue;  // more bytes belong to it
    if (length == static_cast<size_t>(-1)) *character = L'?';
    return 1;
  }
}

bool HoldsPassword(const std::string& entry) { return sql::HideSecrets(entry) != entry; }

}  // namespace

struct LineEditor::State {
  LineEditorOptions options;
  EditLine* edit = nullptr;
  ::History* history = nullptr;
  HistEvent event = {};
  std::string prompt;
  std::string last_entry;
  bool interrupted = false;

  static State& Of(EditLine* edit) {
    void* data = nullptr;
    el_get(edit, EL_CLIENTDATA, &data);
    return *static_cast<State*>(data);
  }
  static char* Prompt(EditLine* edit) { return Of(edit).prompt.data(); }

  static unsigned char OnInterrupt(EditLine* edit, int) {
    Of(edit).interrupted = true;
    std::fputs("^C\n", stdout);
    std::fflush(stdout);
    return CC_NEWLINE;
  }

  static unsigned char OnTab(EditLine* edit, int) { return Of(edit).Complete(); }

  unsigned char Complete() {
    const LineInfo* info = el_line(edit);
    const std::string_view line(info->buffer, static_cast<size_t>(info->cursor - info->buffer));
    const size_t word_bytes = options.word_at_end(line).size();
    const auto candidates = options.candidates(line);
    if (candidates.empty()) return CC_REFRESH_BEEP;
    std::string insert = CommonPrefix(candidates);
    if (insert.size() > word_bytes || candidates.size() == 1) {
      if (candidates.size() == 1) insert.push_back(' ');
      const std::string_view word = line.substr(line.size() - word_bytes);
      // el_deletestr counts characters; names and keywords are ASCII.
      el_deletestr(edit, static_cast<int>(TextWidth(word)));
      el_insertstr(edit, insert.c_str());
      return CC_REFRESH;
    }
    List(candidates);
    return CC_REDISPLAY;
  }

  // The editor knows no colours: what was typed is painted over when it is entered. Left
  // alone when it is not sure where it stands on the screen.
  void Repaint(const std::string& line) const {
    const size_t width = TerminalWidth(STDOUT_FILENO);
    const size_t cells = TextWidth(prompt) + TextWidth(line);
    if (!options.colored || width == 0 || cells % width == 0) return;
    if (line.find_first_of("\t\033") != std::string::npos) return;
    const size_t rows = cells / width + 1;
    if (rows >= TerminalHeight(STDOUT_FILENO)) return;
    const std::string text =
        "\033[" + std::to_string(rows) + "A\r\033[J" + prompt + options.colored(line) + "\n";
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  }

  static void List(const std::vector<std::string>& candidates) {
    size_t width = 0;
    const size_t shown = std::min(candidates.size(), kListedMax);
    for (size_t i = 0; i < shown; ++i) width = std::max(width, candidates[i].size() + 2);
    const size_t columns = std::max<size_t>(1, TerminalWidth(STDOUT_FILENO) / width);
    std::string text = "\n";
    for (size_t i = 0; i < shown; ++i) {
      text.append(candidates[i]).append(width - candidates[i].size(), ' ');
      if ((i + 1) % columns == 0 || i + 1 == shown) text.push_back('\n');
    }
    if (shown < candidates.size()) text.append("…\n");
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  }
};

LineEditor::LineEditor(LineEditorOptions options) : state_(std::make_unique<State>()) {
  std::setlocale(LC_CTYPE, "");
  state_->options = std::move(options);
  EditLine* edit = el_init("millrace", stdin, stdout, stderr);
  state_->edit = edit;
  state_->history = history_init();
  history(state_->history, &state_->event, H_SETSIZE, state_->options.history_entries_max);
  if (!state_->options.history_file.empty()) {
    history(state_->history, &state_->event, H_LOAD, state_->options.history_file.c_str());
  }
  el_set(edit, EL_CLIENTDATA, state_.get());
  el_set(edit, EL_PROMPT, &State::Prompt);
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_HIST, &history, state_->history);
  el_set(edit, EL_GETCFN, &ReadCharacter);
  el_set(edit, EL_ADDFN, "millrace-interrupt", "drop the line", &State::OnInterrupt);
  el_set(edit, EL_BIND, "^C", "millrace-interrupt", nullptr);
  el_set(edit, EL_ADDFN, "millrace-complete", "complete a name", &State::OnTab);
  el_set(edit, EL_BIND, "^I", "millrace-complete", nullptr);
  el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(edit, nullptr);
}

LineEditor::~LineEditor() {
  const std::string& file = state_->options.history_file;
  if (!file.empty()) {
    const mode_t before = umask(0077);
    history(state_->history, &state_->event, H_SAVE, file.c_str());
    umask(before);
  }
  el_end(state_->edit);
  history_end(state_->history);
}

LineOutcome LineEditor::ReadLine(const std::string& prompt, std::string& line) {
  state_->prompt = prompt;
  state_->interrupted = false;
  el_resize(state_->edit);
  int length = 0;
  const char* text = el_gets(state_->edit, &length);
  InterruptFlag().store(false, std::memory_order_release);
  if (state_->interrupted) return LineOutcome::kInterrupted;
  if (text == nullptr || length <= 0) return LineOutcome::kEnd;
  line.assign(text, static_cast<size_t>(length));
  if (line.ends_with('\n')) line.pop_back();
  state_->Repaint(line);
  return LineOutcome::kLine;
}

void LineEditor::Remember(const std::string& entry) {
  if (entry.find_first_not_of(" \t\n") == std::string::npos) return;
  if (entry == state_->last_entry || HoldsPassword(entry)) return;
  state_->last_entry = entry;
  history(state_->history, &state_->event, H_ENTER, entry.c_str());
}

std::vector<std::string> LineEditor::History() const {
  std::vector<std::string> entries;
  HistEvent event = {};
  for (int found = history(state_->history, &event, H_LAST); found >= 0;
       found = history(state_->history, &event, H_PREV)) {
    entries.emplace_back(event.str);
    while (entries.back().ends_with('\n')) entries.back().pop_back();
  }
  return entries;
}

}  // namespace millrace::cli
