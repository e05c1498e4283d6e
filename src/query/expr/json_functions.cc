// JSON operators and functions. JSON arguments may also be TEXT, which is checked
// first: 22P02 when it is not JSON.
//
// A path is given as further arguments, `json_get_int(doc, 'a', 0)`, or for #>
// and #>> as text '{a,0}'. A step that leads nowhere gives NULL.
#include <optional>
#include <vector>

#include "query/expr/families.h"
#include "query/expr/json_slice.h"
#include "query/expr/kernel.h"
#include "types/json_text.h"

namespace millrace::expr {
namespace {

using Text = std::string_view;
using Found = std::optional<JsonSlice>;

// Argument `argument` of one row as a document.
Result<JsonSlice> DocumentAt(const KernelCall& call, size_t argument, size_t row) {
  const Text text = call.Get<Text>(argument, row);
  if (call.arguments[argument].column().type().id != TypeId::kJson) {
    RETURN_IF_ERROR(ValidateJson(text));
  }
  return JsonSlice::Root(text);
}

// Follows arguments 1, 2, ... as a path.
Result<Found> FollowArguments(const KernelCall& call, size_t row) {
  ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
  Found at = root;
  for (size_t i = 1; i < call.arguments.size() && at.has_value(); ++i) {
    at = at->Step(call.Get<Text>(i, row));
  }
  return at;
}

// The elements of '{a,"b c",0}': PostgreSQL's text form of a text array.
std::vector<std::string> ParseTextArray(Text text) {
  std::vector<std::string> elements;
  if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
  if (text.empty()) return elements;
  std::string element;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\\' && i + 1 < text.size()) {
      element += text[++i];
    } else if (c == ',' && !quoted) {
      elements.push_back(std::move(element));
      element.clear();
    } else {
      element += c;
    }
  }
  elements.push_back(std::move(element));
  return elements;
}

Result<Found> FollowTextArray(const KernelCall& call, size_t row) {
  ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
  Found at = root;
  for (const std::string& step : ParseTextArray(call.Get<Text>(1, row))) {
    if (at.has_value()) at = at->Step(step);
  }
  return at;
}

Result<Found> FollowKey(const KernelCall& call, size_t row) {
  ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
  return root.Member(call.Get<Text>(1, row));
}

Result<Found> FollowIndex(const KernelCall& call, size_t row) {
  ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
  return root.Element(call.Get<int64_t>(1, row));
}

using Follow = Result<Found> (*)(const KernelCall&, size_t);

// Calls `emit(slice)` on what each row's path leads to; nowhere is NULL.
template <Follow kFollow, typename Emit>
Status ForEachFound(KernelCall& call, Column* out, Emit emit) {
  for (size_t row = 0; row < call.rows; ++row) {
    if (!call.IsValid(row)) {
      out->AppendNull();
      continue;
    }
    ASSIGN_OR_RETURN(const Found found, kFollow(call, row));
    if (found.has_value()) {
      RETURN_IF_ERROR(emit(*found));
    } else {
      out->AppendNull();
    }
  }
  return Status::Ok();
}

template <Follow kFollow>
Status GetJson(KernelCall& call, Column* out) {
  std::string buffer;
  return ForEachFound<kFollow>(call, out, [&](const JsonSlice& slice) {
    buffer.clear();
    slice.AppendCompact(&buffer);
    return AppendResult(call, buffer, out);
  });
}

// A JSON string may hold \u0000, a TEXT may not.
Status AppendTextOfJson(const KernelCall& call, std::string_view text, Column* out) {
  if (text.find('\0') == std::string_view::npos) return AppendResult(call, text, out);
  return InvalidArgument("unsupported Unicode escape sequence")
      .WithSqlState("22P05")
      .WithDetail("\\u0000 cannot be converted to text.");
}

// JSON null is SQL NULL as a text.
template <Follow kFollow>
Status GetText(KernelCall& call, Column* out) {
  std::string buffer;
  return ForEachFound<kFollow>(call, out, [&](const JsonSlice& slice) {
    if (slice.kind() == JsonKind::kNull) {
      out->AppendNull();
      return Status::Ok();
    }
    buffer.clear();
    slice.AppendText(&buffer);
    return AppendTextOfJson(call, buffer, out);
  });
}

// json_get_*: the value when it is of that kind, else NULL. `convert` gives an
// optional payload.
template <typename Convert>
Status GetScalar(KernelCall& call, Column* out, Convert convert) {
  return ForEachFound<FollowArguments>(call, out, [&](const JsonSlice& slice) {
    const auto payload = convert(slice);
    if (payload.has_value()) {
      out->Append(*payload);
    } else {
      out->AppendNull();
    }
    return Status::Ok();
  });
}

Status GetString(KernelCall& call, Column* out) {
  std::string buffer;
  return ForEachFound<FollowArguments>(call, out, [&](const JsonSlice& slice) {
    if (slice.kind() != JsonKind::kString) {
      out->AppendNull();
      return Status::Ok();
    }
    buffer.clear();
    slice.AppendString(&buffer);
    return AppendTextOfJson(call, buffer, out);
  });
}

Status GetInteger(KernelCall& call, Column* out) {
  return GetScalar(call, out, [](const JsonSlice& slice) -> std::optional<int64_t> {
    return slice.kind() == JsonKind::kNumber ? slice.Integer() : std::nullopt;
  });
}

Status GetDouble(KernelCall& call, Column* out) {
  return GetScalar(call, out, [](const JsonSlice& slice) -> std::optional<double> {
    if (slice.kind() != JsonKind::kNumber) return std::nullopt;
    return slice.Number();
  });
}

Status GetBoolean(KernelCall& call, Column* out) {
  return GetScalar(call, out, [](const JsonSlice& slice) -> std::optional<uint8_t> {
    if (slice.kind() != JsonKind::kBoolean) return std::nullopt;
    return slice.boolean() ? 1 : 0;
  });
}

// Elements or members at a path; NULL for a value that holds none.
Status GetLength(KernelCall& call, Column* out) {
  return GetScalar(call, out, [](const JsonSlice& slice) -> std::optional<int64_t> {
    if (slice.kind() != JsonKind::kArray && slice.kind() != JsonKind::kObject) return std::nullopt;
    return static_cast<int64_t>(slice.size());
  });
}

// Runs `test(row) -> Result<bool>` on every row without a null.
template <typename Test>
Status TestRows(KernelCall& call, Column* out, Test test) {
  const std::span<uint8_t> payloads = out->Resize<uint8_t>(call.rows);
  for (size_t row = 0; row < call.rows; ++row) {
    if (!call.IsValid(row)) continue;
    ASSIGN_OR_RETURN(const bool result, test(row));
    payloads[row] = result ? 1 : 0;
  }
  FinishNulls(call, out, payloads);
  return Status::Ok();
}

Status PathExists(KernelCall& call, Column* out) {
  return TestRows(call, out, [&](size_t row) -> Result<bool> {
    ASSIGN_OR_RETURN(const Found found, FollowArguments(call, row));
    return found.has_value();
  });
}

// left @> right; with the arguments exchanged for <@.
template <size_t kWhole, size_t kPart>
Status Contains(KernelCall& call, Column* out) {
  return TestRows(call, out, [&](size_t row) -> Result<bool> {
    ASSIGN_OR_RETURN(const JsonSlice whole, DocumentAt(call, kWhole, row));
    ASSIGN_OR_RETURN(const JsonSlice part, DocumentAt(call, kPart, row));
    RETURN_IF_ERROR(CheckSteps(call, whole.text().size(), part.text().size()));
    return whole.Contains(part);
  });
}

// Whether a text is a key of an object, an element of an array, or the value.
bool HasKey(const JsonSlice& slice, Text key) {
  const auto is_key = [&](const JsonSlice& candidate) {
    std::string value;
    if (candidate.kind() == JsonKind::kString) candidate.AppendString(&value);
    return candidate.kind() == JsonKind::kString && value == key;
  };
  if (slice.kind() == JsonKind::kObject) return slice.Member(key).has_value();
  if (slice.kind() != JsonKind::kArray) return is_key(slice);
  for (JsonSlice::Iterator it(slice); it.Next();) {
    if (is_key(it.value())) return true;
  }
  return false;
}

Status KeyExists(KernelCall& call, Column* out) {
  return TestRows(call, out, [&](size_t row) -> Result<bool> {
    ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
    return HasKey(root, call.Get<Text>(1, row));
  });
}

enum class Wanted : uint8_t { kAny, kAll };

template <Wanted kWanted>
bool HasKeys(const JsonSlice& slice, std::span<const std::string> keys) {
  for (const std::string& key : keys) {
    if (HasKey(slice, key) == (kWanted == Wanted::kAny)) return kWanted == Wanted::kAny;
  }
  return kWanted == Wanted::kAll;
}

template <Wanted kWanted>
Status KeysInTextArray(KernelCall& call, Column* out) {
  return TestRows(call, out, [&](size_t row) -> Result<bool> {
    ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
    const Text keys = call.Get<Text>(1, row);
    RETURN_IF_ERROR(CheckSteps(call, root.text().size(), keys.size()));
    return HasKeys<kWanted>(root, ParseTextArray(keys));
  });
}

template <Wanted kWanted>
Status KeysInArguments(KernelCall& call, Column* out) {
  return TestRows(call, out, [&](size_t row) -> Result<bool> {
    ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
    std::vector<std::string> keys;
    for (size_t i = 1; i < call.arguments.size(); ++i) keys.emplace_back(call.Get<Text>(i, row));
    RETURN_IF_ERROR(CheckSteps(call, root.text().size(), keys.size()));
    return HasKeys<kWanted>(root, keys);
  });
}

Status TypeOf(KernelCall& call, Column* out) {
  static constexpr Text kNames[] = {"null", "boolean", "number", "string", "array", "object"};
  for (size_t row = 0; row < call.rows; ++row) {
    if (!call.IsValid(row)) {
      out->AppendNull();
      continue;
    }
    ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
    out->AppendBytes(kNames[static_cast<size_t>(root.kind())]);
  }
  return Status::Ok();
}

Status ArrayLength(KernelCall& call, Column* out) {
  for (size_t row = 0; row < call.rows; ++row) {
    if (!call.IsValid(row)) {
      out->AppendNull();
      continue;
    }
    ASSIGN_OR_RETURN(const JsonSlice root, DocumentAt(call, 0, row));
    if (root.kind() != JsonKind::kArray) {
      return InvalidArgument("cannot get array length of a JSON value that is no array")
          .WithSqlState("22023");
    }
    out->Append(static_cast<int64_t>(root.size()));
  }
  return Status::Ok();
}

constexpr FunctionTraits kMayMiss = {.may_give_null = true};
constexpr FunctionTraits kOperatorMayMiss = {.may_give_null = true, .is_operator = true};

}  // namespace

void AddJson(std::vector<Function>* functions) {
  const Function all[] = {
      Define("->(text, text) json", GetJson<FollowKey>, kOperatorMayMiss),
      Define("->(text, bigint) json", GetJson<FollowIndex>, kOperatorMayMiss),
      Define("->>(text, text) text", GetText<FollowKey>, kOperatorMayMiss),
      Define("->>(text, bigint) text", GetText<FollowIndex>, kOperatorMayMiss),
      Define("#>(text, text) json", GetJson<FollowTextArray>, kOperatorMayMiss),
      Define("#>>(text, text) text", GetText<FollowTextArray>, kOperatorMayMiss),
      Define("@>(text, text) boolean", Contains<0, 1>, kQuadraticOperator),
      Define("<@(text, text) boolean", Contains<1, 0>, kQuadraticOperator),
      Define("?(text, text) boolean", KeyExists, kOperator),
      Define("?|(text, text) boolean", KeysInTextArray<Wanted::kAny>, kQuadraticOperator),
      Define("?&(text, text) boolean", KeysInTextArray<Wanted::kAll>, kQuadraticOperator),
      Define("jsonb_exists(text, text) boolean", KeyExists),
      Define("jsonb_exists_any(text, text...) boolean", KeysInArguments<Wanted::kAny>, kQuadratic),
      Define("jsonb_exists_all(text, text...) boolean", KeysInArguments<Wanted::kAll>, kQuadratic),
      Define("json_extract_path(text, text...) json", GetJson<FollowArguments>, kMayMiss),
      Define("json_extract_path_text(text, text...) text", GetText<FollowArguments>, kMayMiss),
      Define("jsonb_extract_path(text, text...) json", GetJson<FollowArguments>, kMayMiss),
      Define("jsonb_extract_path_text(text, text...) text", GetText<FollowArguments>, kMayMiss),
      Define("json_get(text, text...) json", GetJson<FollowArguments>, kMayMiss),
      Define("json_get_json(text, text...) json", GetJson<FollowArguments>, kMayMiss),
      Define("json_get_str(text, text...) text", GetString, kMayMiss),
      Define("json_get_int(text, text...) bigint", GetInteger, kMayMiss),
      Define("json_get_float(text, text...) double", GetDouble, kMayMiss),
      Define("json_get_bool(text, text...) boolean", GetBoolean, kMayMiss),
      Define("json_as_text(text, text...) text", GetText<FollowArguments>, kMayMiss),
      Define("json_length(text [, text...]) bigint", GetLength, kMayMiss),
      Define("json_contains(text, text...) boolean", PathExists),
      Define("json_typeof(text) text", TypeOf),
      Define("jsonb_typeof(text) text", TypeOf),
      Define("json_array_length(text) bigint", ArrayLength),
      Define("jsonb_array_length(text) bigint", ArrayLength),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
