// Edits are counted, and only near names are guessed.
#include "base/nearest_name.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(EditDistanceTest, CountsEdits) {
  EXPECT_EQ(EditDistance("abc", "abc"), 0u);
  EXPECT_EQ(EditDistance("form", "from"), 1u);  // a swap is one edit
  EXPECT_EQ(EditDistance("selct", "select"), 1u);
  EXPECT_EQ(EditDistance("abc", "xyz"), 3u);
  EXPECT_EQ(EditDistance("a", "abcdef"), 5u);
  EXPECT_EQ(EditDistance("", "ab"), 2u);
}

TEST(NearestNameTest, FindsTheNearestWithinAThird) {
  const std::string_view names[] = {"name", "email", "created"};
  EXPECT_EQ(NearestName("nmae", names), "name");
  EXPECT_EQ(NearestName("emial", names), "email");
  EXPECT_EQ(NearestName("creatd", names), "created");
  EXPECT_EQ(NearestName("zzz", names), std::nullopt);
  EXPECT_EQ(NearestName("", names), std::nullopt);
}

}  // namespace
}  // namespace millrace
