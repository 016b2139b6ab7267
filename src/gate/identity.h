// Whose call it is. Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "gate/refusal.h"
#include "model/access_file.h"

namespace ballast {

// What is known of a call before it is read.
struct GateCall {
  std::string named_key;                 // by the command line of authorized_keys
  std::string command;                   // the bytes that came, SSH_ORIGINAL_COMMAND
  unsigned user = 0;                     // from the kernel, or from sudo
  std::string address;                   // of SSH_CONNECTION; empty: not known
  std::optional<std::string> auth_info;  // of ExposeAuthInfo; nullopt: sshd does not offer it
};

struct Identity {
  const AccessKey* key = nullptr;
  std::string fingerprint;  // that sshd let in; empty: it does not say
};

// By what sshd says where it says something, else by the name.
std::variant<Identity, Refusal> identify(const AccessFile& file, const GateCall& call);

}  // namespace ballast
