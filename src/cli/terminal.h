// The terminal: is there one, how wide is it, and passwords without echo.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace millrace::cli {

bool IsTerminal(int file_descriptor);
// Cells in a line, or 0 when the descriptor is no terminal.
size_t TerminalWidth(int file_descriptor);
// Lines of the screen, or 0 when the descriptor is no terminal.
size_t TerminalHeight(int file_descriptor);
// Asks on /dev/tty with echo off. Nothing when there is no terminal or on Ctrl-C, Ctrl-D.
std::optional<std::string> AskPassword(const std::string& prompt);

}  // namespace millrace::cli
