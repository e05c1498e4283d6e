#include "cli/connect.h"

#include <cstdlib>
#include <iostream>

#include "cli/credentials.h"
#include "cli/error_text.h"
#include "cli/terminal.h"

namespace millrace::cli {
namespace {

std::optional<std::string> FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

// What was saved for the address; a file that cannot be used is told and left alone.
std::optional<Credentials> SavedFor(std::string url, const std::string& user) {
  while (url.ends_with('/')) url.pop_back();
  const auto saved = CredentialsFile(CredentialsPath()).Load();
  if (!saved.ok()) {
    std::cerr << ErrorText(saved.status(), {}, Coloring::kPlain);
    return std::nullopt;
  }
  const auto found = saved->find(url);
  if (found == saved->end() || (!user.empty() && user != found->second.user)) return std::nullopt;
  return found->second;
}

}  // namespace

client::ClientOptions ResolveConnection(const ConnectionOptions& options) {
  client::ClientOptions resolved;
  resolved.http.base_url = options.url;
  resolved.http.connect_timeout_ms = options.connect_timeout_ms;
  resolved.http.request_timeout_ms = options.timeout_ms;
  resolved.user = options.user;
  resolved.token = options.token;
  std::optional<std::string> password = options.password;
  if (!password) password = FromEnvironment("MILLRACE_PASSWORD");
  // A token from the environment must not outvote a user who was named.
  if (resolved.token.empty() && resolved.user.empty() && !password) {
    resolved.token = FromEnvironment("MILLRACE_TOKEN").value_or("");
  }
  if (!resolved.token.empty()) return resolved;
  if (!password) {
    if (auto saved = SavedFor(options.url, resolved.user)) {
      resolved.user = saved->user;
      password = std::move(saved->password);
    }
  }
  if (resolved.user.empty() && password) resolved.user = "root";
  if (!resolved.user.empty() && !password) {
    password = AskPassword("Password for " + resolved.user + ": ");
  }
  resolved.password = password.value_or("");
  return resolved;
}

}  // namespace millrace::cli
