// Expression nodes. An Expr is a value: copying is deep, == is structural and
// ignores positions. Literals live inside the Expr, everything else in a Box.
//
//   switch (expr.kind()) {
//     case ExprKind::kLiteral: return BindLiteral(expr.As<Literal>());
//     case ExprKind::kBinary: return BindBinary(expr.As<Binary>());
//     ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "query/sql/ast_node.h"

namespace millrace::sql {

struct Query;
struct Expr;
using ExprPtr = Box<Expr>;  // optional child: empty means "not written"

// ---- Names and types --------------------------------------------------------

// A possibly qualified name of a table, view, topic or index, in lower case.
struct TableName {
  SourcePosition position;
  std::string namespace_name;  // empty when not qualified
  std::string name;
  bool operator==(const TableName&) const = default;
};

// A type as written, reduced to one upper-case word: CHARACTER VARYING is
// "VARCHAR", TIMESTAMP WITH TIME ZONE "TIMESTAMPTZ", DOUBLE PRECISION "DOUBLE",
// other names as they are. DECIMAL(10,2)[] has two modifiers and depth 1.
struct TypeName {
  SourcePosition position;
  std::string name;
  std::vector<int32_t> modifiers;
  uint32_t array_depth = 0;
  bool operator==(const TypeName&) const = default;
};

// ---- Leaves -----------------------------------------------------------------

enum class LiteralKind : uint8_t {
  kNull,
  kBoolean,      // integer is 0 or 1
  kInteger,      // integer
  kHugeInteger,  // does not fit int64: digits (and sign) in text
  kDecimal,      // 12.50, text as written
  kFloat,        // 1e10, text as written
  kString,       // text, escapes and doubled quotes already resolved
  kBytes,        // text holds the raw bytes of X'..'
};

// A sign directly before a number is part of the literal.
struct Literal {
  LiteralKind kind = LiteralKind::kNull;
  int64_t integer = 0;
  std::string text;

  static Literal Null() { return {}; }
  static Literal Boolean(bool value) { return {LiteralKind::kBoolean, value, {}}; }
  static Literal Integer(int64_t value) { return {LiteralKind::kInteger, value, {}}; }
  static Literal String(std::string value) { return {LiteralKind::kString, 0, std::move(value)}; }
  bool operator==(const Literal&) const = default;
};

// $1 has index 1.
struct Parameter {
  uint32_t index = 0;
  bool operator==(const Parameter&) const = default;
};

// DEFAULT as a value in INSERT and UPDATE.
struct DefaultValue {
  bool operator==(const DefaultValue&) const = default;
};

// a, t.a or ns.t.a.
struct ColumnRef {
  std::string namespace_name;
  std::string table;
  std::string column;
  bool operator==(const ColumnRef&) const = default;
};

// *, t.* or ns.t.*; also the argument of COUNT(*).
struct Star {
  std::string namespace_name;
  std::string table;
  bool operator==(const Star&) const = default;
};

// DATE '2024-01-01', UUID '..', INTERVAL '5' MINUTE. `unit` is upper case and
// only for INTERVAL ("MINUTE", "YEAR TO MONTH"); empty when not written.
// INTERVAL 5 MINUTE is INTERVAL '5 MINUTE'.
struct TypedLiteral {
  TypeName type;
  std::string text;
  std::string unit;
  bool operator==(const TypedLiteral&) const = default;
};

// FILE("name"): stands for an uploaded part of the request.
struct FilePlaceholder {
  std::string name;
  bool operator==(const FilePlaceholder&) const = default;
};

// ---- Expr -------------------------------------------------------------------

struct Unary;
struct Binary;
struct Logical;
struct IsTest;
struct PatternMatch;
struct Between;
struct InList;
struct InQuery;
struct Exists;
struct ScalarSubquery;
struct Quantified;
struct Case;
struct Cast;
struct Extract;
struct Collate;
struct AtTimeZone;
struct FunctionCall;
struct NamedArgument;
struct ArrayConstructor;
struct ArrayQuery;
struct RowConstructor;
struct Subscript;
struct FieldAccess;

// In the order of Expr::Node.
enum class ExprKind : uint8_t {
  kLiteral,
  kParameter,
  kDefaultValue,
  kColumnRef,
  kStar,
  kTypedLiteral,
  kFilePlaceholder,
  kUnary,
  kBinary,
  kLogical,
  kIsTest,
  kPatternMatch,
  kBetween,
  kInList,
  kInQuery,
  kExists,
  kScalarSubquery,
  kQuantified,
  kCase,
  kCast,
  kExtract,
  kCollate,
  kAtTimeZone,
  kFunctionCall,
  kNamedArgument,
  kArrayConstructor,
  kArrayQuery,
  kRowConstructor,
  kSubscript,
  kFieldAccess,
};

template <typename T>
inline constexpr bool kIsInlineNode =
    std::is_same_v<T, Literal> || std::is_same_v<T, Parameter> || std::is_same_v<T, DefaultValue>;

// A default-constructed Expr is the literal NULL.
struct Expr {
  using Node = std::variant<Literal, Parameter, DefaultValue, Box<ColumnRef>, Box<Star>,
                            Box<TypedLiteral>, Box<FilePlaceholder>, Box<Unary>, Box<Binary>,
                            Box<Logical>, Box<IsTest>, Box<PatternMatch>, Box<Between>, Box<InList>,
                            Box<InQuery>, Box<Exists>, Box<ScalarSubquery>, Box<Quantified>,
                            Box<Case>, Box<Cast>, Box<Extract>, Box<Collate>, Box<AtTimeZone>,
                            Box<FunctionCall>, Box<NamedArgument>, Box<ArrayConstructor>,
                            Box<ArrayQuery>, Box<RowConstructor>, Box<Subscript>, Box<FieldAccess>>;

  SourcePosition position;
  Node node;

  Expr() = default;
  template <typename T>
    requires(!std::is_same_v<std::decay_t<T>, Expr>)
  explicit Expr(T&& value, SourcePosition at = {})
      : position(at), node(Wrap(std::forward<T>(value))) {}

  ExprKind kind() const { return static_cast<ExprKind>(node.index()); }

  template <typename T>
  bool Is() const {
    return std::holds_alternative<Held<T>>(node);
  }
  // The node, or null when this expression is of another kind.
  template <typename T>
  const T* If() const {
    return Unwrap<const T>(std::get_if<Held<T>>(&node));
  }
  template <typename T>
  T* If() {
    return Unwrap<T>(std::get_if<Held<T>>(&node));
  }
  // The node; the kind must have been checked.
  template <typename T>
  const T& As() const {
    return *If<T>();
  }
  template <typename T>
  T& As() {
    return *If<T>();
  }

  Expr Clone() const { return *this; }
  bool operator==(const Expr&) const = default;

 private:
  template <typename T>
  using Held = std::conditional_t<kIsInlineNode<T>, T, Box<T>>;

  template <typename T>
  static Held<std::decay_t<T>> Wrap(T&& value) {
    return Held<std::decay_t<T>>(std::forward<T>(value));
  }
  template <typename T, typename Pointer>
  static T* Unwrap(Pointer held) {
    if (held == nullptr) return nullptr;
    if constexpr (kIsInlineNode<std::remove_const_t<T>>) {
      return held;
    } else {
      return held->get();
    }
  }
};

// ---- Operators --------------------------------------------------------------

enum class UnaryOperator : uint8_t { kNot, kNegate, kPlus, kBitNot };

struct Unary {
  UnaryOperator op = UnaryOperator::kNot;
  Expr operand;
  bool operator==(const Unary&) const = default;
};

enum class BinaryOperator : uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kConcat,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIsDistinctFrom,
  kIsNotDistinctFrom,
  kRegexMatch,                // ~
  kRegexMatchInsensitive,     // ~*
  kNotRegexMatch,             // !~
  kNotRegexMatchInsensitive,  // !~*
  kJsonGet,                   // ->
  kJsonGetText,               // ->>
  kJsonPath,                  // #>
  kJsonPathText,              // #>>
  kJsonDeletePath,            // #-
  kContains,                  // @>
  kContainedBy,               // <@
  kHasKey,                    // ?
  kHasAnyKey,                 // ?|
  kHasAllKeys,                // ?&
  kJsonPathExists,            // @?
  kJsonPathMatch,             // @@
  kArrayOverlap,              // &&
  kStartsWith,                // ^@
  kBitAnd,
  kBitOr,
  kBitXor,  // #
  kShiftLeft,
  kShiftRight,
  kOverlaps,  // (a, b) OVERLAPS (c, d)
  // The next four occur in Quantified only; elsewhere they are PatternMatch.
  kLike,
  kNotLike,
  kILike,
  kNotILike,
};

struct Binary {
  BinaryOperator op = BinaryOperator::kAdd;
  Expr left;
  Expr right;
  bool operator==(const Binary&) const = default;
};

enum class LogicalOperator : uint8_t { kAnd, kOr };

// a AND b AND c: two or more operands. An unparenthesized chain of one operator
// is one node, so that ten thousand terms do not make a deep tree.
struct Logical {
  LogicalOperator op = LogicalOperator::kAnd;
  std::vector<Expr> operands;
  bool operator==(const Logical&) const = default;
};

enum class IsTestKind : uint8_t { kNull, kTrue, kFalse, kUnknown };

struct IsTest {
  IsTestKind test = IsTestKind::kNull;
  bool negated = false;
  Expr operand;
  bool operator==(const IsTest&) const = default;
};

enum class PatternKind : uint8_t { kLike, kILike, kSimilarTo };

struct PatternMatch {
  PatternKind pattern_kind = PatternKind::kLike;
  bool negated = false;
  Expr value;
  Expr pattern;
  ExprPtr escape;
  bool operator==(const PatternMatch&) const = default;
};

struct Between {
  bool negated = false;
  bool symmetric = false;
  Expr value;
  Expr low;
  Expr high;
  bool operator==(const Between&) const = default;
};

struct InList {
  bool negated = false;
  Expr value;
  std::vector<Expr> list;  // one or more
  bool operator==(const InList&) const = default;
};

struct InQuery {
  bool negated = false;
  Expr value;
  Box<Query> query;
  bool operator==(const InQuery&) const = default;
};

// NOT EXISTS is a kNot around it.
struct Exists {
  Box<Query> query;
  bool operator==(const Exists&) const = default;
};

struct ScalarSubquery {
  Box<Query> query;
  bool operator==(const ScalarSubquery&) const = default;
};

enum class Quantifier : uint8_t { kAny, kAll };

// left op ANY|ALL (query or array expression): exactly one of the two is set.
// SOME is ANY.
struct Quantified {
  BinaryOperator op = BinaryOperator::kEqual;
  Quantifier quantifier = Quantifier::kAny;
  Expr left;
  Box<Query> query;
  ExprPtr array;
  bool operator==(const Quantified&) const = default;
};

// ---- Conditionals, casts and special forms ----------------------------------

struct CaseBranch {
  Expr condition;
  Expr result;
  bool operator==(const CaseBranch&) const = default;
};

struct Case {
  ExprPtr operand;  // empty in the searched form
  std::vector<CaseBranch> branches;
  ExprPtr otherwise;
  bool operator==(const Case&) const = default;
};

// CAST(x AS t), x::t and, with `try_cast`, TRY_CAST.
struct Cast {
  Expr operand;
  TypeName type;
  bool try_cast = false;
  bool operator==(const Cast&) const = default;
};

// EXTRACT(field FROM source); the field is lower case.
struct Extract {
  std::string field;
  Expr source;
  bool operator==(const Extract&) const = default;
};

struct Collate {
  Expr operand;
  std::string collation;
  bool operator==(const Collate&) const = default;
};

struct AtTimeZone {
  Expr operand;
  Expr zone;
  bool operator==(const AtTimeZone&) const = default;
};

// ---- Functions --------------------------------------------------------------

enum class SortDirection : uint8_t { kDefault, kAscending, kDescending };
enum class NullsOrder : uint8_t { kDefault, kFirst, kLast };

struct OrderItem {
  Expr expression;
  SortDirection direction = SortDirection::kDefault;
  NullsOrder nulls = NullsOrder::kDefault;
  bool operator==(const OrderItem&) const = default;
};

enum class FrameUnit : uint8_t { kRows, kRange, kGroups };
enum class FrameBoundKind : uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing,
};
enum class FrameExclusion : uint8_t { kNone, kCurrentRow, kGroup, kTies, kNoOthers };

struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kUnboundedPreceding;
  ExprPtr offset;  // kPreceding and kFollowing only
  bool operator==(const FrameBound&) const = default;
};

struct WindowFrame {
  FrameUnit unit = FrameUnit::kRange;
  FrameBound start;
  std::optional<FrameBound> end;
  FrameExclusion exclusion = FrameExclusion::kNone;
  bool operator==(const WindowFrame&) const = default;
};

// The inside of OVER (..) and of WINDOW name AS (..).
struct WindowSpec {
  std::string base;  // name of the window it refines, usually empty
  std::vector<Expr> partition_by;
  std::vector<OrderItem> order_by;
  std::optional<WindowFrame> frame;
  bool operator==(const WindowSpec&) const = default;
};

// OVER name or OVER (spec).
struct Over {
  std::string window;  // set in the first form only
  WindowSpec spec;
  bool operator==(const Over&) const = default;
};

enum class NullTreatment : uint8_t { kDefault, kIgnoreNulls, kRespectNulls };

// Every call, and the forms that are calls in disguise:
//   CURRENT_TIMESTAMP [(p)]         current_timestamp with zero or one argument (likewise
//                                   current_date/time/user/role/schema/catalog, session_user,
//                                   localtime, localtimestamp)
//   POSITION(a IN b)                position(a, b)
//   SUBSTRING(x FROM a FOR b)       substring(x, a, b); without FROM a is 1
//   TRIM([LEADING|TRAILING] c FROM x)  trim, ltrim, rtrim with (x) or (x, c)
//   OVERLAY(x PLACING y FROM a FOR b)  overlay(x, y, a, b)
struct FunctionCall {
  std::string namespace_name;
  std::string name;
  std::vector<Expr> arguments;
  bool distinct = false;
  NullTreatment null_treatment = NullTreatment::kDefault;
  std::vector<OrderItem> order_by;      // inside the parentheses
  std::vector<OrderItem> within_group;  // WITHIN GROUP (ORDER BY ..)
  ExprPtr filter;
  Box<Over> over;
  bool operator==(const FunctionCall&) const = default;
};

// name => value, as a function argument only.
struct NamedArgument {
  std::string name;
  Expr value;
  bool operator==(const NamedArgument&) const = default;
};

// ---- Composite values -------------------------------------------------------

struct ArrayConstructor {
  std::vector<Expr> elements;
  bool operator==(const ArrayConstructor&) const = default;
};

// ARRAY(SELECT ..).
struct ArrayQuery {
  Box<Query> query;
  bool operator==(const ArrayQuery&) const = default;
};

// (a, b) or ROW(a).
struct RowConstructor {
  std::vector<Expr> elements;
  bool operator==(const RowConstructor&) const = default;
};

// base[index], or base[index:upper] when `slice`, where either end may be empty.
struct Subscript {
  Expr base;
  ExprPtr index;
  ExprPtr upper;
  bool slice = false;
  bool operator==(const Subscript&) const = default;
};

// (expression).field
struct FieldAccess {
  Expr base;
  std::string field;
  bool operator==(const FieldAccess&) const = default;
};

}  // namespace millrace::sql
