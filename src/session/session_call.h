// One call of Session::Execute while it runs. Included by this module's .cc files only.
#pragma once

#include <memory>
#include <vector>

#include "session/session.h"

namespace millrace {

// One statement on its way: what survives planning it again.
struct Session::Call {
  std::shared_ptr<const Script> script;
  size_t index = 0;
  std::vector<Value> params;
  StopToken client;
  sql::Statement inner;  // of EXECUTE AS USER, instead of the script's
  bool has_inner = false;

  const sql::Statement& statement() const {
    if (has_inner) return inner;
    return script->prepared != nullptr ? script->prepared->statement : script->statements[index];
  }
};

}  // namespace millrace
