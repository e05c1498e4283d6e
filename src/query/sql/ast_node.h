// The pieces every AST node is made of: a source position that takes no part in
// equality, and Box<T>, a deep-copied heap value that lets value types recurse.
#pragma once

#include <cstdint>
#include <utility>

namespace millrace::sql {

// Where a node begins in the SQL text. Lines and columns count from 1, columns
// in characters; `offset` counts bytes from 0. Line 0 means "not from a text".
// Two positions always compare equal, so that a tree equals its reparsed print.
struct SourcePosition {
  uint32_t line = 0;
  uint32_t column = 0;
  uint32_t offset = 0;

  friend constexpr bool operator==(const SourcePosition&, const SourcePosition&) { return true; }
};

// Owns zero or one T on the heap. Copying copies the T, comparing compares the
// Ts. T may be incomplete: the three functions that need it are compiled once,
// in ast.cc, for each T used there.
template <typename T>
class Box {
 public:
  Box() = default;
  Box(T value) : value_(Make(std::move(value))) {}  // NOLINT: implicit by design
  Box(const Box& other) : value_(other.value_ == nullptr ? nullptr : Copy(*other.value_)) {}
  Box(Box&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Box& operator=(Box other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Box() {
    if (value_ != nullptr) Destroy(value_);
  }

  explicit operator bool() const { return value_ != nullptr; }
  T* get() { return value_; }
  const T* get() const { return value_; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_; }
  const T* operator->() const { return value_; }

  friend bool operator==(const Box& a, const Box& b) {
    if (a.value_ == nullptr || b.value_ == nullptr) return a.value_ == b.value_;
    return Equal(*a.value_, *b.value_);
  }

 private:
  static T* Make(T&& value);
  static T* Copy(const T& value);
  static void Destroy(T* value) noexcept;
  static bool Equal(const T& a, const T& b);

  T* value_ = nullptr;
};

}  // namespace millrace::sql
