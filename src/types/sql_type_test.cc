// Names of types: canonical, wire, aliases, modifiers and hints.
#include "types/sql_type.h"

#include <gtest/gtest.h>

#include "types/random_values_for_test.h"

namespace millrace {
namespace {

Result<SqlType> TypeOf(std::string_view name, std::vector<int64_t> modifiers = {}) {
  return TypeFromName(name, modifiers.data(), modifiers.size());
}

struct NameCase {
  std::string_view name;
  std::vector<int64_t> modifiers;
  SqlType type;
};

TEST(TypeFromNameTest, KnowsEveryAlias) {
  const std::vector<NameCase> cases = {
      {"boolean", {}, TypeId::kBoolean},
      {"BOOL", {}, TypeId::kBoolean},
      {"smallint", {}, TypeId::kSmallInt},
      {"INT2", {}, TypeId::kSmallInt},
      {"TINYINT", {1}, TypeId::kSmallInt},
      {"int", {}, TypeId::kInt},
      {"INTEGER", {}, TypeId::kInt},
      {"INT", {11}, TypeId::kInt},
      {"INT4", {}, TypeId::kInt},
      {"MEDIUMINT", {}, TypeId::kInt},
      {"BigInt", {}, TypeId::kBigInt},
      {"INT8", {}, TypeId::kBigInt},
      {"SERIAL", {}, TypeId::kBigInt},
      {"BIGSERIAL", {}, TypeId::kBigInt},
      {"SMALLSERIAL", {}, TypeId::kBigInt},
      {"FLOAT", {}, TypeId::kFloat},
      {"FLOAT", {24}, TypeId::kFloat},
      {"FLOAT", {25}, TypeId::kDouble},
      {"REAL", {}, TypeId::kFloat},
      {"FLOAT4", {}, TypeId::kFloat},
      {"DOUBLE", {}, TypeId::kDouble},
      {"double\n  precision ", {}, TypeId::kDouble},
      {"FLOAT8", {}, TypeId::kDouble},
      {"FLOAT64", {}, TypeId::kDouble},
      {"DECIMAL", {}, SqlType::Decimal(38, 10)},
      {"NUMERIC", {12}, SqlType::Decimal(12, 0)},
      {"numeric", {10, 2}, SqlType::Decimal(10, 2)},
      {"DECIMAL", {38, 38}, SqlType::Decimal(38, 38)},
      {"TEXT", {}, TypeId::kText},
      {"VARCHAR", {20}, TypeId::kText},
      {"CHAR", {1}, TypeId::kText},
      {"STRING", {}, TypeId::kText},
      {"NVARCHAR", {20}, TypeId::kText},
      {"CHARACTER VARYING", {20}, TypeId::kText},
      {"BYTES", {}, TypeId::kBytes},
      {"BYTEA", {}, TypeId::kBytes},
      {"BLOB", {}, TypeId::kBytes},
      {"BINARY", {16}, TypeId::kBytes},
      {"VARBINARY", {16}, TypeId::kBytes},
      {"JSON", {}, TypeId::kJson},
      {"JSONB", {}, TypeId::kJson},
      {"TIMESTAMP", {}, TypeId::kTimestamp},
      {"TIMESTAMP", {6}, TypeId::kTimestamp},
      {"TIMESTAMP WITHOUT TIME ZONE", {}, TypeId::kTimestamp},
      {"TIMESTAMPTZ", {}, TypeId::kDateTime},
      {"timestamp with time zone", {}, TypeId::kDateTime},
      {"DATETIME", {}, TypeId::kDateTime},
      {"DATE", {}, TypeId::kDate},
      {"TIME", {}, TypeId::kTime},
      {"TIME WITHOUT TIME ZONE", {3}, TypeId::kTime},
      {"UUID", {}, TypeId::kUuid},
      {"EMBEDDING", {384}, SqlType::Embedding(384)},
      {"EMBEDDING", {8192}, SqlType::Embedding(8192)},
      {"FILE", {}, TypeId::kFile},
      {"INTERVAL", {}, TypeId::kInterval},
  };
  for (const NameCase& test : cases) {
    const Result<SqlType> type = TypeOf(test.name, test.modifiers);
    ASSERT_TRUE(type.ok()) << test.name << ": " << type.status().ToString();
    EXPECT_EQ(*type, test.type) << test.name;
  }
}

TEST(TypeFromNameTest, RefusesBadModifiers) {
  const std::vector<NameCase> cases = {
      {"DECIMAL", {0}, {}},      {"DECIMAL", {39}, {}},       {"DECIMAL", {10, 11}, {}},
      {"DECIMAL", {10, -1}, {}}, {"DECIMAL", {10, 2, 3}, {}}, {"EMBEDDING", {}, {}},
      {"EMBEDDING", {0}, {}},    {"EMBEDDING", {8193}, {}},   {"VARCHAR", {0}, {}},
      {"TEXT", {20}, {}},        {"FLOAT", {54}, {}},         {"TIMESTAMP", {10}, {}},
      {"TIMESTAMP", {-1}, {}},   {"BOOLEAN", {1}, {}},        {"VARCHAR", {20, 2}, {}},
  };
  for (const NameCase& test : cases) {
    const Result<SqlType> type = TypeOf(test.name, test.modifiers);
    ASSERT_FALSE(type.ok()) << test.name;
    EXPECT_EQ(type.status().sqlstate(), "22023") << test.name;
  }
}

TEST(TypeFromNameTest, UnknownNameGetsAHint) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"TEXTT", "Did you mean \"TEXT\"?"},
      {"biginteger", ""},
      {"BIGNT", "Did you mean \"BIGINT\"?"},
      {"timestmap", "Did you mean \"TIMESTAMP\"?"},
      {"INTERGER", "Did you mean \"INTEGER\"?"},
      {"geometry", ""},
      {"x", ""},
      {"", ""},
  };
  for (const auto& [name, hint] : cases) {
    const Result<SqlType> type = TypeOf(name);
    ASSERT_FALSE(type.ok()) << name;
    EXPECT_EQ(type.status().sqlstate(), "42704");
    EXPECT_EQ(type.status().hint(), hint) << name;
  }
}

TEST(SqlNameTest, ReadsBackAsTheSameType) {
  for (const SqlType& type : testing::AllTypes()) {
    std::string name = SqlName(type);
    std::vector<int64_t> modifiers;
    if (type.id == TypeId::kDecimal) modifiers = {type.precision, type.scale};
    if (type.id == TypeId::kEmbedding) modifiers = {type.dimensions};
    const Result<SqlType> read = TypeOf(name.substr(0, name.find('(')), modifiers);
    ASSERT_TRUE(read.ok()) << name;
    EXPECT_EQ(*read, type);
  }
  EXPECT_EQ(SqlName(SqlType::Decimal(10, 2)), "DECIMAL(10,2)");
  EXPECT_EQ(SqlName(SqlType::Embedding(3)), "EMBEDDING(3)");
}

TEST(WireNameTest, IsTheJsonOfTheProtocol) {
  EXPECT_EQ(WireName(TypeId::kBigInt), "\"BigInt\"");
  EXPECT_EQ(WireName(TypeId::kDateTime), "\"DateTime\"");
  EXPECT_EQ(WireName(SqlType::Decimal(10, 2)), R"({"Decimal":{"precision":10,"scale":2}})");
  EXPECT_EQ(WireName(SqlType::Embedding(3)), R"({"Embedding":3})");
  EXPECT_EQ(WireName(TypeId::kNull), "\"Text\"");
}

// On disk and in the log: never renumber.
TEST(TypeIdTest, NumbersAreFixed) {
  EXPECT_EQ(static_cast<int>(TypeId::kBoolean), 1);
  EXPECT_EQ(static_cast<int>(TypeId::kText), 6);
  EXPECT_EQ(static_cast<int>(TypeId::kUuid), 14);
  EXPECT_EQ(static_cast<int>(TypeId::kFile), 17);
}

}  // namespace
}  // namespace millrace
