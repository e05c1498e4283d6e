// The text of a query as the engine gets it: parameters and the statement's own
// facts as literals, tables as scans, operators in the engine's spelling.
#include <string>
#include <utility>

#include "query/exec/engine/functions.h"
#include "query/exec/select.h"
#include "query/sql/printer.h"
#include "types/datetime.h"

namespace millrace::exec {
namespace {

// Fills in what only this execution knows. Its result stands as an operand.
class EnginePrinter {
 public:
  EnginePrinter(const plan::SelectEngine& plan, const Request& request)
      : plan_(plan), request_(request) {
    options_.table = [](const sql::TableName& name) { return PrintTable(name); };
    options_.expression = [this](const sql::Expr& expression) { return Replace(expression); };
  }

  std::string Print() { return sql::Print(plan_.query, options_); }

 private:
  // The planner's mark "#k" (query/plan/select_engine.cc).
  static std::optional<std::string> PrintTable(const sql::TableName& name) {
    if (!name.namespace_name.starts_with('#')) return std::nullopt;
    return "millrace_scan(" + name.namespace_name.substr(1) + ")";
  }

  std::string Inner(const sql::Expr& expression) { return sql::Print(expression, options_); }
  std::string Operand(const sql::Expr& expression) { return "(" + Inner(expression) + ")"; }

  std::optional<std::string> Replace(const sql::Expr& expression) {
    if (const auto* parameter = expression.If<sql::Parameter>()) {
      if (parameter->index < 1 || parameter->index > request_.params.size()) return "NULL";
      return request_.params[parameter->index - 1].ToSqlLiteral();
    }
    if (const auto* binary = expression.If<sql::Binary>()) return ReplaceBinary(*binary);
    if (const auto* call = expression.If<sql::FunctionCall>()) return ReplaceCall(*call);
    return std::nullopt;
  }

  std::optional<std::string> Call(std::string_view function, const sql::Binary& binary) {
    return std::string(function) + "(" + Inner(binary.left) + ", " + Inner(binary.right) + ")";
  }

  std::optional<std::string> ReplaceBinary(const sql::Binary& binary) {
    switch (binary.op) {
      case sql::BinaryOperator::kDivide:
        return Call("millrace_divide", binary);
      case sql::BinaryOperator::kModulo:
        return Call("millrace_modulo", binary);
      case sql::BinaryOperator::kRegexMatch:
        return Call("regexp_matches", binary);
      case sql::BinaryOperator::kNotRegexMatch:
        return "(NOT " + *Call("regexp_matches", binary) + ")";
      case sql::BinaryOperator::kRegexMatchInsensitive:
        return "regexp_matches(" + Inner(binary.left) + ", " + Inner(binary.right) + ", 'i')";
      case sql::BinaryOperator::kNotRegexMatchInsensitive:
        return "(NOT regexp_matches(" + Inner(binary.left) + ", " + Inner(binary.right) +
               ", 'i'))";
      case sql::BinaryOperator::kContains:
        return Call("json_contains", binary);
      case sql::BinaryOperator::kBitXor:
        return Call("xor", binary);
      default:
        return std::nullopt;
    }
  }

  std::optional<std::string> ReplaceCall(const sql::FunctionCall& call) {
    if (call.name == "current_user" || call.name == "session_user" || call.name == "user") {
      return sql::PrintString(request_.user_id);
    }
    if (call.name == "current_role") return sql::PrintString(RoleName(request_.role));
    if (call.name == "now" || call.name == "current_timestamp") return Now("TIMESTAMPTZ");
    if (call.name == "localtimestamp") return Now("TIMESTAMP");
    if (call.name == "current_date") return "CAST(" + Now("TIMESTAMP") + " AS DATE)";
    if (call.name == "current_time" || call.name == "localtime") {
      return "CAST(" + Now("TIMESTAMP") + " AS TIME)";
    }
    return std::nullopt;
  }

  std::string Now(std::string_view type) const {
    std::string text;
    const bool zoned = type == "TIMESTAMPTZ";
    datetime::AppendTimestamp(&text, request_.statement_time_micros,
                              zoned ? TypeId::kDateTime : TypeId::kTimestamp);
    return std::string(type) + " '" + text + "'";
  }

  const plan::SelectEngine& plan_;
  const Request& request_;
  sql::PrintOptions options_;
};

}  // namespace

std::string PrintForEngine(const plan::SelectEngine& plan, const Services&,
                           const Request& request) {
  return EnginePrinter(plan, request).Print();
}

}  // namespace millrace::exec
