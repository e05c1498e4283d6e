// What commands do to the catalog, in memory and after loading it again.
#include "catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/definitions_for_test.h"
#include "storage/hot/temporary_directory_for_test.h"

namespace millrace {
namespace {

using testing::DropTable;
using ::testing::ElementsAre;
using testing::MakeTable;
using testing::PutNamespace;
using testing::PutTable;

TableDefinition Users(const std::string& name = "users") {
  return MakeTable(name, TableKind::kShared, {{"id", TypeId::kBigInt, true}, {"n", TypeId::kText}});
}

CatalogChange RenameTable(const std::string& from, const std::string& to, uint32_t version = 1) {
  return {.op = CatalogOp::kRenameTable, .name = from, .expected = version, .body = to};
}
CatalogChange DropNamespace(const std::string& name) {
  return {.op = CatalogOp::kDropNamespace, .name = name, .expected = 1};
}
CatalogChange PutUser(const std::string& id, Expect expect, const std::string& email = "") {
  return {.op = CatalogOp::kPutUser,
          .name = id,
          .expected = static_cast<uint64_t>(expect),
          .body = EncodeUser({.id = id, .email = email})};
}
CatalogChange ForgetDropped(TableId id) {
  std::string name;
  PutBigEndian32(&name, id.value);
  return {.op = CatalogOp::kForgetDropped, .name = name};
}

class CatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = *KvStore::Open({.directory = directory_.path()}, log_);
    catalog_ = *Catalog::Load(*store_);
    batch_.emplace(store_->NewBatch());
  }
  // Stages one command; "ok", "exists 0" (what was refused and where) or an error.
  std::string Stage(const std::vector<CatalogChange>& changes) {
    const auto applied = catalog_->Stage(EncodeCatalogCommand(changes), &*batch_);
    if (!applied.ok()) return applied.status().ToString();
    const std::string at = " " + std::to_string(applied->conflict);
    if (applied->verdict == Verdict::kKeyExists) return "exists" + at;
    if (applied->verdict == Verdict::kTableChanged) return "changed" + at;
    EXPECT_EQ(applied->changes, 1u);
    return "ok";
  }
  void Publish() {
    ASSERT_TRUE(store_->Write(&*batch_, Sync::kNoSync).ok());
    batch_->Clear();
    catalog_->PublishStaged();
    ExpectReloadEqual();
  }
  std::string Run(const std::vector<CatalogChange>& changes) {
    std::string result = Stage(changes);
    Publish();
    return result;
  }
  static std::string Dump(const Catalog& catalog) {
    std::string dump;
    for (const auto& space : catalog.Namespaces()) dump += "namespace " + space->name + "\n";
    for (const auto& table : catalog.Tables()) dump += "table " + EncodeTable(*table) + "\n";
    for (const auto& user : catalog.Users()) dump += "user " + EncodeUser(*user) + "\n";
    for (const auto& dropped : catalog.Dropped()) {
      dump += "dropped " + std::to_string(dropped.id.value) + " " + dropped.name + "\n";
    }
    return dump + "setting " + catalog.Setting("limit") + "\n";
  }
  void ExpectReloadEqual() {
    const auto loaded = Catalog::Load(*store_);
    ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
    EXPECT_EQ(Dump(**loaded), Dump(*catalog_));
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& table : catalog_->Tables()) {
      names.push_back(table->qualified_name() + "#" + std::to_string(table->id.value));
    }
    return names;
  }
  Status LoadWith(std::string_view key, std::string_view value) {
    WriteBatch batch = store_->NewBatch();
    batch.Put(KeySpace::kMeta, key, value);
    EXPECT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());
    return Catalog::Load(*store_).status();
  }

  testing::TemporaryDirectory directory_;
  NullLog log_;
  std::unique_ptr<KvStore> store_;
  std::unique_ptr<Catalog> catalog_;
  std::optional<WriteBatch> batch_;
};

TEST_F(CatalogTest, CommandsBecomeVisibleWhenPublished) {
  const uint64_t before = catalog_->generation();
  EXPECT_EQ(Stage({PutNamespace("app")}), "ok");
  EXPECT_EQ(catalog_->FindNamespace("app"), nullptr);
  EXPECT_EQ(catalog_->generation(), before);
  Publish();
  ASSERT_NE(catalog_->FindNamespace("app"), nullptr);
  EXPECT_EQ(catalog_->FindNamespace("app")->created_at, 1);
  EXPECT_GT(catalog_->generation(), before);

  EXPECT_EQ(Run({PutTable(Users())}), "ok");
  const TablePtr table = catalog_->FindTable("app", "users");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->id, TableId(1));
  EXPECT_EQ(catalog_->FindTable(TableId(1)), table);
  EXPECT_EQ(catalog_->FindTable("app", "other"), nullptr);
  EXPECT_EQ(catalog_->Tables("ap").size(), 0u);
  EXPECT_EQ(catalog_->Tables("app").size(), 1u);
}

TEST_F(CatalogTest, ForgottenCommandsLeaveNothing) {
  Run({PutNamespace("app")});
  EXPECT_EQ(Stage({PutTable(Users())}), "ok");
  catalog_->ForgetStaged();
  batch_->Clear();
  EXPECT_EQ(Names().size(), 0u);
  EXPECT_EQ(Run({PutTable(Users())}), "ok");
  EXPECT_EQ(Names().size(), 1u);
}

TEST_F(CatalogTest, ExpectationsAreChecked) {
  EXPECT_EQ(Run({PutTable(Users())}), "changed 0");  // no namespace
  Run({PutNamespace("app")});
  EXPECT_EQ(Run({PutNamespace("app")}), "exists 0");
  EXPECT_EQ(Run({DropNamespace("other")}), "changed 0");
  EXPECT_EQ(Run({PutTable(Users())}), "ok");
  EXPECT_EQ(Run({PutTable(Users())}), "exists 0");
  EXPECT_EQ(Run({PutTable(Users("other"), 1)}), "changed 0");
  EXPECT_EQ(Run({DropTable("app.users", 2)}), "changed 0");
  EXPECT_EQ(Run({RenameTable("app.users", "x", 2)}), "changed 0");
  EXPECT_EQ(Run({PutUser("ann", Expect::kExisting)}), "changed 0");
  EXPECT_EQ(Run({PutUser("ann", Expect::kNew)}), "ok");
  EXPECT_EQ(Run({PutUser("ann", Expect::kNew)}), "exists 0");
  EXPECT_EQ(Run({PutUser("ann", Expect::kExisting, "a@b")}), "ok");
  EXPECT_EQ(catalog_->FindUser("ann")->email, "a@b");
  EXPECT_EQ(Run({PutUser("ann", Expect::kEither, "c@d")}), "ok");
  EXPECT_EQ(catalog_->FindUser("ann")->email, "c@d");
}

TEST_F(CatalogTest, AlteringInstallsTheNextVersion) {
  Run({PutNamespace("app")});
  Run({PutTable(Users())});
  const TablePtr old = catalog_->FindTable("app", "users");
  TableDefinition altered = *old;
  auto version = std::make_shared<SchemaVersion>(altered.current());
  version->version = 2;
  version->columns.push_back({.id = ColumnId(altered.next_column_id++),
                              .name = "added",
                              .type = TypeId::kInt,
                              .initial = Value::Integer(TypeId::kInt, 5)});
  altered.versions.push_back(version);
  EXPECT_EQ(Run({PutTable(altered, 1)}), "ok");
  EXPECT_EQ(Run({PutTable(altered, 1)}), "changed 0");  // somebody was faster
  const TablePtr now = catalog_->FindTable("app", "users");
  EXPECT_EQ(now->id, old->id);
  EXPECT_EQ(now->version(), 2u);
  EXPECT_EQ(now->columns().size(), 3u);
  EXPECT_EQ(now->versions[0]->columns.size(), 2u);
  EXPECT_EQ(old->columns().size(), 2u);  // a statement keeps what it was bound to
}

TEST_F(CatalogTest, CommandsOfAGroupSeeEachOther) {
  EXPECT_EQ(Stage({PutNamespace("app")}), "ok");
  EXPECT_EQ(Stage({PutNamespace("app")}), "exists 0");
  EXPECT_EQ(Stage({PutTable(Users())}), "ok");
  EXPECT_EQ(Stage({PutTable(Users())}), "exists 0");
  EXPECT_EQ(Stage({DropNamespace("app")}), "changed 0");
  EXPECT_EQ(Stage({DropTable("app.users")}), "ok");
  EXPECT_EQ(Stage({DropTable("app.users")}), "changed 0");
  EXPECT_EQ(Stage({PutTable(Users())}), "ok");
  EXPECT_EQ(Stage({RenameTable("app.users", "people")}), "ok");
  EXPECT_EQ(Stage({RenameTable("app.users", "others")}), "changed 0");
  EXPECT_EQ(Stage({PutUser("ann", Expect::kNew)}), "ok");
  EXPECT_EQ(Stage({PutUser("ann", Expect::kNew)}), "exists 0");
  Publish();
  EXPECT_THAT(Names(), ElementsAre("app.people#2"));
  EXPECT_EQ(catalog_->Dropped().size(), 1u);
}

TEST_F(CatalogTest, ACommandIsAllOrNothing) {
  Run({PutNamespace("app")});
  EXPECT_EQ(Stage({PutTable(Users("a"))}), "ok");
  EXPECT_EQ(Stage({PutTable(Users("b")), PutUser("ann", Expect::kNew), PutNamespace("app")}),
            "exists 2");
  EXPECT_EQ(
      Stage({PutTable(Users("c")), {.op = CatalogOp::kPutUser, .name = "bob", .body = "damaged"}}),
      "data loss: the catalog entry of a user is damaged");
  EXPECT_EQ(Stage({PutTable(Users("d"))}), "ok");
  Publish();
  EXPECT_THAT(Names(), ElementsAre("app.a#1", "app.d#2"));
  EXPECT_EQ(catalog_->Users().size(), 0u);
}

TEST_F(CatalogTest, NamesMayBeSwappedInOneGroup) {
  Run({PutNamespace("app")});
  Run({PutTable(Users("a"))});
  Run({PutTable(Users("b"))});
  EXPECT_EQ(Run({RenameTable("app.a", "b")}), "exists 0");
  EXPECT_EQ(Stage({RenameTable("app.a", "t")}), "ok");
  EXPECT_EQ(Stage({RenameTable("app.b", "a")}), "ok");
  EXPECT_EQ(Stage({RenameTable("app.t", "b")}), "ok");
  Publish();
  EXPECT_THAT(Names(), ElementsAre("app.a#2", "app.b#1"));
}

TEST_F(CatalogTest, ANamespaceWithTablesIsNotDropped) {
  Run({PutNamespace("app")});
  Run({PutNamespace("app2")});
  Run({PutTable(Users())});
  EXPECT_EQ(Run({DropNamespace("app")}), "changed 0");
  EXPECT_EQ(Run({DropNamespace("app2")}), "ok");
  EXPECT_EQ(Run({DropTable("app.users"), DropNamespace("app")}), "ok");
  EXPECT_EQ(catalog_->Namespaces().size(), 0u);
}

TEST_F(CatalogTest, ADroppedTableIsRememberedUntilForgotten) {
  Run({PutNamespace("app")});
  Run({PutTable(Users())});
  Run({DropTable("app.users")});
  EXPECT_EQ(catalog_->FindTable(TableId(1)), nullptr);
  ASSERT_EQ(catalog_->Dropped().size(), 1u);
  EXPECT_EQ(catalog_->Dropped()[0].id, TableId(1));
  EXPECT_EQ(catalog_->Dropped()[0].name, "app.users");
  EXPECT_EQ(Run({ForgetDropped(TableId(1))}), "ok");
  EXPECT_EQ(catalog_->Dropped().size(), 0u);
  EXPECT_EQ(Run({ForgetDropped(TableId(1))}), "ok");
}

TEST_F(CatalogTest, TableIdsAreNeverUsedAgain) {
  Run({PutNamespace("app")});
  Run({PutTable(Users())});
  Run({DropTable("app.users")});
  Run({ForgetDropped(TableId(1))});
  catalog_ = *Catalog::Load(*store_);
  Run({PutTable(Users())});
  EXPECT_THAT(Names(), ElementsAre("app.users#2"));
}

TEST_F(CatalogTest, SettingsAreKept) {
  Run({{.op = CatalogOp::kPutSetting, .name = "limit", .body = "10"}});
  EXPECT_EQ(catalog_->Setting("limit"), "10");
  EXPECT_EQ(catalog_->Setting("other"), "");
  Run({{.op = CatalogOp::kPutSetting, .name = "limit", .body = "20"}});
  EXPECT_EQ(catalog_->Setting("limit"), "20");
}

TEST_F(CatalogTest, ADefinitionBearsTheNameOfItsCommand) {
  Run({PutNamespace("app")});
  CatalogChange table = PutTable(Users());
  table.name = "app.other";
  CatalogChange space = PutNamespace("x");
  space.name = "y";
  CatalogChange user = PutUser("ann", Expect::kNew);
  user.name = "bob";
  for (const CatalogChange& change : {table, space, user}) {
    EXPECT_TRUE(Run({change}).starts_with("data loss: a catalog command names"));
  }
}

TEST_F(CatalogTest, DamagedEntriesAreRefusedAtLoading) {
  Run({PutNamespace("app")});
  Run({PutTable(Users())});
  const std::string good = EncodeTable(*catalog_->FindTable(TableId(1)));
  const std::string key("T\0\0\0\x01", 5);
  EXPECT_EQ(LoadWith(key, good.substr(0, good.size() - 1)).code(), Code::kDataLoss);
  EXPECT_EQ(LoadWith(key, good + "x").code(), Code::kDataLoss);
  EXPECT_TRUE(LoadWith(key, good).ok());
  EXPECT_EQ(LoadWith("next_table_id", std::string("\x01\0\0\0", 4)).code(), Code::kDataLoss);
  EXPECT_EQ(LoadWith("next_table_id", "x").code(), Code::kDataLoss);
  EXPECT_TRUE(LoadWith("next_table_id", std::string("\x09\0\0\0", 4)).ok());
  EXPECT_EQ(LoadWith("D\x01", "app.short_id").code(), Code::kDataLoss);
}

TEST_F(CatalogTest, AnEntryUnderAnotherIdIsRefused) {
  Run({PutNamespace("app")});
  Run({PutTable(Users())});
  const std::string good = EncodeTable(*catalog_->FindTable(TableId(1)));
  EXPECT_EQ(LoadWith(std::string("T\0\0\0\x02", 5), good).code(), Code::kDataLoss);
}

TEST_F(CatalogTest, KeysOfOtherModulesAreLeftAlone) {
  EXPECT_TRUE(LoadWith("applied_lsn", "12345678").ok());
}

TEST_F(CatalogTest, DamagedCommandsAreDataLoss) {
  const std::string command = EncodeCatalogCommand({PutNamespace("app")});
  for (size_t size = 0; size < command.size(); ++size) {
    const auto applied = catalog_->Stage(command.substr(0, size), &*batch_);
    EXPECT_EQ(applied.status().code(), Code::kDataLoss) << size;
  }
  CatalogChange unknown{.op = static_cast<CatalogOp>(99), .name = "x"};
  EXPECT_TRUE(Stage({unknown}).starts_with("data loss"));
  EXPECT_TRUE(batch_->empty());
}

}  // namespace
}  // namespace millrace
