#include "query/sql/ast.h"

namespace millrace::sql {

template <typename T>
T* Box<T>::Make(T&& value) {
  return new T(std::move(value));
}

template <typename T>
T* Box<T>::Copy(const T& value) {
  return new T(value);
}

template <typename T>
void Box<T>::Destroy(T* value) noexcept {
  delete value;
}

template <typename T>
bool Box<T>::Equal(const T& a, const T& b) {
  return a == b;
}

template class Box<Expr>;
template class Box<ColumnRef>;
template class Box<Star>;
template class Box<TypedLiteral>;
template class Box<FilePlaceholder>;
template class Box<Unary>;
template class Box<Binary>;
template class Box<Logical>;
template class Box<IsTest>;
template class Box<PatternMatch>;
template class Box<Between>;
template class Box<InList>;
template class Box<InQuery>;
template class Box<Exists>;
template class Box<ScalarSubquery>;
template class Box<Quantified>;
template class Box<Case>;
template class Box<Cast>;
template class Box<Extract>;
template class Box<Collate>;
template class Box<AtTimeZone>;
template class Box<FunctionCall>;
template class Box<NamedArgument>;
template class Box<ArrayConstructor>;
template class Box<ArrayQuery>;
template class Box<RowConstructor>;
template class Box<Subscript>;
template class Box<FieldAccess>;
template class Box<Over>;

template class Box<Query>;
template class Box<With>;
template class Box<Select>;
template class Box<Values>;
template class Box<SetOperation>;
template class Box<DerivedTable>;
template class Box<TableFunction>;
template class Box<Join>;
template class Box<Statement>;

}  // namespace millrace::sql
