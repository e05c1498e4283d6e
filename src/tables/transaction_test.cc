// Transactions against an oracle of snapshot isolation: maps copied at BEGIN.
#include "tables/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "base/random.h"
#include "tables/row_scan.h"
#include "tables/tables_for_test.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using testing::MakeTable;
using testing::TestTables;

constexpr size_t kBytesMax = size_t{1} << 20;
constexpr int64_t kKeys = 12;

// A committed row: its value and which commit wrote it.
struct Committed {
  int64_t value = 0;
  int version = 0;
  bool operator==(const Committed&) const = default;
};
using State = std::map<int64_t, Committed>;

TableDefinition NumbersTable(TableKind kind) {
  return MakeTable("t", kind, {{"id", TypeId::kBigInt, true}, {"v", TypeId::kBigInt}});
}

class Rows {
 public:
  Rows(TestTables& tables, CodecPtr codec, std::string user)
      : tables_(tables), codec_(std::move(codec)), user_(std::move(user)) {}

  const TableDefinition& table() const { return codec_->table(); }
  const std::string& user() const { return user_; }
  std::string Key(int64_t id) const {
    return codec_->RelativeKey(user_, std::vector<Value>{Value::BigInt(id), Value::BigInt(0)});
  }
  std::string Row(int64_t id, int64_t value) const {
    return tables_.Row(*codec_, {Value::BigInt(id), Value::BigInt(value)});
  }
  // What a view holds of [from, to), in the order of the walk: id, value, `_seq`.
  std::vector<std::array<int64_t, 3>> Scan(const SnapshotPtr& view, int64_t from, int64_t to,
                                           ScanOrder order) const {
    const ColumnBound lower{0, ColumnBound::Kind::kGreaterOrEqual, Value::BigInt(from)};
    const ColumnBound upper{0, ColumnBound::Kind::kLess, Value::BigInt(to)};
    BoundedRange bounded = NarrowRange(*codec_, user_, {lower, upper});
    RowScan scan(view, codec_, bounded.range, {0, 1, 2}, order, 3);
    std::vector<std::array<int64_t, 3>> rows;
    Batch batch;
    while (TestTables::Must(scan.Next(&batch))) {
      for (size_t row = 0; row < batch.rows; ++row) {
        rows.push_back({batch.columns[0].GetValue(row).integer(),
                        batch.columns[1].GetValue(row).integer(),
                        batch.columns[2].GetValue(row).integer()});
      }
    }
    return rows;
  }
  std::optional<uint64_t> Seq(const SnapshotPtr& view, int64_t id) const {
    const auto row = TestTables::Must(GetRow(*view, *codec_, codec_->FullKey(Key(id))));
    if (!row.has_value()) return std::nullopt;
    return row_format::Seq(*row);
  }

 private:
  TestTables& tables_;
  CodecPtr codec_;
  std::string user_;
};

// One transaction and what the oracle thinks of it.
class Player {
 public:
  Player(TestTables& tables, Rows& rows, const State& committed)
      : tables_(tables),
        rows_(rows),
        work_(std::make_unique<Transaction>(tables.store(), tables.catalog(), kBytesMax)),
        base_(committed) {
    for (const auto& [id, row] : base_) now_[id] = row.value;
    View();  // the snapshot is taken here
  }

  SnapshotPtr View() { return TestTables::Must(work_->View(tables_.clock.WallMicros())); }

  void Change(Random& random) {
    const int64_t id = static_cast<int64_t>(random.Below(kKeys));
    const int64_t value = static_cast<int64_t>(random.Below(1000));
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(rows_.table(), rows_.user());
    const std::optional<uint64_t> seq = rows_.Seq(View(), id);
    ASSERT_EQ(seq.has_value(), now_.contains(id));
    if (!seq.has_value()) {
      batch.Insert(rows_.Key(id), rows_.Row(id, value));
      now_[id] = value;
    } else if (random.Below(3) == 0) {
      batch.Delete(rows_.Key(id), *seq);
      now_.erase(id);
    } else {
      batch.Update(rows_.Key(id), *seq, rows_.Row(id, value));
      now_[id] = value;
    }
    EXPECT_EQ(Apply(batch), Verdict::kApplied);
  }

  // A statement whose second row cannot be written: the first one must not stay.
  void FailingChange(Random& random) {
    if (now_.empty()) return;
    const int64_t there = now_.begin()->first;
    const int64_t other = kKeys + static_cast<int64_t>(random.Below(5));
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(rows_.table(), rows_.user());
    batch.Insert(rows_.Key(other), rows_.Row(other, 1));
    batch.Insert(rows_.Key(there), rows_.Row(there, 1));
    EXPECT_EQ(Apply(batch), Verdict::kKeyExists);
  }

  void Savepoint() {
    const std::string name = "s" + std::to_string(savepoints_.size());
    work_->SetSavepoint(name);
    savepoints_.push_back(now_);
  }
  void BackToSavepoint(Random& random) {
    if (savepoints_.empty()) return;
    const size_t which = random.Below(savepoints_.size());
    EXPECT_TRUE(work_->RollbackTo("s" + std::to_string(which)).ok());
    savepoints_.resize(which + 1);
    now_ = savepoints_.back();
    RememberKeys();
  }

  void Check(Random& random) {
    const int64_t from = static_cast<int64_t>(random.Below(kKeys));
    const int64_t to = static_cast<int64_t>(random.Below(kKeys + 6));
    std::vector<std::pair<int64_t, int64_t>> expected;
    for (const auto& [id, value] : now_) {
      if (id >= from && id < to) expected.emplace_back(id, value);
    }
    const bool backward = random.Below(2) == 0;
    if (backward) std::reverse(expected.begin(), expected.end());
    const SnapshotPtr view = View();
    std::vector<std::pair<int64_t, int64_t>> found;
    for (const auto& [id, value, seq] :
         rows_.Scan(view, from, to, backward ? ScanOrder::kBackward : ScanOrder::kForward)) {
      found.emplace_back(id, value);
      EXPECT_EQ(rows_.Seq(view, id), static_cast<uint64_t>(seq));
    }
    EXPECT_EQ(found, expected);
  }

  // Who commits first wins: refused when a row it changed has been committed since.
  void Commit(State& committed, int version) {
    LogEntry entry = work_->MakeEntry(tables_.clock.WallMicros(), Durability::kRelaxed);
    bool conflict = false;
    State next = committed;
    for (int64_t id = 0; id < kKeys; ++id) {
      const auto base = base_.find(id);
      const auto now = now_.find(id);
      const bool changed = changed_.contains(id) && (base != base_.end() || now != now_.end());
      if (!changed) continue;
      const auto current = committed.find(id);
      const bool same = base == base_.end()
                            ? current == committed.end()
                            : current != committed.end() && current->second == base->second;
      conflict |= !same;
      next.erase(id);
      if (now != now_.end()) next[id] = {.value = now->second, .version = version};
    }
    if (entry.payload.empty()) {
      EXPECT_EQ(next, committed);
      return;
    }
    const Receipt receipt = tables_.AppendPayload(std::move(entry.payload));
    EXPECT_EQ(receipt.verdict != Verdict::kApplied, conflict);
    if (receipt.verdict == Verdict::kApplied) committed = next;
  }

 private:
  Verdict Apply(MutationBatch& batch) {
    const std::string payload = batch.Finish();
    const Verdict verdict = TestTables::Must(work_->Apply(payload)).verdict;
    RememberKeys();
    return verdict;
  }
  // Rows that a savepoint brought back are not changed any more.
  void RememberKeys() {
    changed_.clear();
    const SnapshotPtr view = View();
    for (int64_t id = 0; id < kKeys; ++id) {
      std::string key;
      PutBigEndian32(&key, rows_.table().id.value);
      key += rows_.Key(id);
      if (view->uncommitted()->Find(key) != nullptr) changed_.insert(id);
    }
  }

  TestTables& tables_;
  Rows& rows_;
  std::unique_ptr<Transaction> work_;
  State base_;
  std::map<int64_t, int64_t> now_;
  std::set<int64_t> changed_;
  std::vector<std::map<int64_t, int64_t>> savepoints_;
};

TEST(TransactionTest, InterleavedTransactionsBehaveAsSnapshots) {
  SeededRandom random(20261121);
  for (int round = 0; round < 12; ++round) {
    TestTables tables;
    const TableKind kind = round % 2 == 0 ? TableKind::kShared : TableKind::kUser;
    const CodecPtr codec = tables.Create(NumbersTable(kind));
    Rows rows(tables, codec, kind == TableKind::kUser ? "ann" : "");
    State committed;
    std::vector<std::unique_ptr<Player>> players;
    for (int step = 0; step < 150; ++step) {
      if (players.size() < 2 || (players.size() < 4 && random.Below(4) == 0)) {
        players.push_back(std::make_unique<Player>(tables, rows, committed));
      }
      const size_t who = random.Below(players.size());
      Player& player = *players[who];
      switch (random.Below(8)) {
        case 0:
          player.Commit(committed, step + 1);
          players.erase(players.begin() + static_cast<ptrdiff_t>(who));
          break;
        case 1:
          player.Savepoint();
          break;
        case 2:
          player.BackToSavepoint(random);
          break;
        case 3:
          player.FailingChange(random);
          break;
        default:
          player.Change(random);
      }
      for (const auto& each : players) each->Check(random);
    }
    // What was committed in the order of the commits is all there is.
    std::vector<std::pair<int64_t, int64_t>> found;
    for (const auto& [id, value, seq] : rows.Scan(tables.Snap(), 0, kKeys, ScanOrder::kForward)) {
      found.emplace_back(id, value);
    }
    std::vector<std::pair<int64_t, int64_t>> expected;
    for (const auto& [id, row] : committed) expected.emplace_back(id, row.value);
    EXPECT_EQ(found, expected) << "round " << round;
  }
}

class TransactionRules : public ::testing::Test {
 protected:
  Result<Receipt> Insert(Transaction& work, int64_t id, int64_t value = 0) {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec_->table(), "");
    batch.Insert(rows_.Key(id), rows_.Row(id, value));
    return work.Apply(batch.Finish());
  }
  std::vector<int64_t> Ids(const SnapshotPtr& view) {
    std::vector<int64_t> ids;
    for (const auto& row : rows_.Scan(view, 0, 1000, ScanOrder::kForward)) ids.push_back(row[0]);
    return ids;
  }

  TestTables tables_;
  CodecPtr codec_ = tables_.Create(NumbersTable(TableKind::kShared));
  Rows rows_{tables_, codec_, ""};
};

TEST_F(TransactionRules, AViewThatIsHeldDoesNotChange) {
  Transaction work(tables_.store(), tables_.catalog(), kBytesMax);
  EXPECT_TRUE(Insert(work, 1).ok());
  const SnapshotPtr before = TestTables::Must(work.View(0));
  EXPECT_TRUE(Insert(work, 2).ok());
  EXPECT_THAT(Ids(before), ElementsAre(1));
  EXPECT_THAT(Ids(TestTables::Must(work.View(0))), ElementsAre(1, 2));
}

TEST_F(TransactionRules, ATransactionHasALimit) {
  Transaction work(tables_.store(), tables_.catalog(), 2000);
  Status status;
  int64_t id = 0;
  while (status.ok() && id < 100) status = Insert(work, id++).status();
  EXPECT_EQ(status.sqlstate(), "54000");
  const uint64_t bytes = work.facts().bytes;
  EXPECT_LE(bytes, 2000u);
  // The statement that was too much left nothing.
  EXPECT_EQ(Ids(TestTables::Must(work.View(0))).size(), static_cast<size_t>(id - 1));
}

TEST_F(TransactionRules, ChangingOneRowAgainAndAgainDoesNotGrow) {
  Transaction work(tables_.store(), tables_.catalog(), 2000);
  ASSERT_TRUE(Insert(work, 1).ok());
  for (int i = 0; i < 100; ++i) {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec_->table(), "");
    batch.Update(rows_.Key(1), *rows_.Seq(TestTables::Must(work.View(0)), 1), rows_.Row(1, i));
    ASSERT_TRUE(work.Apply(batch.Finish()).ok()) << i;
  }
}

TEST_F(TransactionRules, DurabilityIsThatOfItsStrictestTable) {
  TableDefinition relaxed = NumbersTable(TableKind::kShared);
  relaxed.name = "relaxed";
  relaxed.durability = Durability::kRelaxed;
  const CodecPtr other = tables_.Create(relaxed);
  Transaction work(tables_.store(), tables_.catalog(), kBytesMax);
  MutationBatch batch = tables_.NewBatch();
  batch.BeginTable(other->table(), "");
  batch.Insert(rows_.Key(1), rows_.Row(1, 1));
  ASSERT_TRUE(work.Apply(batch.Finish()).ok());
  EXPECT_EQ(work.MakeEntry(0, Durability::kStrict).durability, Durability::kRelaxed);
  ASSERT_TRUE(Insert(work, 1).ok());
  EXPECT_EQ(work.MakeEntry(0, Durability::kStrict).durability, Durability::kStrict);
}

}  // namespace
}  // namespace millrace
