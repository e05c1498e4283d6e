// What a user id and an e-mail address may look like. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/status.h"

namespace millrace::auth {

inline constexpr std::string_view kRootUser = "root";
inline constexpr size_t kUserIdCharactersMax = 128;

// Code points of a UTF-8 text; of any other bytes, those that do not continue one.
size_t CountCharacters(std::string_view text);

// User ids become parts of keys and of file paths. kInvalidArgument unless UTF-8, 1 to
// 128 characters, without "..", "/", "\" and NUL.
Status CheckUserId(std::string_view id);

// kInvalidArgument unless empty or one "@" between two texts, at most 254 bytes, without
// spaces and control characters. Whether it exists, only a letter could tell.
Status CheckEmail(std::string_view email);

}  // namespace millrace::auth
