#include "client/json_text.h"

namespace millrace::client {

void AppendJsonString(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out.push_back('\\');
    switch (c) {
      case '"':
      case '\\':
        out.push_back(static_cast<char>(c));
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\r':
        out.push_back('r');
        break;
      case '\t':
        out.push_back('t');
        break;
      default:
        out.append("u00");
        out.push_back(kHex[c >> 4]);
        out.push_back(kHex[c & 15]);
    }
  }
  out.append(text, plain);
  out.push_back('"');
}

void AppendJsonCell(std::string& out, const Cell& cell) {
  if (cell.kind == CellKind::kString) {
    AppendJsonString(out, cell.text);
  } else {
    out.append(cell.is_null() ? std::string_view("null") : std::string_view(cell.text));
  }
}

void JsonText::Clear() {
  text_.clear();
  depth_ = 0;
  needs_comma_ = false;
}

void JsonText::Separate() {
  if (needs_comma_) text_.push_back(',');
  needs_comma_ = true;
}

void JsonText::Raw(std::string_view text) {
  Separate();
  text_.append(text);
}

void JsonText::String(std::string_view text) {
  Separate();
  AppendJsonString(text_, text);
}

void JsonText::Key(std::string_view text) {
  Separate();
  AppendJsonString(text_, text);
  text_.push_back(':');
  needs_comma_ = false;
}

void JsonText::Begin(char bracket) {
  Separate();
  text_.push_back(bracket);
  ++depth_;
  needs_comma_ = false;
}

void JsonText::End(char bracket) {
  text_.push_back(bracket);
  --depth_;
  needs_comma_ = true;
}

}  // namespace millrace::client
