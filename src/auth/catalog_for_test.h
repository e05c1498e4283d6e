// A catalog with a real store and commit log in a directory of its own, for the tests
// of this module; and a log that refuses on demand.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/command.h"
#include "log/local/local_log.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runtime/await_on_worker.h"
#include "runtime/event_loop.h"
#include "runtime/gate.h"
#include "storage/hot/kv_store.h"
#include "storage/hot/temporary_directory_for_test.h"

namespace millrace::auth {

// Passes everything on, but for what a test arms it with.
class ArmedLog final : public CommitLog {
 public:
  explicit ArmedLog(CommitLog& log) : log_(log) {}

  void RefuseNext(Verdict verdict) { verdict_ = verdict; }
  void FailNext(Status error) { error_ = std::move(error); }
  const std::vector<Durability>& durabilities() const { return durabilities_; }

  Task<Result<Receipt>> Append(LogEntry entry) override {
    durabilities_.push_back(entry.durability);
    if (error_) {
      const Status error = *std::exchange(error_, std::nullopt);
      co_return error;
    }
    if (verdict_) {
      const Receipt receipt{.verdict = *std::exchange(verdict_, std::nullopt)};
      co_return receipt;
    }
    co_return co_await log_.Append(std::move(entry));
  }
  Result<Receipt> AppendBlocking(LogEntry entry) override {
    return log_.AppendBlocking(std::move(entry));
  }
  Lsn applied() const override { return log_.applied(); }

 private:
  CommitLog& log_;
  std::optional<Verdict> verdict_;
  std::optional<Status> error_;
  std::vector<Durability> durabilities_;
};

class CatalogForTest {
 public:
  CatalogForTest() { Open(); }
  ~CatalogForTest() { log_.reset(); }

  Catalog& catalog() { return *catalog_; }
  ArmedLog& log() { return *armed_; }
  KvStore& store() { return *store_; }

  // Writes a row as somebody else would, past the lock of Accounts.
  void WriteUser(const UserDefinition& user) {
    LogEntry entry;
    entry.payload = EncodeCatalogCommand({{.op = CatalogOp::kPutUser,
                                           .name = user.id,
                                           .expected = static_cast<uint64_t>(Expect::kEither),
                                           .body = EncodeUser(user)}});
    const Result<Receipt> receipt = log_->AppendBlocking(std::move(entry));
    ASSERT_TRUE(receipt.ok()) << receipt.status().ToString();
    ASSERT_EQ(receipt->verdict, Verdict::kApplied);
  }

  void WriteSetting(std::string_view name, std::string value) {
    LogEntry entry;
    entry.payload = EncodeCatalogCommand(
        {{.op = CatalogOp::kPutSetting, .name = std::string(name), .body = std::move(value)}});
    ASSERT_TRUE(log_->AppendBlocking(std::move(entry)).ok());
  }

 private:
  class Machine final : public StateMachine {
   public:
    explicit Machine(Catalog& catalog) : catalog_(catalog) {}
    void BeginGroup() override {}
    Result<Applied> Apply(std::string_view payload, Lsn, WriteBatch* batch) override {
      return catalog_.Stage(payload, batch);
    }
    void GroupWritten(Lsn) override { catalog_.PublishStaged(); }
    void GroupFailed() override { catalog_.ForgetStaged(); }

   private:
    Catalog& catalog_;
  };

  void Open() {
    Result<std::unique_ptr<KvStore>> store =
        KvStore::Open({.directory = directory_.path()}, text_log_);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
    Result<std::unique_ptr<Catalog>> catalog = Catalog::Load(*store_);
    ASSERT_TRUE(catalog.ok()) << catalog.status().ToString();
    catalog_ = *std::move(catalog);
    machine_ = std::make_unique<Machine>(*catalog_);
    Result<std::unique_ptr<LocalLog>> log = LocalLog::Open({}, *store_, metrics_, clock_);
    ASSERT_TRUE(log.ok()) << log.status().ToString();
    log_ = *std::move(log);
    log_->Start(*machine_);
    armed_ = std::make_unique<ArmedLog>(*log_);
  }

  testing::TemporaryDirectory directory_;
  SystemClock clock_;
  Metrics metrics_;
  NullLog text_log_;
  std::unique_ptr<KvStore> store_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Machine> machine_;
  std::unique_ptr<LocalLog> log_;
  std::unique_ptr<ArmedLog> armed_;
};

// Tasks that run at the same time on one loop, and their results in the order they were
// added.
template <typename T>
class Together {
 public:
  explicit Together(EventLoop& loop) : loop_(loop) {}

  void Add(Task<T> task) {
    results_.push_back(std::make_unique<std::optional<T>>());
    ASSERT_TRUE(Spawn(loop_, gate_, Keep(std::move(task), results_.back().get())).ok());
  }
  bool Done(size_t index) const { return results_[index]->has_value(); }
  std::vector<T> Finish() {
    RunOnLoop(loop_, gate_.Close());
    std::vector<T> results;
    for (auto& result : results_) results.push_back(**std::move(result));
    return results;
  }

 private:
  static Task<void> Keep(Task<T> task, std::optional<T>* result) {
    result->emplace(co_await std::move(task));
  }

  EventLoop& loop_;
  Gate gate_;
  std::vector<std::unique_ptr<std::optional<T>>> results_;
};

// The value of a metric without labels, or of all its labels together.
inline double MetricValue(const Metrics& metrics, std::string_view name) {
  double sum = 0;
  for (const MetricSample& sample : metrics.Collect()) {
    if (sample.name == name) sum += sample.value;
  }
  return sum;
}

}  // namespace millrace::auth
