// A push parser for JSON: bytes go in as they arrive, events come out. It never
// holds more than one token, so a body of any size passes through in constant
// memory. RFC 8259, one top-level value, nesting up to kDepthMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace millrace::client {

// A failed Status stops the scan and is returned by Feed. Views live only during the call.
class JsonHandler {
 public:
  virtual ~JsonHandler() = default;
  virtual Status OnNull() = 0;
  virtual Status OnBool(bool value) = 0;
  virtual Status OnNumber(std::string_view text) = 0;
  virtual Status OnString(std::string_view text) = 0;
  virtual Status OnKey(std::string_view text) = 0;
  virtual Status OnBeginObject() = 0;
  virtual Status OnEndObject() = 0;
  virtual Status OnBeginArray() = 0;
  virtual Status OnEndArray() = 0;
};

// Not thread-safe. After a failure every further call fails the same way.
class JsonScanner {
 public:
  static constexpr size_t kDepthMax = 64;

  explicit JsonScanner(JsonHandler& handler) : handler_(handler) {}

  // InvalidArgument names the byte offset of what is not JSON.
  Status Feed(std::string_view bytes);
  // Says whether the value was complete.
  Status Finish();

 private:
  enum class Expect : uint8_t {
    kValue,
    kValueOrEnd,
    kKey,
    kKeyOrEnd,
    kColon,
    kCommaOrEnd,
    kNothing,
  };
  enum class Token : uint8_t { kNone, kString, kEscape, kUnicode, kNumber, kLiteral };

  Status Consume(std::string_view bytes, size_t& at);
  Status Structural(char c);
  Status Open(char c);
  Status Close(char c);
  Status BeginValue(char c);
  Status InString(std::string_view bytes, size_t& at);
  Status InEscape(char c);
  Status InUnicode(char c);
  Status InWord(std::string_view bytes, size_t& at);
  Status EndString(std::string_view text);
  Status EndNumber();
  Status EndLiteral();
  void AfterValue();
  void AppendCodeUnit(uint32_t unit);
  void FlushSurrogate();
  Status Fail(std::string_view what) const;

  JsonHandler& handler_;
  Status failure_;
  std::vector<char> open_;
  std::string buffer_;
  uint64_t offset_ = 0;
  uint32_t code_unit_ = 0;
  uint32_t high_surrogate_ = 0;
  int hex_digits_ = 0;
  Expect expect_ = Expect::kValue;
  Token token_ = Token::kNone;
};

}  // namespace millrace::client
