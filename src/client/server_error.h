// The error object of an answer, and the Status it becomes.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace millrace::client {

// Only `code` and `message` are always there; the others are what our server
// adds, empty or 0 when absent.
struct ServerError {
  std::string code;
  std::string message;
  std::string detail;
  std::string hint;
  std::string sqlstate;
  std::string token;
  uint32_t line = 0;
  uint32_t column = 0;
};

// Chooses the code by the SQLSTATE, else by the error code, else by the HTTP
// status. Never Ok.
Status ToStatus(const ServerError& error, int http_status);

}  // namespace millrace::client
