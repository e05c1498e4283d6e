#include "cli/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <string_view>

namespace millrace::cli {
namespace {

void Print(int file_descriptor, std::string_view text) {
  [[maybe_unused]] const ssize_t written = write(file_descriptor, text.data(), text.size());
}

std::optional<std::string> ReadLine(int file_descriptor) {
  std::string line;
  char byte = 0;
  while (read(file_descriptor, &byte, 1) == 1) {
    if (byte == '\n') return line;
    line.push_back(byte);
  }
  return std::nullopt;
}

}  // namespace

bool IsTerminal(int file_descriptor) { return isatty(file_descriptor) == 1; }

size_t TerminalWidth(int file_descriptor) {
  winsize size = {};
  if (!IsTerminal(file_descriptor) || ioctl(file_descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

size_t TerminalHeight(int file_descriptor) {
  winsize size = {};
  if (!IsTerminal(file_descriptor) || ioctl(file_descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_row;
}

std::optional<std::string> AskPassword(const std::string& prompt) {
  const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return std::nullopt;
  termios before = {};
  if (tcgetattr(terminal, &before) != 0) {
    close(terminal);
    return std::nullopt;
  }
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(terminal, TCSAFLUSH, &silent);
  Print(terminal, prompt);
  auto password = ReadLine(terminal);
  tcsetattr(terminal, TCSAFLUSH, &before);
  Print(terminal, "\n");
  close(terminal);
  return password;
}

}  // namespace millrace::cli
