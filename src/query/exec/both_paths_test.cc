// The harness of both_paths_for_test.h, and that it can tell a difference.
#include <gtest/gtest.h>

#include "query/exec/both_paths_for_test.h"

namespace millrace::exec {
namespace {

TEST(BothPathsTest, ShowTypesValuesAndErrors) {
  BothPaths paths(EveryTypeSchema(), EveryTypeBatch());
  EXPECT_EQ(ToString(paths.Natively("int2 + 1")), "INT: 6, -2, 2, NULL");
  EXPECT_EQ(ToString(paths.ByEngine("int2 + 1")), "INT: 6, -2, 2, NULL");
  EXPECT_EQ(ToString(paths.RowsNatively("int2 > 0")), "BIGINT: 0, 2");
  EXPECT_EQ(ToString(paths.RowsByEngine("int2 > 0")), "BIGINT: 0, 2");
  EXPECT_EQ(paths.Natively("1 / (int2 - int2)").status().sqlstate(), "22012");
  EXPECT_EQ(paths.ByEngine("1 / (int2 - int2)").status().sqlstate(), "22012");
  EXPECT_NE(ToString(paths.ByEngine("int2 + 1")), ToString(paths.Natively("int2 + 2")));
}

}  // namespace
}  // namespace millrace::exec
