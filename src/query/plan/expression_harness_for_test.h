// Expressions as text for tests: EXPECT_EVAL("1 + 2", "3"). An expected error is
// its SQLSTATE: EXPECT_EVAL("1 / 0", "!22012").
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "query/expr/eval.h"
#include "query/plan/expression_binder.h"
#include "query/sql/parser.h"

namespace millrace::plan {

// A schema, rows and parameters to evaluate expression texts on.
class ExpressionHarness {
 public:
  ExpressionHarness() : ids_(clock_, random_) {}

  void AddColumn(const std::string& name, const SqlType& type, const std::vector<Value>& values);
  void SetParams(std::vector<Value> params) { params_ = std::move(params); }
  expr::EvalContext& context();

  Result<expr::NodePtr> Bind(std::string_view text, Fallback fallback = Fallback::kNone) const;
  // The results for all rows, each as text, separated by ", "; of one row when
  // there are no columns. An error is '!' and its SQLSTATE.
  std::string Eval(std::string_view text);
  // The SQL name of the result type.
  std::string TypeOf(std::string_view text) const;

  const Batch& batch() const { return batch_; }
  const RelationScope& scope() const { return scope_; }

 private:
  ManualClock clock_;
  SeededRandom random_{1};
  expr::ClockIdGenerator ids_;
  RelationScope scope_;
  Batch batch_;
  std::vector<Value> params_;
  expr::EvalContext context_;
};

}  // namespace millrace::plan

#define EXPECT_EVAL(text, expected) \
  EXPECT_EQ(::millrace::plan::ExpressionHarness().Eval(text), expected) << (text)
#define EXPECT_TYPE(text, expected) \
  EXPECT_EQ(::millrace::plan::ExpressionHarness().TypeOf(text), expected) << (text)
