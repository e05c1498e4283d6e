#include "base/status.h"

#include <array>
#include <cstring>

namespace millrace {
namespace {

struct CodeInfo {
  std::string_view name;
  std::string_view sqlstate;
};

// SQLSTATE classes as in the PostgreSQL manual, appendix A.
constexpr std::array<CodeInfo, 17> kCodes = {{
    {"ok", "00000"},
    {"cancelled", "57014"},
    {"unknown", "XX000"},
    {"invalid argument", "22023"},
    {"deadline exceeded", "57014"},
    {"not found", "42704"},
    {"already exists", "42710"},
    {"permission denied", "42501"},
    {"resource exhausted", "53000"},
    {"failed precondition", "55000"},
    {"aborted", "40001"},
    {"out of range", "22003"},
    {"unimplemented", "0A000"},
    {"internal", "XX000"},
    {"unavailable", "57P03"},
    {"data loss", "XX001"},
    {"unauthenticated", "28000"},
}};

const std::string& EmptyString() {
  static const std::string kEmpty;
  return kEmpty;
}

}  // namespace

std::string_view CodeName(Code code) { return kCodes[static_cast<size_t>(code)].name; }

Status::Rep::Rep(const Rep& other)
    : code(other.code), message(other.message), detail(other.detail), hint(other.hint) {
  std::memcpy(sqlstate, other.sqlstate, sizeof(sqlstate));
  if (other.position != nullptr) position = std::make_unique<SqlPosition>(*other.position);
}

Status::Status(Code code, std::string message) {
  MR_ASSERT(code != Code::kOk, "an Ok status has no message");
  rep_ = std::make_shared<Rep>(code, std::move(message));
}

Status::Rep& Status::Mutable() {
  MR_ASSERT(rep_ != nullptr, "an Ok status cannot be described");
  if (rep_.use_count() > 1) rep_ = std::make_shared<Rep>(*rep_);
  return *rep_;
}

const std::string& Status::message() const { return ok() ? EmptyString() : rep_->message; }
const std::string& Status::detail() const { return ok() ? EmptyString() : rep_->detail; }
const std::string& Status::hint() const { return ok() ? EmptyString() : rep_->hint; }

std::string_view Status::sqlstate() const {
  if (!ok() && rep_->sqlstate[0] != '\0') return {rep_->sqlstate, 5};
  return kCodes[static_cast<size_t>(code())].sqlstate;
}

const SqlPosition* Status::position() const { return ok() ? nullptr : rep_->position.get(); }

Status Status::WithSqlState(std::string_view sqlstate) && {
  MR_ASSERT(sqlstate.size() == 5, "a SQLSTATE has five characters");
  std::memcpy(Mutable().sqlstate, sqlstate.data(), 5);
  return std::move(*this);
}

Status Status::WithDetail(std::string detail) && {
  Mutable().detail = std::move(detail);
  return std::move(*this);
}

Status Status::WithHint(std::string hint) && {
  Mutable().hint = std::move(hint);
  return std::move(*this);
}

Status Status::WithPosition(SqlPosition position) && {
  Mutable().position = std::make_unique<SqlPosition>(std::move(position));
  return std::move(*this);
}

std::string Status::ToString() const {
  if (ok()) return "ok";
  std::string text(CodeName(code()));
  text.append(": ").append(message());
  if (!detail().empty()) text.append("; ").append(detail());
  if (!hint().empty()) text.append("; ").append(hint());
  return text;
}

#define MR_DEFINE_MAKER(name) \
  Status name(std::string message) { return {Code::k##name, std::move(message)}; }
MR_DEFINE_MAKER(Cancelled)
MR_DEFINE_MAKER(InvalidArgument)
MR_DEFINE_MAKER(DeadlineExceeded)
MR_DEFINE_MAKER(NotFound)
MR_DEFINE_MAKER(AlreadyExists)
MR_DEFINE_MAKER(PermissionDenied)
MR_DEFINE_MAKER(ResourceExhausted)
MR_DEFINE_MAKER(FailedPrecondition)
MR_DEFINE_MAKER(Aborted)
MR_DEFINE_MAKER(OutOfRange)
MR_DEFINE_MAKER(Unimplemented)
MR_DEFINE_MAKER(Internal)
MR_DEFINE_MAKER(Unavailable)
MR_DEFINE_MAKER(DataLoss)
MR_DEFINE_MAKER(Unauthenticated)
#undef MR_DEFINE_MAKER

}  // namespace millrace
