// Logins the user asked to keep, one per server, in a file nobody else may read:
//
//   ["http://127.0.0.1:7400"]
//   user = "root"
//   password = "…"
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"

namespace millrace::cli {

struct Credentials {
  std::string user;
  std::string password;
};

// $XDG_CONFIG_HOME/millrace/credentials.toml, else ~/.config/…; empty without a home.
std::string CredentialsPath();

// By address, without a slash at its end. Blocking; a value per call.
class CredentialsFile {
 public:
  explicit CredentialsFile(std::string path) : path_(std::move(path)) {}

  // Empty when there is no file. PermissionDenied when others may read it: then its
  // passwords are no secrets, and it says how to make them so. InvalidArgument with line
  // and column when it is no TOML.
  Result<std::map<std::string, Credentials>> Load() const;
  // Puts one in, over what was there for the address. The directory is made (0700), the
  // file replaced at once (0600).
  Status Save(const std::string& url, const Credentials& credentials) const;
  // NotFound when there was none.
  Status Remove(const std::string& url) const;

 private:
  Status Store(const std::map<std::string, Credentials>& all) const;

  std::string path_;
};

}  // namespace millrace::cli
