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
    "00000000",    "11111111",   "11223344",    "12121212",   "123123123",     "12341234",
    "12344321",    "123454321",  "12345678",    "123456780",  "123456789",     "1234567890",
    "12345678910", "123456abc",  "123abc123",   "123qwe123",  "123qweasd",     "147258369",
    "159357456",   "1password",  "1q2w3e4r",    "1q2w3e4r5t", "1qaz1qaz",      "1qaz2wsx",
    "1qazxsw2",    "22222222",   "33333333",    "55555555",   "66666666",      "77777777",
    "87654321",    "88888888",   "987654321",   "99999999",   "a1234567",      "a12345678",
    "aa123456",    "aaaaaaaa",   "abc12345",    "abcd1234",   "abcd12345",     "abcdef123",
    "abcdefgh",    "access14",   "admin123",    "adminadmin", "administrator", "administrator1",
    "alexander",   "america1",   "asd12345",    "asdf1234",   "asdfasdf",      "asdfasdfasdf",
    "asdfghjk",    "asdfghjkl",  "asdfghjkl1",  "baseball",   "basketball",    "batman123",
    "bismillah",   "blink182",   "brandon1",    "butterfly",  "carolina",      "changeit",
    "changeme",    "changeme1",  "changeme123", "cheese123",  "chocolate",     "christian",
    "computer",    "corvette",   "default1",    "demo1234",   "dolphins",      "dragon123",
    "einstein",    "elephant",   "football",    "fuckyou1",   "garfield",      "godzilla",
    "guestguest",  "hello123",   "hellohello",  "iloveyou",   "iloveyou1",     "internet",
    "jennifer",    "jonathan",   "jordan23",    "katherine",  "letmein1",      "letmein123",
    "liverpool",   "lovelove",   "loveyou1",    "master123",  "masterkey",     "maverick",
    "mercedes",    "michelle",   "midnight",    "millrace",   "minecraft",     "monkey123",
    "mustang1",    "nicholas",   "november",    "p4ssw0rd",   "p@ssw0rd",      "p@ssw0rd1",
    "p@ssword",    "pass1234",   "passpass",    "passport",   "passw0rd",      "passw0rd1",
    "password",    "password0",  "password1",   "password12", "password123",   "passwort",
    "pokemon1",    "primavera",  "princess",    "q1w2e3r4",   "q1w2e3r4t5",    "qazwsx123",
    "qazwsxedc",   "qwe12345",   "qweasdzxc",   "qwer1234",   "qwert123",      "qwerty12",
    "qwerty123",   "qwerty1234", "qwerty12345", "qwertyui",   "qwertyuio",     "qwertyuiop",
    "rainbow1",    "root1234",   "rootpass",    "rootroot",   "samantha",      "scorpion",
    "secret123",   "security",   "september",   "shadow123",  "slipknot",      "snowball",
    "spiderman",   "starwars",   "steelers",    "sunshine",   "sunshine1",     "superman",
    "supersecret", "superuser",  "sysadmin",    "temp1234",   "temppass",      "test1234",
    "test12345",   "testtest",   "thunder1",    "toortoor",   "toyota123",     "trustno1",
    "unknown1",    "victoria",   "volkswagen",  "welcome01",  "welcome1",      "welcome123",
    "welcome2",    "whatever",   "winner123",   "wordpass",   "xxxxxxxx",      "yankees1",
    "zaq12wsx",    "zxcvbnm1",   "zxcvbnm123",
});

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// Also with digits and marks put behind one: "Password2024!" is tried right after "password".
bool IsCommon(std::string_view password) {
  std::string lower = Lower(password);
  const auto known = [&] {
    return std::ranges::find(kCommonPasswords, lower) != kCommonPasswords.end();
  };
  if (known()) return true;
  while (lower.size() > kPasswordCharactersMin &&
         std::isalpha(static_cast<unsigned char>(lower.back())) == 0) {
    lower.pop_back();
    if (known()) return true;
  }
  return false;
}

// Letters beyond ASCII count as marks: whoever uses them is far from any word list.
bool IsComplex(std::string_view password) {
  const auto any = [&](auto is) {
    return std::ranges::any_of(password, [&](unsigned char c) { return is(c); });
  };
  return any([](unsigned char c) { return std::isupper(c) != 0; }) &&
         any([](unsigned char c) { return std::islower(c) != 0; }) &&
         any([](unsigned char c) { return std::isdigit(c) != 0; }) &&
         any([](unsigned char c) { return std::isalnum(c) == 0; });
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

Status CheckNewPassword(std::string_view password, std::string_view user_id,
                        const PasswordRules& rules) {
  const size_t characters = CountCharacters(password);
  if (characters < rules.characters_min) {
    return InvalidArgument("the password is too short")
        .WithHint("Use at least " + std::to_string(rules.characters_min) + " characters.");
  }
  if (characters > kPasswordCharactersMax) {
    return InvalidArgument("the password is too long").WithHint("Use at most 256 characters.");
  }
  if (!IsValidUtf8(password)) return InvalidArgument("the password is not valid UTF-8");
  if (IsCommon(password)) {
    return InvalidArgument("the password is one of the most common ones")
        .WithHint("Choose one that is harder to guess.");
  }
  if (Lower(password) == Lower(user_id)) {
    return InvalidArgument("the password is the user's name")
        .WithHint("Choose one that is harder to guess.");
  }
  if (rules.complex && !IsComplex(password)) {
    return InvalidArgument("the password is too simple")
        .WithHint("Use upper-case and lower-case letters, digits and other characters.");
  }
  return Status::Ok();
}

}  // namespace millrace::auth
