// SQL in colours: keywords, texts, numbers, comments, backslash commands.
#pragma once

#include <string>
#include <string_view>

namespace millrace::cli {

// `text` with colours of a terminal around its tokens; without them it is the same
// text. `before` is what the statement began with on earlier lines: it may leave a
// quote or a comment open. What is no SQL comes out as it is. Linear.
std::string Highlight(std::string_view text, std::string_view before = {});

}  // namespace millrace::cli
