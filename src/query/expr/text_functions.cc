// Functions on TEXT. Positions and lengths count characters, not bytes.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "query/expr/families.h"
#include "query/expr/kernel.h"
#include "query/expr/utf8.h"

namespace millrace::expr {
namespace {

using Text = std::string_view;

// Appends unless the value would become too long.
Status AppendWithin(Text part, std::string* out) {
  if (part.size() > kValueBytesMax - out->size()) return ValueTooLong();
  out->append(part);
  return Status::Ok();
}

// Where `needle` begins in `text`, else npos; linear, which find() is not.
size_t FindText(Text text, Text needle) {
  if (needle.empty()) return 0;
  const void* found = memmem(text.data(), text.size(), needle.data(), needle.size());
  if (found == nullptr) return Text::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

Status Length(KernelCall& call, Column* out) {
  return MapRows<Text>(call, out, [](Text t) { return static_cast<int64_t>(CountChars(t)); });
}
Status OctetLength(KernelCall& call, Column* out) {
  return MapRows<Text>(call, out, [](Text t) { return static_cast<int64_t>(t.size()); });
}
Status BitLength(KernelCall& call, Column* out) {
  return MapRows<Text>(call, out, [](Text t) { return static_cast<int64_t>(t.size() * 8); });
}
Status Lower(KernelCall& call, Column* out) {
  return MapText<Text>(call, out, [](Text t, std::string* o) { AppendLower(o, t); });
}
Status Upper(KernelCall& call, Column* out) {
  return MapText<Text>(call, out, [](Text t, std::string* o) { AppendUpper(o, t); });
}

bool IsWordChar(uint32_t code) {
  if (code < 0x80) {
    return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
           (code >= 'A' && code <= 'Z');
  }
  return true;
}

Status InitCap(KernelCall& call, Column* out) {
  return MapText<Text>(call, out, [](Text t, std::string* o) {
    bool inside = false;
    while (!t.empty()) {
      const DecodedChar decoded = DecodeChar(t);
      AppendChar(o, inside ? LowerChar(decoded.code) : UpperChar(decoded.code));
      inside = IsWordChar(decoded.code);
      t.remove_prefix(decoded.bytes);
    }
  });
}

// ---- Trimming ---------------------------------------------------------------

bool HasChar(Text set, Text text_char) {
  while (!set.empty()) {
    const size_t bytes = std::min(CharBytes(set.front()), set.size());
    if (set.substr(0, bytes) == text_char) return true;
    set.remove_prefix(bytes);
  }
  return false;
}

Text TrimLeft(Text text, Text set) {
  while (!text.empty()) {
    const size_t bytes = std::min(CharBytes(text.front()), text.size());
    if (!HasChar(set, text.substr(0, bytes))) break;
    text.remove_prefix(bytes);
  }
  return text;
}

Text TrimRight(Text text, Text set) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) --begin;
    if (!HasChar(set, text.substr(begin))) break;
    text = text.substr(0, begin);
  }
  return text;
}

enum class Side : uint8_t { kLeft, kRight, kBoth };

template <Side kSide>
Text TrimSide(Text text, Text set) {
  if (kSide != Side::kRight) text = TrimLeft(text, set);
  if (kSide != Side::kLeft) text = TrimRight(text, set);
  return text;
}

template <Side kSide>
Status Trim(KernelCall& call, Column* out) {
  if (call.arguments.size() == 1) {
    return MapRows<Text>(call, out, [](Text t) { return TrimSide<kSide>(t, " "); });
  }
  return MapRows<Text, Text>(call, out, [&call](Text t, Text set) -> Result<Text> {
    RETURN_IF_ERROR(CheckSteps(call, t.size(), set.size()));
    return TrimSide<kSide>(t, set);
  });
}

// ---- Parts ------------------------------------------------------------------

// Characters from `start` (counting from 1, may lie before the text) up to but
// not including `end`.
Text Between(Text text, int64_t start, int64_t end) {
  const int64_t first = std::max<int64_t>(start, 1);
  if (end <= first) return {};
  const size_t begin = ByteOfChar(text, static_cast<size_t>(first - 1));
  const Text rest = text.substr(begin);
  return rest.substr(0, ByteOfChar(rest, static_cast<size_t>(end - first)));
}

Status Substring(KernelCall& call, Column* out) {
  if (call.arguments.size() == 2) {
    return MapRows<Text, int64_t>(call, out, [](Text t, int64_t start) {
      return Between(t, start, std::numeric_limits<int64_t>::max());
    });
  }
  return MapRows<Text, int64_t, int64_t>(
      call, out, [](Text t, int64_t start, int64_t length) -> Result<Text> {
        if (length < 0) {
          return InvalidArgument("negative substring length not allowed").WithSqlState("22011");
        }
        int64_t end;
        if (__builtin_add_overflow(start, length, &end)) end = std::numeric_limits<int64_t>::max();
        return Between(t, start, end);
      });
}

// The first n characters; all but the last -n when n is negative.
Status Left(KernelCall& call, Column* out) {
  return MapRows<Text, int64_t>(call, out, [](Text t, int64_t n) {
    if (n < 0) n = std::max<int64_t>(0, static_cast<int64_t>(CountChars(t)) + n);
    return t.substr(0, ByteOfChar(t, static_cast<size_t>(n)));
  });
}

Status Right(KernelCall& call, Column* out) {
  return MapRows<Text, int64_t>(call, out, [](Text t, int64_t n) {
    const auto chars = static_cast<int64_t>(CountChars(t));
    const int64_t skipped = n < 0 ? -std::max(n, -chars) : std::max<int64_t>(0, chars - n);
    return t.substr(ByteOfChar(t, static_cast<size_t>(skipped)));
  });
}

int64_t PositionOf(Text haystack, Text needle) {
  const size_t byte = FindText(haystack, needle);
  if (byte == Text::npos) return 0;
  return static_cast<int64_t>(CountChars(haystack.substr(0, byte))) + 1;
}

Status StrPos(KernelCall& call, Column* out) { return MapRows<Text, Text>(call, out, PositionOf); }
Status Position(KernelCall& call, Column* out) {
  return MapRows<Text, Text>(call, out,
                             [](Text needle, Text text) { return PositionOf(text, needle); });
}
Status StartsWith(KernelCall& call, Column* out) {
  return MapRows<Text, Text>(call, out, [](Text t, Text prefix) { return t.starts_with(prefix); });
}
Status EndsWith(KernelCall& call, Column* out) {
  return MapRows<Text, Text>(call, out, [](Text t, Text suffix) { return t.ends_with(suffix); });
}

// Field n of the text split at each separator; a negative n counts from the end.
Result<Text> SplitPart(Text text, Text separator, int64_t n) {
  if (n == 0) {
    return InvalidArgument("field position must not be zero").WithSqlState("22023");
  }
  if (separator.empty()) return n == 1 || n == -1 ? text : Text{};
  std::vector<Text> parts;
  while (true) {
    const size_t at = FindText(text, separator);
    parts.push_back(text.substr(0, at));
    if (at == Text::npos) break;
    if (n > 0 && parts.size() == static_cast<size_t>(n)) break;
    text.remove_prefix(at + separator.size());
  }
  const auto count = static_cast<int64_t>(parts.size());
  const int64_t index = n > 0 ? n - 1 : count + n;
  return index < 0 || index >= count ? Text{} : parts[static_cast<size_t>(index)];
}

Status SplitPartKernel(KernelCall& call, Column* out) {
  return MapRows<Text, Text, int64_t>(call, out, SplitPart);
}

// ---- Building ---------------------------------------------------------------

Status Concat2(KernelCall& call, Column* out) {
  return MapText<Text, Text>(call, out, [](Text a, Text b, std::string* o) -> Status {
    RETURN_IF_ERROR(AppendWithin(a, o));
    return AppendWithin(b, o);
  });
}

// concat(): nulls are empty.
Status Concat(KernelCall& call, Column* out) {
  std::string buffer;
  for (size_t row = 0; row < call.rows; ++row) {
    buffer.clear();
    for (const ColumnHandle& argument : call.arguments) {
      if (argument.is_null(row)) continue;
      RETURN_IF_ERROR(AppendWithin(argument.Get<Text>(row), &buffer));
    }
    RETURN_IF_ERROR(AppendResult(call, buffer, out));
  }
  return Status::Ok();
}

// concat_ws(separator, ...): null when the separator is; other nulls are left out.
Status ConcatWithSeparator(KernelCall& call, Column* out) {
  std::string buffer;
  for (size_t row = 0; row < call.rows; ++row) {
    if (call.arguments[0].is_null(row)) {
      out->AppendNull();
      continue;
    }
    buffer.clear();
    bool first = true;
    for (const ColumnHandle& argument : call.arguments.subspan(1)) {
      if (argument.is_null(row)) continue;
      if (!first) RETURN_IF_ERROR(AppendWithin(call.Get<Text>(0, row), &buffer));
      RETURN_IF_ERROR(AppendWithin(argument.Get<Text>(row), &buffer));
      first = false;
    }
    RETURN_IF_ERROR(AppendResult(call, buffer, out));
  }
  return Status::Ok();
}

Status Replace(KernelCall& call, Column* out) {
  return MapText<Text, Text, Text>(
      call, out, [](Text t, Text from, Text to, std::string* o) -> Status {
        if (from.empty()) return AppendWithin(t, o);
        for (size_t at = FindText(t, from); at != Text::npos; at = FindText(t, from)) {
          RETURN_IF_ERROR(AppendWithin(t.substr(0, at), o));
          RETURN_IF_ERROR(AppendWithin(to, o));
          t.remove_prefix(at + from.size());
        }
        return AppendWithin(t, o);
      });
}

Status Repeat(KernelCall& call, Column* out) {
  return MapText<Text, int64_t>(call, out, [](Text t, int64_t n, std::string* o) -> Status {
    if (n <= 0 || t.empty()) return Status::Ok();
    if (static_cast<uint64_t>(n) > kValueBytesMax / t.size()) return ValueTooLong();
    for (int64_t i = 0; i < n; ++i) o->append(t);
    return Status::Ok();
  });
}

Status Reverse(KernelCall& call, Column* out) {
  return MapText<Text>(call, out, [](Text t, std::string* o) {
    o->resize(t.size());
    size_t end = t.size();
    while (!t.empty()) {
      const size_t bytes = std::min(CharBytes(t.front()), t.size());
      end -= bytes;
      t.copy(o->data() + end, bytes);
      t.remove_prefix(bytes);
    }
  });
}

// Brings the text to `length` characters: cut, or filled on one side.
template <Side kSide>
Status PadTo(Text text, int64_t length, Text fill, std::string* out) {
  if (length <= 0) return Status::Ok();
  if (static_cast<uint64_t>(length) > kValueBytesMax / 4) return ValueTooLong();
  const auto wanted = static_cast<size_t>(length);
  const size_t chars = CountChars(text);
  if (chars >= wanted || fill.empty()) {
    out->append(text.substr(0, ByteOfChar(text, wanted)));
    return Status::Ok();
  }
  if (kSide == Side::kRight) out->append(text);
  Text rest = fill;
  for (size_t missing = wanted - chars; missing > 0; --missing) {
    if (rest.empty()) rest = fill;
    const size_t bytes = std::min(CharBytes(rest.front()), rest.size());
    out->append(rest.substr(0, bytes));
    rest.remove_prefix(bytes);
  }
  if (kSide == Side::kLeft) out->append(text);
  return Status::Ok();
}

template <Side kSide>
Status Pad(KernelCall& call, Column* out) {
  if (call.arguments.size() == 2) {
    return MapText<Text, int64_t>(
        call, out, [](Text t, int64_t n, std::string* o) { return PadTo<kSide>(t, n, " ", o); });
  }
  return MapText<Text, int64_t, Text>(call, out, [](Text t, int64_t n, Text f, std::string* o) {
    return PadTo<kSide>(t, n, f, o);
  });
}

// ---- Codes ------------------------------------------------------------------

Status Ascii(KernelCall& call, Column* out) {
  return MapRows<Text>(
      call, out, [](Text t) { return t.empty() ? 0 : static_cast<int32_t>(DecodeChar(t).code); });
}

Status Chr(KernelCall& call, Column* out) {
  return MapText<int64_t>(call, out, [](int64_t code, std::string* o) -> Status {
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    if (code <= 0 || code > 0x10ffff || surrogate) {
      return InvalidArgument("requested character " + std::to_string(code) + " is not valid")
          .WithSqlState("54000");
    }
    AppendChar(o, static_cast<uint32_t>(code));
    return Status::Ok();
  });
}

template <typename T>
Status ToHex(KernelCall& call, Column* out) {
  return MapText<T>(call, out, [](T number, std::string* o) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof(digits),
                                   static_cast<std::make_unsigned_t<T>>(number), 16);
    o->append(digits, end.ptr);
  });
}

constexpr FunctionTraits kOnNullTotal = {.nulls = NullRule::kCalledOnNull};
constexpr FunctionTraits kOnNull = {.may_give_null = true, .nulls = NullRule::kCalledOnNull};

}  // namespace

void AddText(std::vector<Function>* functions) {
  const Function all[] = {
      Define("length(text) bigint", Length, kTotal),
      Define("length(bytes) bigint", OctetLength, kTotal),
      Define("char_length(text) bigint", Length, kTotal),
      Define("character_length(text) bigint", Length, kTotal),
      Define("octet_length(bytes) bigint", OctetLength, kTotal),
      Define("octet_length(text) bigint", OctetLength, kTotal),
      Define("bit_length(text) bigint", BitLength, kTotal),
      Define("lower(text) text", Lower),
      Define("upper(text) text", Upper),
      Define("initcap(text) text", InitCap),
      Define("trim(text [, text]) text", Trim<Side::kBoth>, kQuadratic),
      Define("btrim(text [, text]) text", Trim<Side::kBoth>, kQuadratic),
      Define("ltrim(text [, text]) text", Trim<Side::kLeft>, kQuadratic),
      Define("rtrim(text [, text]) text", Trim<Side::kRight>, kQuadratic),
      Define("substr(text, bigint [, bigint]) text", Substring),
      Define("substring(text, bigint [, bigint]) text", Substring),
      Define("left(text, bigint) text", Left, kTotal),
      Define("right(text, bigint) text", Right, kTotal),
      Define("position(text, text) bigint", Position, kTotal),
      Define("strpos(text, text) bigint", StrPos, kTotal),
      Define("starts_with(text, text) boolean", StartsWith, kTotal),
      Define("ends_with(text, text) boolean", EndsWith, kTotal),
      Define("split_part(text, text, bigint) text", SplitPartKernel),
      Define("||(text, text) text", Concat2, kOperator),
      Define("concat(text...) text", Concat, kOnNullTotal),
      Define("concat_ws(text, text...) text", ConcatWithSeparator, kOnNull),
      Define("replace(text, text, text) text", Replace, kUnbounded),
      Define("repeat(text, bigint) text", Repeat, kUnbounded),
      Define("repeat(bytes, bigint) bytes", Repeat, kUnbounded),
      Define("reverse(text) text", Reverse),
      Define("lpad(text, bigint [, text]) text", Pad<Side::kLeft>, kUnbounded),
      Define("rpad(text, bigint [, text]) text", Pad<Side::kRight>, kUnbounded),
      Define("ascii(text) int", Ascii, kTotal),
      Define("chr(bigint) text", Chr),
      Define("to_hex(int) text", ToHex<int32_t>, kTotal),
      Define("to_hex(bigint) text", ToHex<int64_t>, kTotal),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
