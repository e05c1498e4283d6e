// Looking into JSON text without building a document: a JsonSlice is the text of
// one value inside a valid document, and steps from it to the values it holds.
//
// The text must be valid JSON (types/json_text.h, ValidateJson). Steps scan
// forward once; of keys that occur twice the first counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::expr {

enum class JsonKind : uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// Borrows the document's text.
class JsonSlice {
 public:
  // The whole of a valid document, blanks around it left out.
  static JsonSlice Root(std::string_view document);

  JsonKind kind() const;
  // As written, without blanks around it.
  std::string_view text() const { return text_; }

  // The member of an object; nullopt when there is none or this is no object.
  std::optional<JsonSlice> Member(std::string_view key) const;
  // The element of an array, counting from 0, or from the end when negative.
  std::optional<JsonSlice> Element(int64_t index) const;
  // One step of a path: a key in an object, an index in an array.
  std::optional<JsonSlice> Step(std::string_view key_or_index) const;
  // Elements of an array, members of an object; 0 for the rest.
  size_t size() const;

  // The value of a string, escapes resolved. Only for kString.
  void AppendString(std::string* out) const;
  // What ->> gives: a string's value, any other value's JSON.
  void AppendText(std::string* out) const;
  // The JSON without blanks between tokens.
  void AppendCompact(std::string* out) const;

  bool boolean() const { return text_ == "true"; }
  // A number without fraction and exponent that fits.
  std::optional<int64_t> Integer() const;
  double Number() const;

  // jsonb @>: whether this value holds all that `part` says.
  bool Contains(const JsonSlice& part) const;

  // Walks the elements of an array or the members of an object:
  //   for (JsonSlice::Iterator it(slice); it.Next();) ... it.key(), it.value()
  class Iterator;

 private:
  explicit JsonSlice(std::string_view text) : text_(text) {}
  bool SameScalar(const JsonSlice& other) const;
  bool HasMember(const JsonSlice& key, const JsonSlice& value) const;
  bool HasElement(const JsonSlice& value) const;
  std::string_view text_;
};

class JsonSlice::Iterator {
 public:
  // Yields nothing for a value that is neither array nor object.
  explicit Iterator(const JsonSlice& container);
  bool Next();
  // A string slice; only in objects.
  const JsonSlice& key() const { return key_; }
  const JsonSlice& value() const { return value_; }

 private:
  std::string_view rest_;
  bool is_object_ = false;
  JsonSlice key_;
  JsonSlice value_;
};

}  // namespace millrace::expr
