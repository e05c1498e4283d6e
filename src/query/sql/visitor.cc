#include "query/sql/visitor.h"

#include <type_traits>
#include <variant>

#include "query/sql/cte_scope.h"

namespace millrace::sql {
namespace {

// One walk for all callbacks and for const and mutable trees. Each callback may be
// null.
template <bool kConst>
class Walker {
 public:
  template <typename T>
  using Ref = std::conditional_t<kConst, const T&, T&>;
  using OnExpression = std::function<Walk(Ref<Expr>)>;
  using OnTable = std::function<void(Ref<TableName>)>;
  using OnSelect = std::function<void(Ref<Select>)>;

  Walker(const OnExpression* on_expression, const OnTable* on_table,
         const OnSelect* on_select = nullptr)
      : on_expression_(on_expression), on_table_(on_table), on_select_(on_select) {}

  // ---- Expressions ----------------------------------------------------------

  void Visit(Ref<Expr> expression) {
    if (on_expression_ != nullptr && (*on_expression_)(expression) == Walk::kOver) return;
    std::visit([&](auto& node) { VisitNode(node); }, expression.node);
  }

  // ---- Queries --------------------------------------------------------------

  void Visit(Ref<Query> query) {
    const size_t outer_ctes = ctes_.depth();
    if (query.with) VisitWith(*query.with);
    std::visit([&](auto& body) { VisitNode(body); }, query.body);
    VisitAll(query.order_by);
    VisitOptional(query.limit);
    VisitOptional(query.offset);
    ctes_.LeaveTo(outer_ctes);
  }

  // ---- Statements -----------------------------------------------------------

  void Visit(Ref<Statement> statement) {
    std::visit([&](auto& node) { VisitForm(node); }, statement.node);
  }

 private:
  template <typename Boxed>
  void VisitNode(Boxed& node) {
    if constexpr (requires { node.get(); }) {
      if (node) Children(*node);
    }
  }
  template <typename Vector>
  void VisitAll(Vector& items) {
    for (auto& item : items) Item(item);
  }
  template <typename Boxed>
  void VisitOptional(Boxed& box) {
    if (box) Visit(*box);
  }
  void VisitWith(Ref<With> with) {
    ctes_.Walk(with, [&](auto& table) { Visit(table.query); });
  }

  // Elements of lists.
  void Item(Ref<Expr> expression) { Visit(expression); }
  void Item(Ref<OrderItem> item) { Visit(item.expression); }
  void Item(Ref<SelectItem> item) { Visit(item.expression); }
  void Item(Ref<Assignment> item) { Visit(item.value); }
  void Item(Ref<NamedWindow> window) { Children(window.spec); }
  void Item(Ref<CheckConstraint> check) { Visit(check.condition); }
  void Item(Ref<TableConstraint> constraint) { VisitOptional(constraint.check); }
  void Item(Ref<CaseBranch> branch) {
    Visit(branch.condition);
    Visit(branch.result);
  }
  void Item(Ref<GroupingElement> element) {
    VisitAll(element.expressions);
    VisitAll(element.sets);
  }
  void Item(Ref<ColumnDefinition> column) {
    VisitOptional(column.default_value);
    VisitOptional(column.generated);
    VisitAll(column.checks);
  }
  void Item(Ref<AlterTableAction> action) {
    std::visit([&](auto& node) { VisitAction(node); }, action);
  }
  void Item(Ref<TableRef> table) {
    if (auto* name = table.IfTable()) {
      if (on_table_ != nullptr && !ctes_.Defines(*name)) (*on_table_)(*name);
    } else if (auto* derived = table.template If<DerivedTable>()) {
      Visit(derived->query);
    } else if (auto* function = table.template If<TableFunction>()) {
      Children(function->call);
    } else if (auto* join = table.template If<Join>()) {
      Item(join->left);
      Item(join->right);
      VisitOptional(join->on);
    }
  }

  // Children of nodes, in the order of the text.
  void Children(Ref<ColumnRef>) {}
  void Children(Ref<Star>) {}
  void Children(Ref<TypedLiteral>) {}
  void Children(Ref<FilePlaceholder>) {}
  void Children(Ref<Unary> node) { Visit(node.operand); }
  void Children(Ref<Binary> node) {
    Visit(node.left);
    Visit(node.right);
  }
  void Children(Ref<Logical> node) { VisitAll(node.operands); }
  void Children(Ref<IsTest> node) { Visit(node.operand); }
  void Children(Ref<PatternMatch> node) {
    Visit(node.value);
    Visit(node.pattern);
    VisitOptional(node.escape);
  }
  void Children(Ref<Between> node) {
    Visit(node.value);
    Visit(node.low);
    Visit(node.high);
  }
  void Children(Ref<InList> node) {
    Visit(node.value);
    VisitAll(node.list);
  }
  void Children(Ref<InQuery> node) {
    Visit(node.value);
    VisitOptional(node.query);
  }
  void Children(Ref<Exists> node) { VisitOptional(node.query); }
  void Children(Ref<ScalarSubquery> node) { VisitOptional(node.query); }
  void Children(Ref<Quantified> node) {
    Visit(node.left);
    VisitOptional(node.query);
    VisitOptional(node.array);
  }
  void Children(Ref<Case> node) {
    VisitOptional(node.operand);
    VisitAll(node.branches);
    VisitOptional(node.otherwise);
  }
  void Children(Ref<Cast> node) { Visit(node.operand); }
  void Children(Ref<Extract> node) { Visit(node.source); }
  void Children(Ref<Collate> node) { Visit(node.operand); }
  void Children(Ref<AtTimeZone> node) {
    Visit(node.operand);
    Visit(node.zone);
  }
  void Children(Ref<FunctionCall> node) {
    VisitAll(node.arguments);
    VisitAll(node.order_by);
    VisitAll(node.within_group);
    VisitOptional(node.filter);
    if (node.over) Children(node.over->spec);
  }
  void Children(Ref<WindowSpec> node) {
    VisitAll(node.partition_by);
    VisitAll(node.order_by);
    if (!node.frame.has_value()) return;
    VisitOptional(node.frame->start.offset);
    if (node.frame->end.has_value()) VisitOptional(node.frame->end->offset);
  }
  void Children(Ref<NamedArgument> node) { Visit(node.value); }
  void Children(Ref<ArrayConstructor> node) { VisitAll(node.elements); }
  void Children(Ref<ArrayQuery> node) { VisitOptional(node.query); }
  void Children(Ref<RowConstructor> node) { VisitAll(node.elements); }
  void Children(Ref<Subscript> node) {
    Visit(node.base);
    VisitOptional(node.index);
    VisitOptional(node.upper);
  }
  void Children(Ref<FieldAccess> node) { Visit(node.base); }

  void Children(Ref<Select> select) {
    if (on_select_ != nullptr) (*on_select_)(select);
    VisitAll(select.distinct_on);
    VisitAll(select.items);
    VisitAll(select.from);
    VisitOptional(select.where);
    VisitAll(select.group_by);
    VisitOptional(select.having);
    VisitAll(select.windows);
    VisitOptional(select.qualify);
  }
  void Children(Ref<Values> values) { VisitAll(values.cells); }
  void Children(Ref<SetOperation> operation) {
    Visit(operation.left);
    Visit(operation.right);
  }

  // Statements that hold an expression or a query; the others hold none.
  template <typename Form>
  void VisitForm(Form&) {}
  void VisitForm(Ref<Query> query) { Visit(query); }
  void VisitForm(Ref<Insert> insert) {
    const size_t outer_ctes = ctes_.depth();
    if (insert.with) VisitWith(*insert.with);
    VisitOptional(insert.source);
    if (insert.on_conflict.has_value()) {
      VisitAll(insert.on_conflict->assignments);
      VisitOptional(insert.on_conflict->where);
    }
    VisitAll(insert.returning);
    ctes_.LeaveTo(outer_ctes);
  }
  void VisitForm(Ref<Update> update) {
    const size_t outer_ctes = ctes_.depth();
    if (update.with) VisitWith(*update.with);
    VisitAll(update.assignments);
    VisitAll(update.from);
    VisitOptional(update.where);
    VisitAll(update.returning);
    ctes_.LeaveTo(outer_ctes);
  }
  void VisitForm(Ref<Delete> statement) {
    const size_t outer_ctes = ctes_.depth();
    if (statement.with) VisitWith(*statement.with);
    VisitAll(statement.using_tables);
    VisitOptional(statement.where);
    VisitAll(statement.returning);
    ctes_.LeaveTo(outer_ctes);
  }
  void VisitForm(Ref<CreateTable> create) {
    VisitAll(create.columns);
    VisitAll(create.constraints);
    VisitOptional(create.as_query);
  }
  void VisitForm(Ref<AlterTable> alter) { VisitAll(alter.actions); }
  void VisitForm(Ref<CreateView> create) { Visit(create.query); }
  void VisitForm(Ref<CreateIndex> create) {
    VisitAll(create.elements);
    VisitOptional(create.where);
  }
  void VisitForm(Ref<Subscribe> subscribe) { Visit(subscribe.query); }
  void VisitForm(Ref<AddTopicSource> add) { VisitOptional(add.where); }
  void VisitForm(Ref<Explain> explain) { VisitOptional(explain.statement); }
  void VisitForm(Ref<ExecuteAs> execute) { VisitOptional(execute.statement); }

  template <typename Action>
  void VisitAction(Action&) {}
  void VisitAction(Ref<AddColumn> action) { Item(action.column); }
  void VisitAction(Ref<AddConstraint> action) { Item(action.constraint); }
  void VisitAction(Ref<AlterColumn> action) {
    VisitOptional(action.default_value);
    VisitOptional(action.using_expression);
  }

  const OnExpression* on_expression_;
  const OnTable* on_table_;
  const OnSelect* on_select_;
  CteScope ctes_;
};

using ConstWalker = Walker<true>;
using MutableWalker = Walker<false>;

}  // namespace

#define MR_DEFINE_WALKS(Node)                                                                  \
  void VisitExpressions(const Node& root, const std::function<Walk(const Expr&)>& callback) {  \
    ConstWalker(&callback, nullptr).Visit(root);                                               \
  }                                                                                            \
  void VisitExpressions(Node& root, const std::function<Walk(Expr&)>& callback) {              \
    MutableWalker(&callback, nullptr).Visit(root);                                             \
  }                                                                                            \
  void ForEachTable(const Node& root, const std::function<void(const TableName&)>& callback) { \
    ConstWalker(nullptr, &callback).Visit(root);                                               \
  }                                                                                            \
  void ForEachTable(Node& root, const std::function<void(TableName&)>& callback) {             \
    MutableWalker(nullptr, &callback).Visit(root);                                             \
  }
MR_DEFINE_WALKS(Expr)
MR_DEFINE_WALKS(Query)
MR_DEFINE_WALKS(Statement)
#undef MR_DEFINE_WALKS

void ForEachSelect(Query& root, const std::function<void(Select&)>& callback) {
  MutableWalker(nullptr, nullptr, &callback).Visit(root);
}

}  // namespace millrace::sql
