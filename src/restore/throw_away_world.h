// A throw-away world: a server of a set's database image in a network of its own with nothing but
// loopback, and a release on it. Gone with remove_throw_away_world(), or by recovery.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/store.h"
#include "live/work.h"
#include "restore/restore_plan.h"
#include "tools/postgres_url.h"

namespace ballast {

class ThrowAwayWorld {
 public:
  // `purpose`: what it is made for, in what refusals say: {"a drill", "drilled"}.
  // Error(refused) where no throw-away server can be had.
  ThrowAwayWorld(Work& work, const StoredSet& stored, const RoomFor& purpose);

  // Of the set's release. Error(refused) when it is not on this machine any more.
  docker::Image image_of_set() const;
  // Whether the set has databases, or the release a server to run on.
  bool has_server() const { return !database_image_.empty(); }
  // Has a shell's tools: the server's, else none.
  const std::string& tools_image() const { return database_image_; }
  // Error(failed) when it is not up in time. With the roles of the set.
  void start_server();
  const docker::Container& server() const { return server_; }

  // What the release gets; else what the one that runs has.
  void use_environment(std::map<std::string, std::string> environment);
  // A folder on this host that stands in for a mount of the release.
  std::string folder_for(const std::string& mount_path) const;
  void make_folder(const SetMount& mount);
  // A volume in place of that folder.
  void use_volume(const std::string& mount_path, const std::string& volume);

  // A release in it: with these words behind its entrypoint.
  docker::NewContainer release_container(const docker::Image& image,
                                         std::vector<std::string> words) const;
  // As a candidate is started.
  docker::Container start_release(const docker::Image& image);

 private:
  void find_database_image();
  void add_files_of_stack(std::vector<docker::Bind>& binds) const;
  std::map<std::string, std::string> server_environment() const;
  std::vector<std::string> server_names() const;

  Work& work_;
  const StoredSet& stored_;
  RoomFor purpose_;
  std::string database_image_;            // empty: the set has no database
  std::optional<ServerAddress> outside_;  // of the server that the release runs on otherwise
  docker::Container server_;              // owns the network; none when the set has no database
  std::optional<std::map<std::string, std::string>> environment_;
  std::map<std::string, std::string> volumes_;  // by mount path
};

// Everything that a world of this operation made.
void remove_throw_away_world(Work& work);

}  // namespace ballast
