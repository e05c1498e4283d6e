// Writing JSON text, and rebuilding it from a scanner's events.
#pragma once

#include <string>
#include <string_view>

#include "client/result.h"

namespace millrace::client {

// Appends `text` quoted and escaped. Bytes above 0x7f pass through.
void AppendJsonString(std::string& out, std::string_view text);

// Appends the cell as the JSON value it stands for.
void AppendJsonCell(std::string& out, const Cell& cell);

// Collects one nested value (array or object) as compact JSON. Feed it every
// event from the opening bracket on; it is done when the bracket is closed.
class JsonText {
 public:
  void Clear();
  bool done() const { return depth_ == 0 && !text_.empty(); }
  bool open() const { return depth_ > 0; }
  const std::string& text() const { return text_; }

  void Null() { Raw("null"); }
  void Bool(bool value) { Raw(value ? "true" : "false"); }
  void Number(std::string_view text) { Raw(text); }
  void String(std::string_view text);
  void Key(std::string_view text);
  void Begin(char bracket);
  void End(char bracket);

 private:
  void Separate();
  void Raw(std::string_view text);

  std::string text_;
  int depth_ = 0;
  bool needs_comma_ = false;
};

}  // namespace millrace::client
