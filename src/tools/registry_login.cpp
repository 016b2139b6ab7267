#include "tools/registry_login.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view docker_hub = "https://index.docker.io/v1/";
constexpr Duration helper_deadline = std::chrono::seconds(30);

std::string configuration_path(Host& host) {
  if (const auto folder = host.machine.variable("DOCKER_CONFIG"); folder && !folder->empty())
    return *folder + "/config.json";
  return host.machine.variable("HOME").value_or("/root") + "/.docker/config.json";
}

std::string key_of(const std::string& registry) {
  return registry == "docker.io" ? std::string(docker_hub) : registry;
}

std::string from_helper(Host& host, const std::string& helper, const std::string& key) {
  const Outcome outcome = host.processes.run(
      {.argv = {"docker-credential-" + helper, "get"},
       .environment = {{"HOME", host.machine.variable("HOME").value_or("/root")}},
       .directory = {},
       .input = key,
       .deadline = helper_deadline,
       .inherited = {},
       .on_line = {}});
  if (!outcome.ok()) return {};
  const Json said = parse_json(outcome.output).value_or(Json());
  const std::string user = text_at(said, "Username");
  const std::string secret = text_at(said, "Secret");
  if (user == "<token>")
    return base64_url(json_text({{"identitytoken", secret}, {"serveraddress", key}}));
  return base64_url(json_text({{"username", user}, {"password", secret}, {"serveraddress", key}}));
}

std::string from_file(const Json& entry, const std::string& key) {
  if (const std::string token = text_at(entry, "identitytoken"); !token.empty())
    return base64_url(json_text({{"identitytoken", token}, {"serveraddress", key}}));
  const std::string pair = base64_decoded(text_at(entry, "auth")).value_or("");
  const auto colon = pair.find(':');
  if (colon == std::string::npos) return {};
  return base64_url(json_text({{"username", pair.substr(0, colon)},
                               {"password", pair.substr(colon + 1)},
                               {"serveraddress", key}}));
}

// Old logins stand there as URLs, with a scheme and a path.
std::string_view host_of(std::string_view key) {
  if (const auto scheme = key.find("://"); scheme != std::string_view::npos)
    key.remove_prefix(scheme + 3);
  return key.substr(0, key.find('/'));
}

const Json& entry_of(const Json& logins, const std::string& key) {
  static const Json none = Json::object();
  if (!logins.is_object()) return none;
  for (const auto& [name, entry] : logins.items())
    if (host_of(name) == host_of(key) && entry.is_object()) return entry;
  return none;
}

}  // namespace

std::string registry_login(Host& host, const std::string& registry) {
  std::optional<std::string> text;
  try {
    text = host.disk.read(configuration_path(host));
  } catch (const Error&) {
    return {};  // what cannot be read is not offered; the registry's answer tells
  }
  const Json configuration = parse_json(text.value_or("")).value_or(Json());
  const std::string key = key_of(registry);
  if (const std::string helper = text_at(member(configuration, "credHelpers"), key);
      !helper.empty())
    return from_helper(host, helper, key);
  if (const Json& entry = entry_of(member(configuration, "auths"), key); !entry.empty())
    return from_file(entry, key);
  if (const std::string store = text_at(configuration, "credsStore"); !store.empty())
    return from_helper(host, store, key);
  return {};
}

}  // namespace ballast
