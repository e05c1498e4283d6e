// Base64 with the alphabet for URLs and without padding (RFC 7515, section 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::auth {

std::string EncodeBase64Url(std::string_view bytes);

// Strict: no padding, no other characters, no stray bits at the end. Each text that
// decodes is the only one of its bytes.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace millrace::auth
