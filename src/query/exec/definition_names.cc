// Which names users may give.
#include <algorithm>
#include <array>
#include <utility>

#include "query/exec/definition.h"

namespace millrace::exec {

static constexpr size_t kNameBytesMax = 64;

static constexpr std::array<std::string_view, 13> kReservedNamespaces = {
    "system", "sys",   "root",     "kalamdb", "kalam",
    "main",   "sql",   "admin",    "internal", "information_schema",
    "pg_catalog", "datafusion", "millrace"};

static constexpr std::array<std::string_view, 11> kReservedColumns = {
    "_seq", "_deleted", "_id",      "_row_id",    "_rowid",  "_key",
    "_updated", "_created", "_timestamp", "_version", "_hash"};

static Status BadName(std::string_view what, std::string_view name, std::string_view why) {
  return InvalidArgument("invalid " + std::string(what) + " name \"" + std::string(name) + "\"")
      .WithSqlState("42602")
      .WithDetail(std::string(why));
}

Status CheckName(std::string_view what, std::string_view name) {
  if (name.empty()) return BadName(what, name, "A name cannot be empty.");
  if (name.size() > kNameBytesMax) {
    return BadName(what, name, "A name has at most 64 characters.").WithSqlState("42622");
  }
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!plain) return BadName(what, name, "A name is made of letters, digits and underscores.");
  if (what == "column" && std::ranges::find(kReservedColumns, name) != kReservedColumns.end()) {
    return BadName(what, name, "The name is reserved for the system.").WithSqlState("42939");
  }
  if (name.front() == '_' || (name.front() >= '0' && name.front() <= '9')) {
    return BadName(what, name, "A name begins with a letter.");
  }
  if (what == "namespace" &&
      std::ranges::find(kReservedNamespaces, name) != kReservedNamespaces.end()) {
    return BadName(what, name, "The name is reserved for the system.").WithSqlState("42939");
  }
  return Status::Ok();
}

}  // namespace millrace::exec
