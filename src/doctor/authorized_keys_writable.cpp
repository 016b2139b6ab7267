#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

bool forces_a_command(const KeyFile& keys) {
  return std::ranges::any_of(ssh_keys_in(keys.file.text),
                             [](const SshKey& key) { return key.command.has_value(); });
}

bool is_its_own(const OwnedFile& place, const Account& account) {
  return place.info.owner == account.user || can_be_written_by_others(place.info);
}

// Of the deploy user `ballast install` makes the place.
std::string mend(const KeyFile& keys) {
  const std::string& name = keys.account.name;
  if (name == "deploy")
    return fmt::format(
        "ballast install\n"
        "then move its lines into /etc/ballast/authorized_keys/deploy, and: rm {}",
        shell_quoted(keys.file.path));
  return fmt::format(
      "install -D -m 0644 {0} /etc/ssh/authorized_keys.d/{1}\n"
      "printf 'Match User {1}\\n  AuthorizedKeysFile /etc/ssh/authorized_keys.d/{1}\\n' "
      "> /etc/ssh/sshd_config.d/{1}.conf\n"
      "sshd -t && systemctl reload ssh",
      shell_quoted(keys.file.path), name);
}

}  // namespace

Findings authorized_keys_writable(const ServerSeen& server) {
  Findings findings = server.keys.unreadable;
  for (const KeyFile& keys : server.keys.found) {
    if (keys.account.user == 0 || !forces_a_command(keys)) continue;
    const auto own = std::ranges::find_if(
        keys.places, [&](const OwnedFile& place) { return is_its_own(place, keys.account); });
    if (own == keys.places.end()) continue;
    findings.push_back({.subject = keys.file.path,
                        .what = fmt::format(
                            "{} can be changed by {} itself (mode {:04o}): whoever becomes {} once "
                            "gives itself a key without the forced command",
                            own->path, own->owner, own->info.mode, keys.account.name),
                        .mend = mend(keys)});
  }
  return findings;
}

}  // namespace ballast::doctor
