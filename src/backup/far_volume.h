// A volume whose files this host does not see, since its driver or the engine's own mounts keep
// them elsewhere: a container that has the volume copies what is asked for into a folder of this
// host.
#pragma once

#include <string>
#include <vector>

#include "host/trees.h"
#include "live/workbench.h"

namespace ballast {

// Whether the files of a mount are where the engine says.
bool is_on_this_host(Server& server, const docker::Mount& mount);

class FarVolume {
 public:
  // `operation` marks its container for recovery; `image` must have sh, find, stat and tar;
  // `folder` takes the copies, and goes with this object.
  FarVolume(Server& server, const std::string& operation, const std::string& image,
            const std::string& volume, std::string folder);
  ~FarVolume();

  const std::string& folder() const { return folder_; }

  bool has_directory(const std::string& directory);
  Ownership ownership_of(const std::string& path);
  // Regular files by their paths below it; none when it is absent.
  std::vector<SizedName> files_below(const std::string& directory);
  // Into folder()/<directory>. What vanished is left out; Error(failed) when something that is
  // there did not arrive.
  void bring(const std::string& directory, const std::vector<std::string>& paths);
  // All of it into folder(), without what is named so at its top.
  void bring_all(const std::string& without);
  // What was brought goes.
  void clear();

 private:
  int copy(const std::string& directory, const std::vector<std::string>& paths);
  void require_arrived(const std::string& directory, const std::vector<std::string>& paths);

  Server& server_;
  std::string folder_;
  Workbench bench_;
};

}  // namespace ballast
