// Settings of what clients meet: addresses, limits, accounts.
#include <charconv>
#include <optional>
#include <string>

#include "server/server_setting.h"

namespace millrace {
namespace {

using config::Secrecy;
using config::SettingType;
using config::SettingValue;

struct Address {
  std::string host;
  uint16_t port = 0;
};

std::optional<Address> ParseAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  Address address{.host = text.substr(0, colon)};
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, address.port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return address;
}

std::string RefuseNoAddress(const SettingValue& value) {
  return ParseAddress(TextOf(value)) ? "" : "HOST:PORT, with a port from 0 to 65535";
}

constexpr ServerSetting kSettings[] = {
    {{.name = "http.listen",
      .flag = "http",
      .default_text = "127.0.0.1:7400",
      .description = "Address and port to listen on; port 0 picks one",
      .refuse = &RefuseNoAddress},
     [](const SettingValue& value, ServeOptions* options) {
       const std::optional<Address> address = ParseAddress(TextOf(value));
       options->server.http_host = address->host;
       options->server.http_port = address->port;
     }},
    {{.name = "http.body_max",
      .flag = "body-max-bytes",
      .type = SettingType::kBytes,
      .default_text = "10MiB",
      .description = "Largest request body",
      .least = kKibibyte,
      .most = 1024 * kMebibyte},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.body_bytes_max = SizeOf(value);
     }},
    {{.name = "http.results",
      .flag = "results",
      .type = SettingType::kWord,
      .default_text = "per-statement",
      .description = "One result per statement, or the counts of DML summed per verb",
      .words = "per-statement|merged"},
     [](const SettingValue& value, ServeOptions* options) {
       const bool merged = TextOf(value) == "merged";
       options->server.result_form =
           merged ? front::ResultForm::kMerged : front::ResultForm::kPerStatement;
     }},

    {{.name = "auth.root_password",
      .flag = "root-password",
      .default_text = "",
      .description = "Password of the user root, taken at the first start",
      .secrecy = Secrecy::kSecret},
     [](const SettingValue& value, ServeOptions* options) {
       if (!TextOf(value).empty()) options->server.root_password = TextOf(value);
     }},
    {{.name = "auth.allow_remote_setup",
      .flag = "allow-remote-setup",
      .type = SettingType::kFlag,
      .default_text = "false",
      .description = "Allow POST /v1/api/auth/setup from other machines"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.allow_remote_setup = FlagOf(value);
     }},
};

}  // namespace

std::span<const ServerSetting> HttpSettings() { return kSettings; }

}  // namespace millrace
