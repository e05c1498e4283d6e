// encode(bytes, format) and decode(text, format): hex and base64.
#include <array>
#include <optional>

#include "query/expr/families.h"
#include "query/expr/kernel.h"

namespace millrace::expr {
namespace {

using Bytes = std::string_view;

constexpr Bytes kHexDigits = "0123456789abcdef";
constexpr Bytes kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum class Format : uint8_t { kHex, kBase64 };

Result<Format> FormatFromName(Bytes name) {
  if (name == "hex") return Format::kHex;
  if (name == "base64") return Format::kBase64;
  return InvalidArgument("unrecognized encoding: \"" + std::string(name) + "\"")
      .WithSqlState("22023")
      .WithHint("Use \"hex\" or \"base64\".");
}

void AppendHex(Bytes bytes, std::string* out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *out += kHexDigits[byte >> 4];
    *out += kHexDigits[byte & 15];
  }
}

void AppendBase64(Bytes bytes, std::string* out) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min<size_t>(3, bytes.size()))) {
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = (group << 8) | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0);
    }
    for (size_t i = 0; i < 4; ++i) {
      *out += i > bytes.size() ? '=' : kBase64Digits[(group >> (18 - 6 * i)) & 63];
    }
  }
}

Status Malformed(Bytes text, std::string_view format) {
  return InvalidArgument("invalid " + std::string(format) + " data: \"" +
                         std::string(text.substr(0, 40)) + "\"")
      .WithSqlState("22023");
}

Status DecodeHex(Bytes text, std::string* out) {
  const auto digit = [](char c) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
    return kHexDigits.find(lower);
  };
  if (text.size() % 2 != 0) return Malformed(text, "hexadecimal");
  for (size_t i = 0; i < text.size(); i += 2) {
    const size_t high = digit(text[i]);
    const size_t low = digit(text[i + 1]);
    if (high == Bytes::npos || low == Bytes::npos) return Malformed(text, "hexadecimal");
    *out += static_cast<char>(high << 4 | low);
  }
  return Status::Ok();
}

Status DecodeBase64(Bytes text, std::string* out) {
  uint32_t group = 0;
  int bits = 0;
  size_t digits = 0;
  size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == ' ') continue;
    ++digits;
    if (c == '=') {
      ++padding;
      continue;
    }
    const size_t value = kBase64Digits.find(c);
    if (value == Bytes::npos || padding > 0) return Malformed(text, "base64");
    group = (group << 6 | static_cast<uint32_t>(value)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      *out += static_cast<char>((group >> bits) & 0xff);
    }
  }
  if (digits % 4 != 0 || padding > 2) return Malformed(text, "base64");
  return Status::Ok();
}

Status Encode(KernelCall& call, Column* out) {
  return MapText<Bytes, Bytes>(call, out, [](Bytes bytes, Bytes name, std::string* o) -> Status {
    ASSIGN_OR_RETURN(const Format format, FormatFromName(name));
    if (bytes.size() > kValueBytesMax / 2) return ValueTooLong();
    format == Format::kHex ? AppendHex(bytes, o) : AppendBase64(bytes, o);
    return Status::Ok();
  });
}

Status Decode(KernelCall& call, Column* out) {
  return MapText<Bytes, Bytes>(call, out, [](Bytes text, Bytes name, std::string* o) -> Status {
    ASSIGN_OR_RETURN(const Format format, FormatFromName(name));
    return format == Format::kHex ? DecodeHex(text, o) : DecodeBase64(text, o);
  });
}

}  // namespace

void AddEncoding(std::vector<Function>* functions) {
  const Function all[] = {
      Define("encode(bytes, text) text", Encode, kUnbounded),
      Define("decode(text, text) bytes", Decode),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
