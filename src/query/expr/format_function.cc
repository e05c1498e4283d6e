// format(text, ...): %s the value, %I an identifier, %L a literal, %% a percent
// sign; `%2$s` names the argument, `%-10s` and `%*s` give a width. As PostgreSQL
// has it, save that %I does not know which plain words are reserved.
#include <algorithm>
#include <optional>

#include "query/expr/families.h"
#include "query/expr/kernel.h"
#include "query/expr/utf8.h"

namespace millrace::expr {
namespace {

using Text = std::string_view;

Status Invalid(std::string message) {
  return InvalidArgument(std::move(message)).WithSqlState("22023");
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendDoubled(Text text, char quote, std::string* out) {
  for (const char c : text) {
    if (c == quote || (c == '\\' && quote == '\'')) out->push_back(c);
    out->push_back(c);
  }
}

std::string QuotedIdentifier(Text name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || IsDigit(c); };
  if (!name.empty() && !IsDigit(name.front()) && std::ranges::all_of(name, is_plain)) {
    return std::string(name);
  }
  std::string quoted = "\"";
  AppendDoubled(name, '"', &quoted);
  return quoted + '"';
}

std::string QuotedLiteral(Text value) {
  std::string quoted = value.find('\\') == Text::npos ? "'" : "E'";
  AppendDoubled(value, '\'', &quoted);
  return quoted + '\'';
}

// One row's call.
class Formatter {
 public:
  Formatter(const KernelCall& call, size_t row, std::string* out)
      : call_(call), row_(row), out_(out), rest_(call.Get<Text>(0, row)) {}

  Status Run() {
    while (!rest_.empty()) {
      const size_t percent = std::min(rest_.find('%'), rest_.size());
      RETURN_IF_ERROR(Append(rest_.substr(0, percent)));
      rest_.remove_prefix(percent);
      if (rest_.empty()) break;
      rest_.remove_prefix(1);
      RETURN_IF_ERROR(Specifier());
    }
    return Status::Ok();
  }

 private:
  Status Append(Text text) {
    if (text.size() > kValueBytesMax - out_->size()) return ValueTooLong();
    out_->append(text);
    return Status::Ok();
  }

  bool Accept(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  Result<std::optional<int64_t>> Number() {
    if (rest_.empty() || !IsDigit(rest_.front())) return std::optional<int64_t>();
    int64_t number = 0;
    while (!rest_.empty() && IsDigit(rest_.front())) {
      number = number * 10 + (rest_.front() - '0');
      if (number > static_cast<int64_t>(kValueBytesMax)) return Invalid("number is out of range");
      rest_.remove_prefix(1);
    }
    return std::optional<int64_t>(number);
  }

  // The value of argument `number`, or of the next one; null for NULL.
  Result<std::optional<Text>> Argument(std::optional<int64_t> number) {
    if (number.has_value() && *number == 0) {
      return Invalid("format specifies argument 0, but arguments are numbered from 1");
    }
    next_ = number.has_value() ? static_cast<size_t>(*number) : next_;
    const size_t index = next_++;
    if (index >= call_.arguments.size()) return Invalid("too few arguments for format()");
    if (call_.arguments[index].is_null(row_)) return std::optional<Text>();
    return std::optional<Text>(call_.Get<Text>(index, row_));
  }

  // After '*': the width is an argument. Negative means flush left.
  Result<int64_t> WidthArgument() {
    ASSIGN_OR_RETURN(const std::optional<int64_t> number, Number());
    if (number.has_value() && !Accept('$')) {
      return Invalid("width argument position must be ended by \"$\"");
    }
    ASSIGN_OR_RETURN(const std::optional<Text> text, Argument(number));
    if (!text.has_value()) return 0;
    ASSIGN_OR_RETURN(const Value width, CastValue(Value::Text(std::string(*text)), TypeId::kInt));
    return width.integer();
  }

  // What stands after a '%'.
  Status Specifier() {
    if (Accept('%')) return Append("%");
    ASSIGN_OR_RETURN(std::optional<int64_t> position, Number());
    int64_t width = 0;
    bool left = false;
    if (position.has_value() && !Accept('$')) {
      width = *std::exchange(position, std::nullopt);
    } else {
      while (Accept('-')) left = true;
      if (Accept('*')) {
        ASSIGN_OR_RETURN(width, WidthArgument());
      } else {
        ASSIGN_OR_RETURN(const std::optional<int64_t> number, Number());
        width = number.value_or(0);
      }
    }
    if (rest_.empty()) return Unterminated();
    const char type = rest_.front();
    if (type != 's' && type != 'I' && type != 'L') {
      return Invalid("unrecognized format() type specifier \"" +
                     std::string(rest_.substr(0, CharBytes(type))) + "\"")
          .WithHint("For a single \"%\" use \"%%\".");
    }
    rest_.remove_prefix(1);
    ASSIGN_OR_RETURN(const std::optional<Text> value, Argument(position));
    ASSIGN_OR_RETURN(const std::string text, Converted(type, value));
    return AppendPadded(text, width, left || width < 0);
  }

  static Status Unterminated() {
    return Invalid("unterminated format() type specifier")
        .WithHint("For a single \"%\" use \"%%\".");
  }

  static Result<std::string> Converted(char type, std::optional<Text> value) {
    if (value.has_value() && value->size() > kValueBytesMax / 2) return ValueTooLong();
    if (type == 's') return std::string(value.value_or(Text()));
    if (type == 'L') return value.has_value() ? QuotedLiteral(*value) : std::string("NULL");
    if (value.has_value()) return QuotedIdentifier(*value);
    return InvalidArgument("null values cannot be formatted as an SQL identifier")
        .WithSqlState("22004");
  }

  Status AppendPadded(Text text, int64_t width, bool left) {
    const auto wanted = static_cast<size_t>(std::abs(width));
    const size_t chars = wanted == 0 ? 0 : CountChars(text);
    const size_t missing = wanted > chars ? wanted - chars : 0;
    if (missing > kValueBytesMax - out_->size()) return ValueTooLong();
    if (!left) out_->append(missing, ' ');
    RETURN_IF_ERROR(Append(text));
    if (left) {
      if (missing > kValueBytesMax - out_->size()) return ValueTooLong();
      out_->append(missing, ' ');
    }
    return Status::Ok();
  }

  const KernelCall& call_;
  const size_t row_;
  std::string* const out_;
  Text rest_;
  size_t next_ = 1;
};

Status Format(KernelCall& call, Column* out) {
  std::string buffer;
  for (size_t row = 0; row < call.rows; ++row) {
    if (call.arguments[0].is_null(row)) {
      out->AppendNull();
      continue;
    }
    buffer.clear();
    RETURN_IF_ERROR(Formatter(call, row, &buffer).Run());
    RETURN_IF_ERROR(AppendResult(call, buffer, out));
  }
  return Status::Ok();
}

}  // namespace

void AddFormat(std::vector<Function>* functions) {
  functions->push_back(
      Define("format(text [, text...]) text", Format,
             {.may_give_null = true, .nulls = NullRule::kCalledOnNull, .cost = Cost::kUnbounded}));
}

}  // namespace millrace::expr
