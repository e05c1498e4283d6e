#include "query/sql/printer.h"

#include <charconv>

#include "query/sql/keywords.h"
#include "query/sql/printer_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {
namespace {

// Letters of one case, digits and _, not starting with a digit.
bool IsPlain(std::string_view word, char first_letter, char last_letter) {
  if (word.empty() || (word[0] >= '0' && word[0] <= '9')) return false;
  for (const char c : word) {
    const bool letter = c >= first_letter && c <= last_letter;
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '_') return false;
  }
  return true;
}

bool IsPlainLower(std::string_view word) { return IsPlain(word, 'a', 'z'); }
bool IsPlainUpper(std::string_view word) { return IsPlain(word, 'A', 'Z'); }

std::string Enclosed(std::string_view text, char quote) {
  std::string quoted;
  quoted.reserve(text.size() + 2);
  quoted.push_back(quote);
  for (const char c : text) {
    if (c == quote) quoted.push_back(quote);
    quoted.push_back(c);
  }
  quoted.push_back(quote);
  return quoted;
}

// Splits at dots; nothing when a part is not a plain word.
std::vector<std::string_view> PlainParts(std::string_view dotted,
                                         bool (*is_plain)(std::string_view)) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t dot = dotted.find('.');
    const std::string_view part = dotted.substr(0, dot);
    if (!is_plain(part)) return {};
    parts.push_back(part);
    if (dot == std::string_view::npos) return parts;
    dotted.remove_prefix(dot + 1);
  }
}

template <typename T>
std::string PrintAny(const T& node, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(node);
  return printer.Take();
}

}  // namespace

std::string PrintIdentifier(std::string_view identifier) {
  const bool bare =
      IsPlainLower(identifier) && ClassOf(FindKeyword(identifier)) == KeywordClass::kUnreserved;
  return bare ? std::string(identifier) : Enclosed(identifier, '"');
}

std::string PrintString(std::string_view text) { return Enclosed(text, '\''); }

std::string Print(const Statement& statement, const PrintOptions& options) {
  return PrintAny(statement, options);
}
std::string Print(const Query& query, const PrintOptions& options) {
  return PrintAny(query, options);
}
std::string Print(const Expr& expression, const PrintOptions& options) {
  return PrintAny(expression, options);
}
std::string Print(const TypeName& type) { return PrintAny(type, {}); }
std::string Print(const TableName& name) { return PrintAny(name, {}); }

// ---- Pieces -----------------------------------------------------------------

Printer& Printer::AddName(std::string_view identifier) {
  return Add(options_.quote_names ? Enclosed(identifier, '"') : PrintIdentifier(identifier));
}

Printer& Printer::AddCarefully(std::string_view identifier) {
  const bool bare = !options_.quote_names && IsPlainLower(identifier) &&
                    FindKeyword(identifier) == Keyword::kNone;
  return Add(bare ? std::string(identifier) : Enclosed(identifier, '"'));
}

Printer& Printer::AddString(std::string_view text) { return Add(PrintString(text)); }

Printer& Printer::AddSecret(std::string_view text) {
  return options_.hide_secrets ? Add("'***'") : AddString(text);
}

Printer& Printer::AddNumber(uint64_t number) { return Add(std::to_string(number)); }

void Printer::Names(const std::vector<std::string>& names) {
  Add("(");
  List(names, [&](const std::string& name) { AddName(name); });
  Add(")");
}

void Printer::OptionalNames(const std::vector<std::string>& names) {
  if (names.empty()) return;
  Add(" ");
  Names(names);
}

void Printer::Expressions(const std::vector<Expr>& expressions) {
  List(expressions, [&](const Expr& expression) { Print(expression); });
}

void Printer::Print(const TableName& name) {
  if (!name.namespace_name.empty()) AddName(name.namespace_name).Add(".");
  AddName(name.name);
}

void Printer::Print(const TypeName& type) {
  // TIMESTAMPTZ(3) '..' would read as a call; the long form never does.
  const bool zoned =
      (type.name == "TIMESTAMPTZ" || type.name == "TIMETZ") && !type.modifiers.empty();
  const std::string_view name =
      zoned ? std::string_view(type.name).substr(0, type.name.size() - 2) : type.name;
  const bool bare = IsPlainUpper(name) && ClassOf(FindKeyword(name)) != KeywordClass::kReserved;
  Add(bare ? std::string(name) : Enclosed(ToLower(name), '"'));
  if (!type.modifiers.empty()) {
    Add("(");
    List(type.modifiers, [&](int32_t modifier) { Add(std::to_string(modifier)); });
    Add(")");
  }
  AddIf(zoned, " WITH TIME ZONE");
  for (uint32_t i = 0; i < type.array_depth; ++i) Add("[]");
}

void Printer::PrintLiteral(const Literal& literal) {
  static constexpr char kHexDigits[] = "0123456789abcdef";
  switch (literal.kind) {
    case LiteralKind::kNull:
      Add("NULL");
      return;
    case LiteralKind::kBoolean:
      Add(literal.integer != 0 ? "TRUE" : "FALSE");
      return;
    case LiteralKind::kInteger: {
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof(digits), literal.integer).ptr;
      Add({digits, static_cast<size_t>(end - digits)});
      return;
    }
    case LiteralKind::kHugeInteger:
    case LiteralKind::kDecimal:
    case LiteralKind::kFloat:
      Add(literal.text);
      return;
    case LiteralKind::kString:
      AddString(literal.text);
      return;
    case LiteralKind::kBytes:
      Add("X'");
      for (const char c : literal.text) {
        text_.push_back(kHexDigits[static_cast<unsigned char>(c) >> 4]);
        text_.push_back(kHexDigits[static_cast<unsigned char>(c) & 15]);
      }
      Add("'");
      return;
  }
}

// ---- Options and variables --------------------------------------------------

void Printer::PrintOptionName(std::string_view name) {
  const std::vector<std::string_view> parts = PlainParts(name, &IsPlainUpper);
  if (parts.empty()) {
    AddString(name);
  } else {
    Add(name);
  }
}

void Printer::PrintOptionList(const std::vector<Option>& options) {
  Add("(");
  List(options, [&](const Option& option) {
    PrintOptionName(option.name);
    Add(" = ");
    PrintLiteral(option.value);
  });
  Add(")");
}

void Printer::WithOptions(const std::vector<Option>& options) {
  if (options.empty()) return;
  Add(" WITH ");
  PrintOptionList(options);
}

void Printer::PrintVariable(std::string_view name) {
  const std::vector<std::string_view> parts = PlainParts(name, &IsPlainLower);
  if (parts.empty()) {
    Add(Enclosed(name, '"'));
    return;
  }
  for (size_t i = 0; i < parts.size(); ++i) AddIf(i > 0, ".").AddCarefully(parts[i]);
}

void Printer::PrintWord(std::string_view word) {
  const bool bare = IsPlainLower(word) || IsPlainUpper(word);
  Add(bare ? std::string(word) : Enclosed(ToLower(word), '"'));
}

}  // namespace millrace::sql
