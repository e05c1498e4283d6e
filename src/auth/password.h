// Passwords as Argon2id hashes in the PHC text form ("$argon2id$v=19$m=…"), and which
// passwords are good enough. Hashing takes tens of milliseconds of CPU and as much
// memory as its cost says: blocking threads only. Coroutines use AsyncPasswords.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::auth {

// The default is OWASP's: 19 MiB, two passes; 30 to 45 ms.
struct PasswordCost {
  uint64_t memory_bytes = uint64_t{19} << 20;  // at least 8 KiB
  uint64_t passes = 2;                         // at least 1

  // Microseconds, and no protection: for tests.
  static constexpr PasswordCost Cheapest() { return {.memory_bytes = 8192, .passes = 1}; }
};

inline constexpr size_t kPasswordCharactersMin = 8;
inline constexpr size_t kPasswordCharactersMax = 256;

// What is asked of a new password beyond not being a common one.
struct PasswordRules {
  size_t characters_min = kPasswordCharactersMin;  // 8 to 256
  // One upper-case letter, one lower-case letter, one digit and one other character.
  bool complex = false;
};

// Hashes with a new random salt. kResourceExhausted when the memory is not there.
// Blocks.
Result<std::string> HashPassword(std::string_view password, PasswordCost cost);

// Whether `password` is the one `hash` was made of, compared in constant time. False
// for a hash that is not one of ours. Blocks for as long as the hash's own cost says.
bool VerifyPassword(const std::string& hash, std::string_view password);

// Whether `hash` was made with another cost or algorithm than `cost`: time to replace
// it, now that the password is known.
bool NeedsRehash(const std::string& hash, PasswordCost cost);

// A hash no password has, which costs as much to verify as a real one of `cost`.
std::string UnmatchableHash(PasswordCost cost);

// kInvalidArgument, saying what would be right, for a new password that is not UTF-8, too
// short, longer than 256 characters, on the list of common ones, the user's own id, or
// too simple for the rules.
Status CheckNewPassword(std::string_view password, std::string_view user_id,
                        const PasswordRules& rules);

}  // namespace millrace::auth
