#include "query/expr/registry.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "base/nearest_name.h"
#include "query/expr/coercion.h"
#include "query/expr/families.h"

namespace millrace::expr {
namespace {

struct TypeWord {
  std::string_view word;
  TypeId id;
};
constexpr TypeWord kTypeWords[] = {
    {"any", TypeId::kNull},
    {"boolean", TypeId::kBoolean},
    {"smallint", TypeId::kSmallInt},
    {"int", TypeId::kInt},
    {"bigint", TypeId::kBigInt},
    {"decimal", TypeId::kDecimal},
    {"float", TypeId::kFloat},
    {"double", TypeId::kDouble},
    {"text", TypeId::kText},
    {"json", TypeId::kJson},
    {"bytes", TypeId::kBytes},
    {"timestamp", TypeId::kTimestamp},
    {"datetime", TypeId::kDateTime},
    {"date", TypeId::kDate},
    {"time", TypeId::kTime},
    {"uuid", TypeId::kUuid},
    {"embedding", TypeId::kEmbedding},
    {"interval", TypeId::kInterval},
};

TypeId TypeFromWord(std::string_view word) {
  for (const TypeWord& entry : kTypeWords) {
    if (entry.word == word) return entry.id;
  }
  MR_ASSERT(false, "unknown type in a function signature");
}

std::string_view WordOf(TypeId id) {
  for (const TypeWord& entry : kTypeWords) {
    if (entry.id == id) return entry.word;
  }
  return "file";
}

// Reads "(text, int [, text]) text" after the name.
Signature ParseParameters(std::string_view list) {
  Signature signature;
  bool optional = false;
  while (!list.empty()) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (list.front() == '[') optional = true;
    if (list.starts_with("...")) signature.variadic = true;
    if (!is_letter(list.front())) {
      list.remove_prefix(1);
      continue;
    }
    const auto length =
        static_cast<size_t>(std::ranges::find_if_not(list, is_letter) - list.begin());
    signature.parameters.push_back(TypeFromWord(list.substr(0, length)));
    if (!optional) ++signature.required;
    list.remove_prefix(length);
  }
  return signature;
}

class Registry {
 public:
  Registry() {
    std::vector<Function> functions;
    AddArithmetic(&functions);
    AddMath(&functions);
    AddText(&functions);
    AddFormat(&functions);
    AddPattern(&functions);
    AddEncoding(&functions);
    AddTemporal(&functions);
    AddContext(&functions);
    AddConditional(&functions);
    AddJson(&functions);
    AddVector(&functions);
    for (Function& function : functions) by_name_[function.name].push_back(std::move(function));
    for (const auto& [name, overloads] : by_name_) {
      if (std::islower(static_cast<unsigned char>(name.front())) != 0) names_.push_back(name);
    }
  }

  std::span<const Function> Find(std::string_view name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return {};
    return found->second;
  }
  std::span<const std::string_view> names() const { return names_; }

 private:
  std::map<std::string_view, std::vector<Function>> by_name_;
  std::vector<std::string_view> names_;
};

// Constant data: built at first use, never changed.
const Registry& Builtin() {
  static const Registry registry;
  return registry;
}

// The type an argument counts as: its own, or Null while it is untyped.
std::vector<SqlType> ArgumentTypes(std::span<const NodePtr> arguments) {
  std::vector<SqlType> types;
  types.reserve(arguments.size());
  for (const NodePtr& argument : arguments) {
    types.push_back(IsUntyped(*argument) ? SqlType() : argument->type());
  }
  return types;
}

std::optional<int> DistanceTo(const SqlType& from, TypeId parameter) {
  if (from.id == TypeId::kNull) {
    // Untyped: a text if that will do, among numbers the one that takes them all.
    if (parameter == TypeId::kText) return 0;
    return parameter == TypeId::kDouble ? 1 : 2;
  }
  if (parameter == TypeId::kNull) return 1;
  if (parameter == TypeId::kDecimal) {
    const SqlType as_decimal = AsDecimal(from);
    if (as_decimal.id != TypeId::kDecimal) return std::nullopt;
    return ImplicitDistance(from, as_decimal);
  }
  if (parameter == from.id) return 0;
  return ImplicitDistance(from, parameter);
}

// The sum of the distances; nullopt when the function does not take these types.
std::optional<int> CallDistance(const Signature& signature, std::span<const SqlType> types) {
  const size_t declared = signature.parameters.size();
  if (types.size() < signature.required) return std::nullopt;
  if (types.size() > declared && !signature.variadic) return std::nullopt;
  int sum = 0;
  SqlType common;
  for (size_t i = 0; i < types.size(); ++i) {
    const TypeId parameter = signature.parameters[std::min(i, declared - 1)];
    const std::optional<int> distance = DistanceTo(types[i], parameter);
    if (!distance.has_value()) return std::nullopt;
    if (parameter == TypeId::kNull) {
      const std::optional<SqlType> merged = CommonType(common, types[i]);
      if (!merged.has_value()) return std::nullopt;
      common = *merged;
    }
    sum += *distance;
  }
  return sum;
}

const Function* BestOf(std::span<const Function> candidates, std::span<const SqlType> types) {
  const Function* best = nullptr;
  int best_distance = 0;
  for (const Function& candidate : candidates) {
    const std::optional<int> distance = CallDistance(candidate.signature, types);
    if (distance.has_value() && (best == nullptr || *distance < best_distance)) {
      best = &candidate;
      best_distance = *distance;
    }
  }
  return best;
}

// PostgreSQL's rule for operators: an untyped operand is first tried as what the other one is.
const Function* BestLikeOther(std::span<const Function> candidates, std::vector<SqlType> types) {
  if (types.size() != 2 || !candidates.front().is_operator) return nullptr;
  SqlType& left = types[0];
  SqlType& right = types[1];
  if ((left.id == TypeId::kNull) == (right.id == TypeId::kNull)) return nullptr;
  (left.id == TypeId::kNull ? left : right) = left.id == TypeId::kNull ? right : left;
  return BestOf(candidates, types);
}

std::string DescribeCall(std::string_view name, std::span<const SqlType> types) {
  std::string text(name);
  text += '(';
  for (size_t i = 0; i < types.size(); ++i) {
    if (i != 0) text += ", ";
    text += types[i].id == TypeId::kNull ? "unknown" : SqlName(types[i]);
  }
  text += ')';
  return text;
}

Status NoSuchOperator(std::string_view symbol, std::span<const SqlType> types) {
  const auto name = [](const SqlType& type) {
    return type.id == TypeId::kNull ? std::string("unknown") : SqlName(type);
  };
  std::string text = "operator does not exist: ";
  if (types.size() == 2) text += name(types[0]) + ' ';
  text += symbol;
  text += ' ' + name(types.back());
  return InvalidArgument(std::move(text))
      .WithSqlState("42883")
      .WithHint("No operator takes these types; add an explicit CAST.");
}

}  // namespace

Function Define(std::string_view signature, Kernel kernel, FunctionTraits traits) {
  // An operator's name may hold any character but a space; it is followed by '('.
  const size_t open = signature.find('(');
  const size_t close = signature.rfind(')');
  MR_ASSERT(open != std::string_view::npos && close != std::string_view::npos, "bad signature");
  Function function;
  function.name = signature.substr(0, open);
  function.signature = ParseParameters(signature.substr(open + 1, close - open - 1));
  function.result = TypeFromWord(signature.substr(close + 2));
  function.result_rule = traits.result_rule;
  function.kernel = kernel;
  function.volatility = traits.volatility;
  function.nulls = traits.nulls;
  function.can_fail = traits.can_fail;
  function.cost = traits.cost;
  function.may_give_null = traits.may_give_null;
  function.is_operator = traits.is_operator;
  return function;
}

std::string Function::ToString() const {
  std::string text(name);
  text += '(';
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    const bool optional = i >= signature.required;
    if (optional) text += i == 0 ? "[" : " [";
    if (i != 0) text += ", ";
    text += WordOf(signature.parameters[i]);
    if (signature.variadic && i + 1 == signature.parameters.size()) text += "...";
    if (optional) text += ']';
  }
  text += ')';
  return text;
}

std::span<const Function> FindFunctions(std::string_view name) { return Builtin().Find(name); }

std::span<const std::string_view> FunctionNames() { return Builtin().names(); }

Result<const Function*> ResolveFunction(std::string_view name, std::span<const NodePtr> arguments) {
  const std::span<const Function> candidates = FindFunctions(name);
  const std::vector<SqlType> types = ArgumentTypes(arguments);
  if (candidates.empty()) {
    Status status = InvalidArgument("function " + DescribeCall(name, types) + " does not exist")
                        .WithSqlState("42883");
    const auto nearest = NearestName(name, FunctionNames());
    if (!nearest.has_value()) return status;
    return std::move(status).WithHint("Did you mean \"" + std::string(*nearest) + "\"?");
  }
  const Function* best = BestLikeOther(candidates, types);
  if (best == nullptr) best = BestOf(candidates, types);
  if (best != nullptr) return best;
  if (candidates.front().is_operator) return NoSuchOperator(name, types);
  std::string hint = "The function takes";
  for (const Function& candidate : candidates) {
    hint += (&candidate == &candidates.front() ? " " : ", ") + candidate.ToString();
  }
  return InvalidArgument("function " + DescribeCall(name, types) + " does not exist")
      .WithSqlState("42883")
      .WithHint(hint + ".");
}

}  // namespace millrace::expr
