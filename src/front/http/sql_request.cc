#include "front/http/sql_request.h"

#include <simdjson.h>

#include <utility>

namespace millrace::front {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// One parser per thread keeps its buffers.
simdjson::dom::parser& Parser() {
  thread_local simdjson::dom::parser parser;
  return parser;
}

Status BadBody(std::string message) {
  return InvalidArgument(std::move(message)).WithSqlState("22023");
}

Result<simdjson::dom::object> ParseObject(std::string_view body) {
  simdjson::dom::object object;
  element root;
  if (const auto error = Parser().parse(body.data(), body.size()).get(root)) {
    return BadBody(std::string("request body is not valid JSON: ") +
                   simdjson::error_message(error));
  }
  if (root.get(object) != simdjson::SUCCESS) return BadBody("request body must be a JSON object");
  return object;
}

Result<Value> ParamValue(const element& value, size_t index, const SqlRequestLimits& limits) {
  switch (value.type()) {
    case element_type::NULL_VALUE:
      return Value::Null();
    case element_type::BOOL:
      return Value::Boolean(value.get_bool().value_unsafe());
    case element_type::INT64:
      return Value::BigInt(value.get_int64().value_unsafe());
    case element_type::UINT64:
      return Value::Wide(SqlType::Decimal(38, 0),
                         static_cast<Int128>(value.get_uint64().value_unsafe()));
    case element_type::DOUBLE:
      return Value::Double(value.get_double().value_unsafe());
    case element_type::STRING: {
      const std::string_view text = value.get_string().value_unsafe();
      if (text.size() > limits.param_bytes_max) {
        return InvalidArgument("parameter $" + std::to_string(index + 1) + " is larger than " +
                               std::to_string(limits.param_bytes_max) + " bytes")
            .WithSqlState("08P01");
      }
      return Value::Text(std::string(text));
    }
    default:
      return InvalidArgument("parameter $" + std::to_string(index + 1) +
                             " is an array or an object")
          .WithSqlState("08P01")
          .WithHint("Send it as a string holding JSON text.");
  }
}

Status ReadParams(const element& value, const SqlRequestLimits& limits, SqlRequest* request) {
  if (value.is_null()) return Status::Ok();
  simdjson::dom::array params;
  if (value.get(params) != simdjson::SUCCESS) {
    return InvalidArgument("\"params\" must be an array").WithSqlState("08P01");
  }
  if (params.size() > limits.params_max) {
    return InvalidArgument("too many parameters").WithSqlState("08P01");
  }
  request->params.reserve(params.size());
  for (const element param : params) {
    ASSIGN_OR_RETURN(Value parsed, ParamValue(param, request->params.size(), limits));
    request->params.push_back(std::move(parsed));
  }
  return Status::Ok();
}

Result<std::string> ReadText(const element& value, std::string_view name) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return BadBody("\"" + std::string(name) + "\" must be a string");
}

}  // namespace

Result<SqlRequest> ParseSqlRequest(std::string_view body, const SqlRequestLimits& limits) {
  ASSIGN_OR_RETURN(const simdjson::dom::object object, ParseObject(body));
  SqlRequest request;
  bool has_sql = false;
  for (const auto member : object) {
    if (member.key == "sql") {
      ASSIGN_OR_RETURN(request.sql, ReadText(member.value, member.key));
      has_sql = true;
    } else if (member.key == "params") {
      RETURN_IF_ERROR(ReadParams(member.value, limits, &request));
    } else if (member.key == "namespace_id" && !member.value.is_null()) {
      ASSIGN_OR_RETURN(request.namespace_id, ReadText(member.value, member.key));
    }
  }
  if (!has_sql) return BadBody("request body has no \"sql\"");
  if (request.sql.size() > limits.sql_bytes_max) {
    return ResourceExhausted("SQL text is larger than " + std::to_string(limits.sql_bytes_max) +
                             " bytes")
        .WithSqlState("54000")
        .WithHint("Send several requests.");
  }
  return request;
}

Status ParseTextObject(std::string_view body, const std::vector<TextMember>& members) {
  ASSIGN_OR_RETURN(const simdjson::dom::object object, ParseObject(body));
  std::vector<bool> seen(members.size(), false);
  for (const auto member : object) {
    size_t i = 0;
    while (i < members.size() && member.key != members[i].name &&
           (members[i].alias.empty() || member.key != members[i].alias)) {
      ++i;
    }
    if (i == members.size()) {
      return BadBody("unknown field \"" + std::string(member.key) + "\"");
    }
    if (member.value.is_null()) continue;
    ASSIGN_OR_RETURN(*members[i].value, ReadText(member.value, member.key));
    seen[i] = true;
  }
  for (size_t i = 0; i < members.size(); ++i) {
    if (members[i].required && !seen[i]) {
      return BadBody("missing field \"" + std::string(members[i].name) + "\"");
    }
  }
  return Status::Ok();
}

}  // namespace millrace::front
