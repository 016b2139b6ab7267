// The throw-away world of a drill: a server of the set's database image in a network of its own
// with nothing but loopback, and the release on it. Gone with remove(), or by recovery.
#pragma once

#include <string>
#include <vector>

#include "backup/store.h"
#include "live/work.h"

namespace ballast {

class DrillWorld {
 public:
  DrillWorld(Work& work, const StoredSet& stored);

  // Error(failed) when it is not up in time. With the roles of the set.
  void start_server();
  // A folder on this host that stands in for a mount of the release.
  std::string folder_for(const std::string& mount_path) const;
  // The release in it: with these words behind its entrypoint.
  docker::NewContainer release_container(std::vector<std::string> words) const;
  docker::Container start_release();

  const docker::Container& server() const { return server_; }

 private:
  void find_image(const SetRelease& release);

  Work& work_;
  const StoredSet& stored_;
  docker::Image image_;
  docker::Container server_;  // owns the network; none when the set has no database
};

// Everything that a world of this operation made.
void remove_drill_world(Work& work);

}  // namespace ballast
