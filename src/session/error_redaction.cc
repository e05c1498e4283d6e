#include "session/error_redaction.h"

#include <algorithm>
#include <array>
#include <string>

#include "auth/authorize.h"

namespace millrace {
namespace {

// Single states, before their classes are looked at.
constexpr std::array<std::string_view, 4> kNameStates = {"42P01", "42704", "3F000", "3D000"};
constexpr std::array<std::string_view, 6> kStatementStates = {
    "08P01",  // parameters that do not fit
    "53200",  // the statement needs more memory than it may use
    "53400",  // and other limits set for it
    "57014",  // cancelled, or over its time
    "0A000",  // not supported
    "55006",  // in use
};
// Classes (the first two characters): no data, cardinality, data, integrity, transaction
// state, authorization, transaction rollback, syntax and access, limits, object state.
constexpr std::array<std::string_view, 10> kStatementClasses = {"02", "21", "22", "23", "25",
                                                                "28", "40", "42", "54", "55"};

template <size_t N>
bool Holds(const std::array<std::string_view, N>& states, std::string_view state) {
  return std::ranges::find(states, state) != states.end();
}

std::string_view GeneralMessage(Code code) {
  switch (code) {
    case Code::kUnavailable:
    case Code::kResourceExhausted:
      return "the server cannot do this now";
    default:
      return "the server failed to run the statement";
  }
}

}  // namespace

ErrorClass ClassOf(const Status& status) {
  const Code code = status.code();
  if (code == Code::kInternal || code == Code::kUnknown || code == Code::kDataLoss) {
    return ErrorClass::kServer;
  }
  const std::string_view state = status.sqlstate();
  if (Holds(kNameStates, state)) return ErrorClass::kName;
  if (Holds(kStatementStates, state) || Holds(kStatementClasses, state.substr(0, 2))) {
    return ErrorClass::kStatement;
  }
  return ErrorClass::kServer;
}

Status Redacted(Status status, Role role, std::string_view request_id) {
  if (status.ok() || auth::CanAdminister(role)) return status;
  const ErrorClass error_class = ClassOf(status);
  if (error_class == ErrorClass::kStatement) return status;
  const bool name = error_class == ErrorClass::kName;
  Status shown(status.code(), name ? status.message() : std::string(GeneralMessage(status.code())));
  shown = std::move(shown).WithSqlState(status.sqlstate());
  if (name) {
    if (status.position() != nullptr) shown = std::move(shown).WithPosition(*status.position());
    return shown;
  }
  return std::move(shown).WithHint(
      "An administrator finds the reason in the server's log, under "
      "request id " +
      std::string(request_id) + ".");
}

}  // namespace millrace
