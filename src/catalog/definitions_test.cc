// The catalog's binary forms give back what went in, and refuse the rest.
#include "catalog/definitions.h"

#include <gtest/gtest.h>

#include "catalog/definitions_for_test.h"
#include "types/random_values_for_test.h"

namespace millrace {
namespace {

TableDefinition RandomTable(Random& random) {
  TableDefinition table;
  table.id = TableId(static_cast<uint32_t>(random.NextUint64()));
  table.namespace_name = testing::RandomString(random, "abc");
  table.name = testing::RandomString(random, std::string_view("x\0\xff", 3));
  table.kind = static_cast<TableKind>(random.Below(3));
  table.access = static_cast<AccessLevel>(random.Below(4));
  table.ttl_seconds = random.NextUint64();
  table.max_buffer = random.Below(1000);
  table.ephemeral = random.Below(2) == 1;
  if (random.Below(2) == 1) table.durability = static_cast<Durability>(random.Below(2));
  table.storage_id = testing::RandomString(random, "abc");
  table.use_user_storage = random.Below(2) == 1;
  table.flush_policy = testing::RandomString(random, "abc");
  table.deleted_retention_hours = random.Below(1000);
  table.comment = testing::RandomString(random, "abc");
  table.created_at = static_cast<int64_t>(random.NextUint64());
  table.updated_at = static_cast<int64_t>(random.NextUint64());
  const uint64_t versions = 1 + random.Below(3);
  for (uint32_t v = 1; v <= versions; ++v) {
    auto version = std::make_shared<SchemaVersion>();
    version->version = v;
    version->created_at = static_cast<int64_t>(random.NextUint64());
    version->columns.push_back({.id = ColumnId(1), .name = "id", .type = TypeId::kBigInt});
    for (const SqlType& type : testing::AllTypes()) {
      if (type.id == TypeId::kInterval || random.Below(2) == 0) continue;
      ColumnDefinition column{.id = ColumnId(2 + static_cast<uint32_t>(version->columns.size())),
                              .name = testing::RandomString(random, "abc"),
                              .type = type,
                              .nullable = random.Below(2) == 1,
                              .default_sql = testing::RandomString(random, "now()")};
      if (random.Below(2) == 1) column.initial = testing::RandomValue(random, type);
      column.generated_sql = testing::RandomString(random, "a+b");
      version->columns.push_back(std::move(column));
    }
    table.versions.push_back(std::move(version));
  }
  table.primary_key = {ColumnId(1)};
  for (uint64_t i = random.Below(3); i > 0; --i) {
    table.constraints.push_back({.name = testing::RandomString(random, "abc"),
                                 .validated = random.Below(2) == 1,
                                 .check_sql = testing::RandomString(random, "a>1")});
  }
  return table;
}

TEST(DefinitionsTest, TablesRoundTrip) {
  SeededRandom random(3);
  for (int i = 0; i < 300; ++i) {
    const TableDefinition table = RandomTable(random);
    const std::string bytes = EncodeTable(table);
    const auto decoded = DecodeTable(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
    EXPECT_EQ(EncodeTable(*decoded), bytes);
    EXPECT_EQ(decoded->id, table.id);
    EXPECT_EQ(decoded->durability, table.durability);
    ASSERT_EQ(decoded->versions.size(), table.versions.size());
    EXPECT_EQ(decoded->columns(), table.columns());
    EXPECT_EQ(decoded->constraints, table.constraints);
    EXPECT_EQ(decoded->ttl_seconds, table.ttl_seconds);
    EXPECT_EQ(decoded->updated_at, table.updated_at);
  }
}

TEST(DefinitionsTest, EveryShorterFormIsRefused) {
  SeededRandom random(4);
  const std::string bytes = EncodeTable(RandomTable(random));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeTable(bytes.substr(0, size)).status().code(), Code::kDataLoss) << size;
  }
}

TEST(DefinitionsTest, EnumsOutOfRangeAreRefused) {
  TableDefinition table = testing::MakeTable("t", TableKind::kUser, {{"id", TypeId::kInt, true}});
  table.kind = static_cast<TableKind>(3);
  EXPECT_FALSE(DecodeTable(EncodeTable(table)).ok());
  table.kind = TableKind::kUser;
  table.access = static_cast<AccessLevel>(4);
  EXPECT_FALSE(DecodeTable(EncodeTable(table)).ok());
  UserDefinition user{.id = "ann", .role = static_cast<Role>(5)};
  EXPECT_FALSE(DecodeUser(EncodeUser(user)).ok());
}

TEST(DefinitionsTest, ColumnsHaveStorableTypesAndKeysKeyableOnes) {
  using testing::MakeTable;
  const auto decode = [](SqlType type, bool key) {
    return DecodeTable(EncodeTable(MakeTable("t", TableKind::kUser, {{"id", type, key}}))).ok();
  };
  EXPECT_TRUE(decode(SqlType::Embedding(3), false));
  EXPECT_FALSE(decode(SqlType::Embedding(3), true));
  EXPECT_FALSE(decode(TypeId::kInterval, false));
  EXPECT_FALSE(decode(TypeId::kNull, false));
  EXPECT_FALSE(decode(static_cast<TypeId>(0x13), false));
  EXPECT_FALSE(decode(SqlType::Decimal(39, 0), false));
  EXPECT_FALSE(decode(SqlType::Decimal(5, 6), false));
  EXPECT_FALSE(decode(SqlType::Embedding(0), false));
}

TEST(DefinitionsTest, ValuesRoundTrip) {
  SeededRandom random(5);
  for (int i = 0; i < 2000; ++i) {
    const auto& types = testing::AllTypes();
    const SqlType type = types[random.Below(types.size())];
    const Value value =
        random.Below(4) == 0 ? Value::Null(type) : testing::RandomValue(random, type);
    std::string bytes;
    EncodeValue(&bytes, value);
    ByteReader reader(bytes);
    const auto decoded = DecodeValue(&reader);
    ASSERT_TRUE(decoded.ok());
    EXPECT_TRUE(reader.empty());
    EXPECT_EQ(*decoded, value);
  }
}

TEST(DefinitionsTest, UsersAndNamespacesRoundTrip) {
  const UserDefinition user{.id = "ann",
                            .account = 7,
                            .role = Role::kDba,
                            .password_hash = "hash",
                            .email = "a@b",
                            .auth_type = "oauth",
                            .auth_data = "{}",
                            .failed_logins = 3,
                            .locked_until = -1,
                            .last_login_at = 2,
                            .created_at = 3,
                            .updated_at = 4,
                            .deleted_at = INT64_MAX,
                            .token_epoch = uint64_t{1} << 40,
                            .tokens_valid_from = 6,
                            .ended_sessions = {{"one", 5}, {"", -1}}};
  const auto decoded = DecodeUser(EncodeUser(user));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(EncodeUser(*decoded), EncodeUser(user));
  EXPECT_EQ(decoded->deleted_at, INT64_MAX);
  EXPECT_EQ(decoded->account, 7u);
  EXPECT_EQ(decoded->tokens_valid_from, 6);
  EXPECT_EQ(decoded->ended_sessions, user.ended_sessions);
  EXPECT_EQ(decoded->role, Role::kDba);
  const auto space = DecodeNamespace(EncodeNamespace({.name = "n", .description = "d"}));
  ASSERT_TRUE(space.ok());
  EXPECT_EQ(space->description, "d");
  EXPECT_FALSE(DecodeNamespace(EncodeUser(user)).ok());
}

// USER TABLE default.items (id INT PRIMARY KEY, name TEXT DEFAULT 'x'), as the first
// format had it: no generated columns, no constraints.
TEST(DefinitionsTest, ATableOfTheFirstFormatHasNoConstraints) {
  static constexpr std::string_view kHex =
      "010701010764656661756c74056974656d7303010100000002056c6f63616c00000000050000000000000006"
      "00000000000000010105000000000000000201026964020000000000020000000000"
      "02046e616d6506000000010327782706000000"
      "0000";
  std::string bytes;
  for (size_t i = 0; i < kHex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(kHex.substr(i, 2)), nullptr, 16)));
  }
  const auto table = DecodeTable(bytes);
  ASSERT_TRUE(table.ok()) << table.status().ToString();
  EXPECT_EQ(table->qualified_name(), "default.items");
  EXPECT_EQ(table->kind, TableKind::kUser);
  ASSERT_EQ(table->columns().size(), 2u);
  EXPECT_EQ(table->columns()[1].default_sql, "'x'");
  EXPECT_FALSE(table->columns()[1].generated());
  EXPECT_TRUE(table->constraints.empty());
  const auto again = DecodeTable(EncodeTable(*table));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->columns(), table->columns());
}

TEST(DefinitionsTest, AConstraintOfAnUnknownKindIsRefused) {
  TableDefinition table = testing::MakeTable("t", TableKind::kUser, {{"id", TypeId::kInt, true}});
  table.constraints.push_back({.name = "c", .check_sql = "id > 0"});
  EXPECT_TRUE(DecodeTable(EncodeTable(table)).ok());
  table.constraints[0].kind = static_cast<ConstraintKind>(99);
  EXPECT_FALSE(DecodeTable(EncodeTable(table)).ok());
}

// Written by a program that knew neither account numbers nor epochs.
TEST(DefinitionsTest, AUserOfTheFirstFormatIsTheFirstAccountOfItsName) {
  std::string bytes = EncodeUser({.id = "ann", .created_at = 3});
  bytes[0] = 1;
  bytes.resize(bytes.size() - 8 - 3);  // valid from, account, epoch, no sessions
  const auto decoded = DecodeUser(bytes);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->row_scope(), "ann");
  EXPECT_EQ(decoded->token_epoch, 1u);
  EXPECT_EQ(decoded->created_at, 3);
}

// Written by a program that knew no tokens but its own.
TEST(DefinitionsTest, AUserOfTheSecondFormatHasItsSessions) {
  std::string bytes =
      EncodeUser({.id = "ann", .account = 2, .token_epoch = 9, .ended_sessions = {{"one", 5}}});
  bytes[0] = 2;
  bytes.resize(bytes.size() - 8);
  const auto decoded = DecodeUser(bytes);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->token_epoch, 9u);
  EXPECT_EQ(decoded->ended_sessions.size(), 1u);
  EXPECT_EQ(decoded->tokens_valid_from, 0);
  bytes[0] = 4;
  EXPECT_EQ(DecodeUser(bytes).status().code(), Code::kDataLoss);
}

TEST(DefinitionsTest, NoTwoAccountsShareARowScope) {
  EXPECT_EQ(RowScope("ann", 1), "ann");
  EXPECT_EQ(RowScope("ann", 2), std::string("ann\0002", 5));
  EXPECT_NE(RowScope("ann", 2), RowScope("ann2", 1));
  EXPECT_NE(RowScope("ann", 12), RowScope("ann1", 2));
}

TEST(DefinitionsTest, RolesHaveNamesAndOldOnesToo) {
  for (const Role role :
       {Role::kAnonymous, Role::kUser, Role::kService, Role::kDba, Role::kSystem}) {
    EXPECT_EQ(RoleFromName(RoleName(role)), role);
  }
  EXPECT_EQ(RoleFromName("admin"), Role::kDba);
  EXPECT_EQ(RoleFromName("nobody"), std::nullopt);
}

}  // namespace
}  // namespace millrace
