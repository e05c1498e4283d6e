// Sending statements: through a Session in process, or over HTTP.
#include "door.h"

namespace millrace::slt {

std::string CellText(std::string text) {
  if (text.empty()) return "(empty)";
  std::string shown;
  for (const char c : text) {
    switch (c) {
      case '\n':
        shown.append("\\n");
        break;
      case '\r':
        shown.append("\\r");
        break;
      case '\t':
        shown.append("\\t");
        break;
      case '\0':
        shown.append("\\0");
        break;
      default:
        shown.push_back(c);
    }
  }
  return shown;
}

}  // namespace millrace::slt
