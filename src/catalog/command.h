// A change of the catalog as a log entry. One command is one atomic step; it
// names what it expects to find, and is refused with kTableChanged otherwise.
//
//   payload: 0x02 | format 0x01 | op count | ops
//   op:      kind u8 | name (length-prefixed) | expected varint | body (length-prefixed)
//
//   kind                     name             expected                  body
//   1 put namespace          namespace        0 must be new, 1 exists   EncodeNamespace
//   2 drop namespace         namespace        1; no tables inside       –
//   3 put table              "ns.table"       0 must be new, else the   EncodeTable (id 0 when new)
//                                             version it replaces
//   4 drop table             "ns.table"       version dropped           –
//   5 put user               user id          0 must be new, 1 exists,  EncodeUser
//                                             2 either
//   6 forget dropped table   table id u32 BE  –                         –
//   7 put setting            name             –                         the bytes
//   8 rename table           "ns.old"         version renamed           new name (unqualified)
//   9 forget dropped account row scope        –                         –
//  10 grant                  GrantDefinition  –                         EncodeGrant: the privileges
//                            ::Key()                                    to add
//  11 revoke                 the same         –                         EncodeGrant: those to take
//  12 put API key            its id           0 must be new, 1 exists   EncodeApiKey
//  13 drop API key           its id           1                         –
//  14 put refresh state      RefreshState     refreshes before;         EncodeRefreshState
//                            ::Key()          0 without a row
//  15 drop refresh state     the same         –                         –
//  16 audit                  its id           –                         EncodeAuditEntry
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/coding.h"
#include "base/status.h"

namespace millrace {

// The first byte of a log entry says whose it is.
enum class EntryKind : uint8_t { kRows = 1, kCatalog = 2, kIndexBuild = 3 };

enum class CatalogOp : uint8_t {
  kPutNamespace = 1,
  kDropNamespace = 2,
  kPutTable = 3,
  kDropTable = 4,
  kPutUser = 5,
  kForgetDropped = 6,
  kPutSetting = 7,
  kRenameTable = 8,
  kForgetAccount = 9,
  kGrant = 10,
  kRevoke = 11,
  kPutApiKey = 12,
  kDropApiKey = 13,
  kPutRefreshState = 14,
  kDropRefreshState = 15,
  kAudit = 16,
};

// What an op expects to find, for namespaces, users and API keys.
enum class Expect : uint8_t { kNew = 0, kExisting = 1, kEither = 2 };

struct CatalogChange {
  CatalogOp op = CatalogOp::kPutNamespace;
  std::string name;
  uint64_t expected = 0;
  std::string body;
};

std::string EncodeCatalogCommand(const std::vector<CatalogChange>& changes);
Result<std::vector<CatalogChange>> DecodeCatalogCommand(std::string_view payload);

}  // namespace millrace
