// The options of a table: what they are called, what they take, whom they suit.
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "query/exec/definition.h"

#include "base/nearest_name.h"

namespace millrace::exec {
namespace {

constexpr std::array<std::string_view, 11> kOptionNames = {"TYPE",
                                                           "STORAGE_ID",
                                                           "USE_USER_STORAGE",
                                                           "FLUSH_POLICY",
                                                           "TTL_SECONDS",
                                                           "ACCESS_LEVEL",
                                                           "DELETED_RETENTION_HOURS",
                                                           "DURABILITY",
                                                           "EPHEMERAL",
                                                           "MAX_BUFFER",
                                                           "COMMENT"};

Status At(Status status, const sql::Option& option) {
  if (option.position.line == 0) return status;
  return std::move(status).WithPosition(
      {option.position.line, option.position.column, option.name});
}

Status BadValue(const sql::Option& option, std::string_view wanted) {
  return At(InvalidArgument("invalid value for option " + option.name)
                .WithSqlState("22023")
                .WithHint(option.name + " takes " + std::string(wanted) + "."),
            option);
}

Status NotForKind(const sql::Option& option, std::string_view kind) {
  return At(
      InvalidArgument("option " + option.name + " is only for " + std::string(kind) + " tables")
          .WithSqlState("22023"),
      option);
}

Result<uint64_t> Number(const sql::Option& option, uint64_t least) {
  if (option.value.kind != sql::LiteralKind::kInteger || option.value.integer < 0 ||
      static_cast<uint64_t>(option.value.integer) < least) {
    return BadValue(option, least > 0 ? "a positive whole number" : "a whole number, 0 or more");
  }
  return static_cast<uint64_t>(option.value.integer);
}

Result<bool> Flag(const sql::Option& option) {
  if (option.value.kind == sql::LiteralKind::kBoolean) return option.value.integer != 0;
  if (option.value.text == "TRUE") return true;
  if (option.value.text == "FALSE") return false;
  return BadValue(option, "TRUE or FALSE");
}

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Result<std::string> Word(const sql::Option& option) {
  if (option.value.kind != sql::LiteralKind::kString) return BadValue(option, "a text");
  return option.value.text;
}

// One part of a flush policy: `name:N` with N above zero.
bool IsFlushLimit(std::string_view part, std::string_view name) {
  while (part.starts_with(' ')) part.remove_prefix(1);
  if (!part.starts_with(name) || !part.substr(name.size()).starts_with(':')) return false;
  const std::string_view number = part.substr(name.size() + 1);
  return !number.empty() && number.size() <= 12 &&
         std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; }) &&
         std::ranges::any_of(number, [](char c) { return c != '0'; });
}

// 'rows:N', 'interval:S' or both, comma between.
bool IsFlushPolicy(std::string_view text) {
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return IsFlushLimit(text, "rows") || IsFlushLimit(text, "interval");
  }
  return IsFlushLimit(text.substr(0, comma), "rows") &&
         IsFlushLimit(text.substr(comma + 1), "interval");
}

Status ApplyAccessLevel(const sql::Option& option, TableDefinition* table) {
  if (table->kind != TableKind::kShared) return NotForKind(option, "SHARED");
  ASSIGN_OR_RETURN(const std::string word, Word(option));
  for (const AccessLevel level :
       {AccessLevel::kPublic, AccessLevel::kPrivate, AccessLevel::kRestricted, AccessLevel::kDba}) {
    if (AccessLevelName(level) != Lower(word)) continue;
    table->access = level;
    return Status::Ok();
  }
  return BadValue(option, "'PUBLIC', 'PRIVATE', 'RESTRICTED' or 'DBA'");
}

Status ApplyDurability(const sql::Option& option, TableDefinition* table) {
  ASSIGN_OR_RETURN(const std::string word, Word(option));
  if (Lower(word) == "strict") {
    table->durability = Durability::kStrict;
  } else if (Lower(word) == "relaxed") {
    table->durability = Durability::kRelaxed;
  } else {
    return BadValue(option, "'strict' or 'relaxed'");
  }
  return Status::Ok();
}

Status ApplyStreamOption(const sql::Option& option, TableDefinition* table) {
  if (table->kind != TableKind::kStream) return NotForKind(option, "STREAM");
  if (option.name == "TTL_SECONDS") {
    ASSIGN_OR_RETURN(table->ttl_seconds, Number(option, 1));
  } else if (option.name == "MAX_BUFFER") {
    ASSIGN_OR_RETURN(table->max_buffer, Number(option, 1));
  } else {
    ASSIGN_OR_RETURN(table->ephemeral, Flag(option));
  }
  return Status::Ok();
}

Status ApplyStorageOption(const sql::Option& option, TableDefinition* table) {
  if (option.name == "USE_USER_STORAGE") {
    if (table->kind != TableKind::kUser) return NotForKind(option, "USER");
    ASSIGN_OR_RETURN(table->use_user_storage, Flag(option));
    return Status::Ok();
  }
  if (option.name == "DELETED_RETENTION_HOURS") {
    ASSIGN_OR_RETURN(table->deleted_retention_hours, Number(option, 0));
    return Status::Ok();
  }
  ASSIGN_OR_RETURN(const std::string word, Word(option));
  if (option.name == "FLUSH_POLICY") {
    if (!IsFlushPolicy(Lower(word))) {
      return BadValue(option, "'rows:N', 'interval:S' or 'rows:N,interval:S'");
    }
    table->flush_policy = Lower(word);
    return Status::Ok();
  }
  if (word != "local") {
    return At(NotFound("storage \"" + word + "\" does not exist").WithSqlState("42704"), option);
  }
  table->storage_id = word;
  return Status::Ok();
}

}  // namespace

Status ApplyTableOptions(const std::vector<sql::Option>& options, TableDefinition* table) {
  for (const sql::Option& option : options) {
    Status status;
    if (std::ranges::count(options, option.name, &sql::Option::name) > 1) {
      return At(InvalidArgument("option " + option.name + " is given more than once")
                    .WithSqlState("42601"),
                option);
    }
    if (option.name == "TYPE") {
      continue;  // decided the kind before
    } else if (option.name == "ACCESS_LEVEL") {
      status = ApplyAccessLevel(option, table);
    } else if (option.name == "DURABILITY") {
      status = ApplyDurability(option, table);
    } else if (option.name == "TTL_SECONDS" || option.name == "MAX_BUFFER" ||
               option.name == "EPHEMERAL") {
      status = ApplyStreamOption(option, table);
    } else if (option.name == "COMMENT") {
      ASSIGN_OR_RETURN(table->comment, Word(option));
    } else if (option.name == "STORAGE_ID" || option.name == "USE_USER_STORAGE" ||
               option.name == "FLUSH_POLICY" || option.name == "DELETED_RETENTION_HOURS") {
      status = ApplyStorageOption(option, table);
    } else {
      status = At(InvalidArgument("unrecognized table option \"" + option.name + "\"")
                      .WithSqlState("22023"),
                  option);
      const auto nearest = NearestName(option.name, kOptionNames);
      if (nearest.has_value()) {
        status = std::move(status).WithHint("Did you mean " + std::string(*nearest) + "?");
      }
    }
    RETURN_IF_ERROR(status);
  }
  return Status::Ok();
}

}  // namespace millrace::exec
