#include "query/expr/work.h"

#include <limits>

#include "query/expr/function.h"
#include "query/expr/node.h"

namespace millrace::expr {
namespace {

constexpr double kNoBound = std::numeric_limits<double>::infinity();
// Trees share nodes (BETWEEN and CASE use an operand several times), and a shared
// node is evaluated every time: a tree too long to walk is too long to run.
constexpr size_t kNodesMax = 20'000;
// Of a fixed-width value, and of the call that handles it.
constexpr double kFixedBytes = 16;
// A text of a value has at most so many bytes for each of the value's.
constexpr double kTextGrowth = 8;

// Bytes of a value: constant, and for each byte of the input.
struct Size {
  double fixed = kFixedBytes;
  double per_byte = 0;

  Size& operator+=(const Size& other) {
    fixed += other.fixed;
    per_byte += other.per_byte;
    return *this;
  }
};

bool IsLong(TypeId id) {
  return IsTextual(id) || id == TypeId::kBytes || id == TypeId::kEmbedding || id == TypeId::kNull ||
         id == TypeId::kFile;
}

class Estimate {
 public:
  const Work& work() const { return work_; }

  Size Visit(const Node& node) {
    if (++nodes_ > kNodesMax) {
      work_.fixed = kNoBound;
      return {};
    }
    switch (node.kind()) {
      case NodeKind::kConstant: {
        const auto& value = static_cast<const ConstantNode&>(node).value();
        if (value.is_null() || !IsLong(value.type().id)) return {};
        return {.fixed = kFixedBytes + static_cast<double>(value.string().size())};
      }
      case NodeKind::kColumn:
      case NodeKind::kParameter:
        return {.per_byte = IsLong(node.type().id) ? 1.0 : 0.0};
      default:
        return VisitOperation(node);
    }
  }

 private:
  Size VisitOperation(const Node& node) {
    Size operands;
    for (const NodePtr& child : node.children()) operands += Visit(*child);
    work_.fixed += operands.fixed;
    work_.per_byte += operands.per_byte;
    if (node.kind() == NodeKind::kCall) AddCost(node, operands);
    if (!IsLong(node.type().id)) return {};
    if (node.kind() != NodeKind::kCast) return operands;
    return {.fixed = operands.fixed * kTextGrowth, .per_byte = operands.per_byte * kTextGrowth};
  }

  void AddCost(const Node& node, const Size& operands) {
    switch (static_cast<const CallNode&>(node).function().cost) {
      case Cost::kLinear:
        return;
      case Cost::kQuadratic:  // (a + b)² <= 2a² + 2b²
        work_.fixed += 2 * operands.fixed * operands.fixed;
        work_.per_byte_squared += 2 * operands.per_byte * operands.per_byte;
        return;
      case Cost::kUnbounded:
        work_.fixed = kNoBound;
        return;
    }
  }

  Work work_;
  size_t nodes_ = 0;
};

}  // namespace

Work& Work::operator+=(const Work& other) {
  fixed += other.fixed;
  per_byte += other.per_byte;
  per_byte_squared += other.per_byte_squared;
  return *this;
}

Work WorkOf(const Node* expression) {
  Estimate estimate;
  if (expression != nullptr) estimate.Visit(*expression);
  return estimate.work();
}

}  // namespace millrace::expr
