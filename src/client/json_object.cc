#include "client/json_object.h"

#include "client/json_scanner.h"
#include "client/json_text.h"

namespace millrace::client {
namespace {

class MemberReader final : public JsonHandler {
 public:
  std::vector<JsonMember> Take() { return std::move(members_); }

  Status OnNull() override {
    if (nested_.open()) return nested_.Null(), Status::Ok();
    return Add(Cell::Null());
  }
  Status OnBool(bool value) override {
    if (nested_.open()) return nested_.Bool(value), Status::Ok();
    return Add(Cell::Bool(value));
  }
  Status OnNumber(std::string_view text) override {
    if (nested_.open()) return nested_.Number(text), Status::Ok();
    return Add(Cell::Number(std::string(text)));
  }
  Status OnString(std::string_view text) override {
    if (nested_.open()) return nested_.String(text), Status::Ok();
    return Add(Cell::String(std::string(text)));
  }
  Status OnKey(std::string_view text) override {
    if (nested_.open()) return nested_.Key(text), Status::Ok();
    members_.push_back({std::string(text), Cell::Null()});
    return Status::Ok();
  }
  Status OnBeginObject() override {
    if (inside_) return nested_.Begin('{'), Status::Ok();
    inside_ = true;
    return Status::Ok();
  }
  Status OnEndObject() override { return End('}'); }
  Status OnBeginArray() override {
    if (!inside_) return NotAnObject();
    return nested_.Begin('['), Status::Ok();
  }
  Status OnEndArray() override { return End(']'); }

 private:
  static Status NotAnObject() { return InvalidArgument("the JSON value is not an object"); }

  Status Add(Cell cell) {
    if (!inside_) return NotAnObject();
    members_.back().value = std::move(cell);
    return Status::Ok();
  }

  Status End(char bracket) {
    if (!nested_.open()) return Status::Ok();  // the object itself
    nested_.End(bracket);
    if (!nested_.done()) return Status::Ok();
    Cell cell{CellKind::kJson, nested_.text()};
    nested_.Clear();
    return Add(std::move(cell));
  }

  std::vector<JsonMember> members_;
  JsonText nested_;
  bool inside_ = false;
};

}  // namespace

Result<std::vector<JsonMember>> ParseJsonObject(std::string_view text) {
  MemberReader reader;
  JsonScanner scanner(reader);
  RETURN_IF_ERROR(scanner.Feed(text));
  RETURN_IF_ERROR(scanner.Finish());
  return reader.Take();
}

std::string_view FindMember(const std::vector<JsonMember>& members, std::string_view name) {
  for (const JsonMember& member : members) {
    if (member.name == name) return member.value.text;
  }
  return {};
}

}  // namespace millrace::client
