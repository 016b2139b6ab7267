#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

std::string what(const SshKey& key) {
  std::string text = fmt::format(
      "the key {} has a forced command but not `restrict`: forwarding, "
      "terminals and what sshd learns tomorrow stay open",
      key.name.empty() ? "without a name" : printable(key.name));
  if (key.command->find("$SSH_ORIGINAL_COMMAND") != std::string::npos)
    text += "; $SSH_ORIGINAL_COMMAND in it lets words and globs through";
  return text;
}

}  // namespace

Findings forced_command_unrestricted(const ServerSeen& server) {
  Findings findings = server.keys.unreadable;
  for (const KeyFile& keys : server.keys.found)
    for (const SshKey& key : ssh_keys_in(keys.file.text))
      if (key.command && !key.has("restrict"))
        findings.push_back({.subject = fmt::format("{}:{}", keys.file.path, key.line),
                            .what = what(key),
                            .mend = "begin the line with:\n"
                                    "restrict,command=\"/usr/bin/ballast gate --key NAME\""});
  return findings;
}

}  // namespace ballast::doctor
