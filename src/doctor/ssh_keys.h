// authorized_keys, and where sshd looks for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/seen.h"

namespace ballast::doctor {

struct SshKey {
  int line = 0;
  std::vector<std::string> options;    // without values, in lower case: "restrict", "command"
  std::optional<std::string> command;  // that is forced on it
  std::string name;                    // the comment behind the key

  bool has(std::string_view option) const;
};

std::vector<SshKey> ssh_keys_in(std::string_view authorized_keys);

// Where the keys of this account are, from what sshd is told; in the order in which sshd reads it.
std::vector<std::string> places_of_keys(const std::vector<TextFile>& sshd, const Account& account);

}  // namespace ballast::doctor
