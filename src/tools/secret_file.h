// Files that hold a secret: root's (or ours), and nobody else's to read.
#pragma once

#include <string>
#include <string_view>

#include "host/disk.h"
#include "host/machine.h"

namespace ballast {

struct SecretWords {
  std::string_view holds;   // "a password"
  std::string_view is_for;  // "it says where the database server is"
  std::string write_it;     // how to, for who has no such file
};

// The text as it is. Error(refused) when the file is absent, no regular file, somebody else's, or
// open to others.
std::string read_secret_file(Disk& disk, Machine& machine, const std::string& path,
                             const SecretWords& words);

// The place of a secret as settings name it: an absolute path, which is `path` below the root, or
// the name of a credential that systemd handed to this process. Its first line.
std::string read_secret(Disk& disk, Machine& machine, const std::string& path,
                        const std::string& place, std::string_view holds);

}  // namespace ballast
