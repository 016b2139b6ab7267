// A file named by a folder and a path below it. Whatever is opened by such a name is opened without
// following a symlink in any component of `path`, and `path` has no "..": somebody who may write
// below the folder cannot make Ballast read or write anywhere else. The folder itself is trusted.
#pragma once

#include <string>

namespace ballast {

struct Below {
  std::string folder;
  std::string path;

  std::string whole() const;  // for messages
};

// The last component of a path whose folders are trusted.
Below file_at(const std::string& path);

}  // namespace ballast
