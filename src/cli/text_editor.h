// \e: a text in the user's editor.
#pragma once

#include <string>

#include "base/status.h"

namespace millrace::cli {

// $MILLRACE_EDITOR, $VISUAL, $EDITOR, else vi.
std::string EditorCommand();

// Opens the editor on `text`, in a file only the user may read, and returns what was
// saved. Errors: the file, the editor cannot be started or fails (the text is dropped
// then). Blocking.
Result<std::string> EditText(const std::string& command, const std::string& text);
// The same with a file of the user's own, which stays.
Result<std::string> EditFile(const std::string& command, const std::string& path);

}  // namespace millrace::cli
