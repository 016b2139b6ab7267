#include "gate/identity.h"

#include <fmt/format.h>

#include "model/ssh_key.h"

namespace ballast {

namespace {

constexpr const char* add_entry = "an administrator adds it to /etc/ballast/access.yaml";

}  // namespace

std::variant<Identity, Refusal> identify(const AccessFile& file, const GateCall& call) {
  if (call.auth_info) {
    const auto fingerprint = fingerprint_in_auth_info(*call.auth_info);
    if (!fingerprint)
      return Refusal{"what sshd says of the key that was used is not understood",
                     "the gate takes one public key, and no certificate"};
    const AccessKey* key = file.with_fingerprint(*fingerprint);
    if (key == nullptr)
      return Refusal{fmt::format("the key {} has no entry", *fingerprint), add_entry};
    return Identity{.key = key, .fingerprint = *fingerprint};
  }
  if (!is_key_name(call.named_key))
    return Refusal{"that is no name of a key",
                   "authorized_keys names it: command=\"/usr/bin/ballast gate --key NAME\""};
  const AccessKey* key = file.named(call.named_key);
  if (key == nullptr) return Refusal{fmt::format("key {} has no entry", call.named_key), add_entry};
  return Identity{.key = key, .fingerprint = {}};
}

}  // namespace ballast
