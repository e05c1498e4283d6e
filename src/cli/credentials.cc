#include "cli/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "config/configuration.h"
#include "config/setting.h"
#include "config/toml_texts.h"

namespace millrace::cli {
namespace {

std::string WithoutSlash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Status SystemError(const std::string& what, const std::string& path) {
  return FailedPrecondition(what + " '" + path + "': " + std::strerror(errno))
      .WithSqlState("58030");
}

Status WriteAll(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return SystemError("cannot write", path);
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(file) == 0 ? Status::Ok() : SystemError("cannot write", path);
}

}  // namespace

std::string CredentialsPath() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/') {
    return std::string(config) + "/millrace/credentials.toml";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return std::string(home) + "/.config/millrace/credentials.toml";
}

Result<std::map<std::string, Credentials>> CredentialsFile::Load() const {
  std::map<std::string, Credentials> all;
  struct stat info = {};
  if (path_.empty() || ::stat(path_.c_str(), &info) != 0) return all;
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return PermissionDenied("'" + path_ + "' may be read by others and is not used")
        .WithHint("chmod 600 " + path_);
  }
  ASSIGN_OR_RETURN(const config::ConfigText file, config::ReadConfigText(path_));
  ASSIGN_OR_RETURN(const auto tables, config::ReadTomlTexts(file.text, path_));
  for (const auto& [url, texts] : tables) {
    Credentials credentials;
    if (const auto user = texts.find("user"); user != texts.end()) credentials.user = user->second;
    if (const auto word = texts.find("password"); word != texts.end()) {
      credentials.password = word->second;
    }
    all.emplace(url, std::move(credentials));
  }
  return all;
}

Status CredentialsFile::Store(const std::map<std::string, Credentials>& all) const {
  std::string text = "# Written by `millrace sql --save-credentials`.\n";
  for (const auto& [url, credentials] : all) {
    text.append("\n[").append(config::QuotedText(url)).append("]\nuser = ");
    text.append(config::QuotedText(credentials.user)).append("\npassword = ");
    text.append(config::QuotedText(credentials.password)).append("\n");
  }
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  std::string partial = path_ + ".XXXXXX";
  const int file = ::mkostemp(partial.data(), O_CLOEXEC);  // only we may read it
  if (file < 0) return SystemError("cannot write", path_);
  Status status = WriteAll(file, text, path_);
  ::close(file);
  if (status.ok() && ::rename(partial.c_str(), path_.c_str()) != 0) {
    status = SystemError("cannot write", path_);
  }
  if (!status.ok()) ::unlink(partial.c_str());
  return status;
}

Status CredentialsFile::Save(const std::string& url, const Credentials& credentials) const {
  if (path_.empty()) return FailedPrecondition("there is no home directory to save them in");
  ASSIGN_OR_RETURN(auto all, Load());
  all[WithoutSlash(url)] = credentials;
  return Store(all);
}

Status CredentialsFile::Remove(const std::string& url) const {
  ASSIGN_OR_RETURN(auto all, Load());
  if (all.erase(WithoutSlash(url)) == 0) {
    return NotFound("there are no saved credentials for " + WithoutSlash(url));
  }
  return Store(all);
}

}  // namespace millrace::cli
