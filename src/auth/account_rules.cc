#include "auth/account_rules.h"

#include <algorithm>

#include "types/json_text.h"

namespace millrace::auth {
namespace {

constexpr size_t kEmailBytesMax = 254;  // RFC 5321, 4.5.3.1.3

bool IsSpaceOrControl(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

}  // namespace

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & '\xc0') != '\x80'; }));
}

Status CheckUserId(std::string_view id) {
  if (id.empty()) return InvalidArgument("the user id is empty");
  if (CountCharacters(id) > kUserIdCharactersMax) {
    return InvalidArgument("the user id is too long").WithHint("Use at most 128 characters.");
  }
  if (!IsValidUtf8(id)) return InvalidArgument("the user id is not valid UTF-8");
  if (id.find("..") != std::string_view::npos ||
      id.find_first_of(std::string_view("/\\\0", 3)) != std::string_view::npos) {
    return InvalidArgument("the user id holds a character that is not allowed")
        .WithHint("Leave out \"..\", \"/\", \"\\\" and the zero character.");
  }
  return Status::Ok();
}

Status CheckEmail(std::string_view email) {
  if (email.empty()) return Status::Ok();
  const size_t at = email.find('@');
  const bool one_at = at != std::string_view::npos && at == email.rfind('@');
  if (!one_at || at == 0 || at + 1 == email.size() || email.size() > kEmailBytesMax ||
      std::ranges::any_of(email, IsSpaceOrControl) || !IsValidUtf8(email)) {
    return InvalidArgument("the e-mail address is not valid");
  }
  return Status::Ok();
}

}  // namespace millrace::auth
