#include "auth/password.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "auth/account_rules.h"
#include "base/thread_role.h"
#include "types/json_text.h"

namespace millrace::auth {
namespace {

// What an attacker tries first, among those that are long enough. Lower case, sorted.
constexpr auto kCommonPasswords = std::to_array<std::string_view>({
    "00000000",   "11111111",   "11223344",      "12341234",   "12345678",    "123456789",
    "1234567890", "123123123",  "123qweasd",     "1q2w3e4r",   "1q2w3e4r5t",  "1qaz2wsx",
    "87654321",   "987654321",  "aa123456",      "abc12345",   "abcd1234",    "abcdefgh",
    "admin123",   "adminadmin", "administrator", "asdfasdf",   "asdfghjk",    "asdfghjkl",
    "baseball",   "changeme",   "computer",      "default1",   "football",    "iloveyou",
    "letmein1",   "master123",  "michelle",      "millrace",   "monkey123",   "p@ssw0rd",
    "passw0rd",   "password",   "password1",     "password12", "password123", "password!",
    "princess",   "qwer1234",   "qwerty12",      "qwerty123",  "qwertyui",    "qwertyuiop",
    "root1234",   "rootroot",   "starwars",      "sunshine",   "superman",    "test1234",
    "testtest",   "trustno1",   "welcome1",      "welcome123", "whatever",    "zxcvbnm1",
});

bool IsCommon(std::string_view password) {
  std::string lower(password);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(kCommonPasswords, lower) != kCommonPasswords.end();
}

}  // namespace

Result<std::string> HashPassword(std::string_view password, PasswordCost cost) {
  MayBlock();
  if (sodium_init() < 0) return Internal("the random generator of the system is not available");
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), cost.passes,
                        static_cast<size_t>(cost.memory_bytes)) != 0) {
    return ResourceExhausted("not enough memory to hash a password");
  }
  hash.resize(hash.find('\0'));
  return hash;
}

bool VerifyPassword(const std::string& hash, std::string_view password) {
  MayBlock();
  return sodium_init() >= 0 &&
         crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool NeedsRehash(const std::string& hash, PasswordCost cost) {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost.passes,
                                        static_cast<size_t>(cost.memory_bytes)) != 0;
}

std::string UnmatchableHash(PasswordCost cost) {
  // 16 bytes of salt and 32 of hash, all zero: finding its password means inverting Argon2.
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_bytes / 1024) +
         ",t=" + std::to_string(cost.passes) + ",p=1$" + std::string(22, 'A') + "$" +
         std::string(43, 'A');
}

Status CheckNewPassword(std::string_view password) {
  const size_t characters = CountCharacters(password);
  if (characters < kPasswordCharactersMin) {
    return InvalidArgument("the password is too short").WithHint("Use at least 8 characters.");
  }
  if (characters > kPasswordCharactersMax) {
    return InvalidArgument("the password is too long").WithHint("Use at most 256 characters.");
  }
  if (!IsValidUtf8(password)) return InvalidArgument("the password is not valid UTF-8");
  if (IsCommon(password)) {
    return InvalidArgument("the password is one of the most common ones")
        .WithHint("Choose one that is harder to guess.");
  }
  return Status::Ok();
}

}  // namespace millrace::auth
