// Coding round trips and the status builders.
#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/random.h"
#include "base/status.h"

namespace millrace {
namespace {

TEST(CodingTest, VarintRoundTripsAtEveryWidth) {
  for (int bits = 0; bits < 64; ++bits) {
    const uint64_t value = (uint64_t{1} << bits) + 1;
    std::string bytes;
    PutVarint(&bytes, value);
    ByteReader reader(bytes);
    EXPECT_EQ(reader.Varint(), value);
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE(reader.empty());
  }
}

TEST(CodingTest, ShortReadsFailAndStayFailed) {
  ByteReader reader("\x05" "ab");
  EXPECT_EQ(reader.LengthPrefixed(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Fixed<uint32_t>(), 0u);
  EXPECT_FALSE(reader.ok());
}

TEST(CodingTest, OverlongVarintIsRefused) {
  ByteReader reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
  reader.Varint();
  EXPECT_FALSE(reader.ok());
}

TEST(StatusTest, CopiesAreIndependentOnceChanged) {
  const Status first = NotFound("no table \"a\"");
  Status second = Status(first).WithSqlState("42P01").WithHint("did you mean \"b\"?");
  EXPECT_EQ(first.sqlstate(), "42704");
  EXPECT_EQ(second.sqlstate(), "42P01");
  EXPECT_EQ(second.ToString(), "not found: no table \"a\"; did you mean \"b\"?");
}

TEST(RandomTest, SeededRandomRepeats) {
  SeededRandom a(7);
  SeededRandom b(7);
  EXPECT_EQ(a.NextUint64(), b.NextUint64());
  EXPECT_LT(a.Below(10), 10u);
}

}  // namespace
}  // namespace millrace
