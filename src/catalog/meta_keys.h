// The keys of the catalog in the meta key space. Included by catalog/*.cc only.
#pragma once

#include <string>
#include <string_view>

#include "base/coding.h"
#include "base/ids.h"

namespace millrace::meta {

inline constexpr char kNamespace = 'N';
inline constexpr char kTable = 'T';
inline constexpr char kDropped = 'D';
inline constexpr char kUser = 'U';
inline constexpr char kDroppedAccount = 'A';
inline constexpr char kSetting = 'S';
inline constexpr char kGrant = 'G';
inline constexpr char kApiKey = 'K';
inline constexpr char kAudit = 'L';
inline constexpr char kRefreshState = 'R';
inline constexpr std::string_view kNextTableId = "next_table_id";

inline std::string NameKey(char kind, std::string_view name) {
  std::string key(1, kind);
  key.append(name);
  return key;
}

inline std::string IdKey(char kind, TableId id) {
  std::string key(1, kind);
  PutBigEndian32(&key, id.value);
  return key;
}

}  // namespace millrace::meta
