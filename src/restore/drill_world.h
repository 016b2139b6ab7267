// The throw-away world of a drill: a server of the set's database image in a network of its own
// with nothing but loopback, and the release on it. Gone with remove(), or by recovery.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/store.h"
#include "live/work.h"
#include "tools/postgres_url.h"

namespace ballast {

class DrillWorld {
 public:
  DrillWorld(Work& work, const StoredSet& stored);

  // Whether the set has databases, or the release a server to run on.
  bool has_server() const { return !database_image_.empty(); }
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
  void find_database_image();
  std::map<std::string, std::string> server_environment() const;
  std::vector<std::string> server_names() const;

  Work& work_;
  const StoredSet& stored_;
  docker::Image image_;
  std::string database_image_;            // empty: the set has no database
  std::optional<ServerAddress> outside_;  // of the server that the release runs on otherwise
  docker::Container server_;              // owns the network; none when the set has no database
};

// Everything that a world of this operation made.
void remove_drill_world(Work& work);

}  // namespace ballast
