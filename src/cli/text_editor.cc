#include "cli/text_editor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "cli/interrupt.h"
#include "cli/program.h"

namespace millrace::cli {

std::string EditorCommand() {
  for (const char* name : {"MILLRACE_EDITOR", "VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "vi";
}

Result<std::string> EditFile(const std::string& command, const std::string& path) {
  int exit_code = 0;
  {
    const ForegroundProgram foreground;
    ASSIGN_OR_RETURN(const pid_t pid, StartProgram(command, {path}, -1));
    exit_code = WaitForProgram(pid);
  }
  if (exit_code != 0) {
    return Cancelled("the editor '" + command + "' ended with code " + std::to_string(exit_code));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return NotFound("cannot open file '" + path + "'").WithSqlState("58P01");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Result<std::string> EditText(const std::string& command, const std::string& text) {
  const char* folder = std::getenv("TMPDIR");
  std::string path = std::string(folder == nullptr ? "/tmp" : folder) + "/millrace-XXXXXX.sql";
  const int file = ::mkostemps(path.data(), 4, O_CLOEXEC);
  if (file < 0) {
    return FailedPrecondition("cannot write '" + path + "': " + std::strerror(errno))
        .WithSqlState("58030");
  }
  const ssize_t written = ::write(file, text.data(), text.size());
  ::close(file);
  Result<std::string> edited =
      written == static_cast<ssize_t>(text.size())
          ? EditFile(command, path)
          : Result<std::string>(ResourceExhausted("cannot write '" + path + "'"));
  ::unlink(path.c_str());
  return edited;
}

}  // namespace millrace::cli
