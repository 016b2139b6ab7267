// Public keys as OpenSSH names them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ballast {

// "SHA256:…" of a public key, "ssh-ed25519 AAAA… comment"; nullopt when it is none. As
// `ssh-keygen -l` prints it.
std::optional<std::string> ssh_fingerprint(std::string_view public_key);

bool is_ssh_fingerprint(std::string_view text);

// The key that sshd let in, from the file that it hands over with ExposeAuthInfo; nullopt when it
// names none, or more than one.
std::optional<std::string> fingerprint_in_auth_info(std::string_view text);

}  // namespace ballast
