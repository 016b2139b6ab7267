// Production's attachments on their way to the pool: from a folder of this host, or out of a volume
// that only a container can reach.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backup/far_volume.h"
#include "backup/pool.h"
#include "live/stack.h"
#include "model/backup_set.h"
#include "operation/progress.h"

namespace ballast {

SetMount set_mount(const docker::Mount& mount);
// The volume's name; of a bind mount the path.
const std::string& name_of_mount(const docker::Mount& mount);

// For a volume that this host does not see. What it copies lies within `folder`, the unfinished
// set, so that what a kill leaves goes with it.
std::unique_ptr<FarVolume> reach(Server& server, const Stack& stack, const Running& running,
                                 const docker::Mount& mount, const std::string& operation,
                                 const std::string& folder);

class LiveFilestore {
 public:
  // nullptr: the stack keeps no attachments in files.
  static std::unique_ptr<LiveFilestore> find(Server& server, const Stack& stack,
                                             const Running& running, const std::string& operation,
                                             const std::string& folder);

  // Why it cannot be read: what it holds is unknown then, and nothing can be taken. Else empty.
  const std::string& trouble() const { return trouble_; }
  // False: the volume can be read, and there are no attachments in it.
  bool is_there() const { return is_there_; }
  bool is_on_this_host() const { return far_ == nullptr; }
  // Of a database's attachments; where they lie far away, of what was brought here.
  std::string folder_of(const std::string& database) const;
  // nullopt when it cannot be read.
  const std::optional<SetFilestore>& facts() const { return facts_; }

  // First of all: where the files go. The folder is made.
  void open_pool(const std::string& folder);
  Pool& pool() { return *pool_; }
  // What it has and the pool lacks.
  PoolCount take_new(const std::string& database, Progress& progress);
  // What it had whole, as far as sizes tell, when take_new() last looked.
  const SeenNames& seen() const { return *seen_; }
  // Before take(): those that lie far away are brought here, all at once.
  void bring(const std::string& database, const std::vector<AttachmentName>& names);
  Pool::Taken take(const std::string& database, const AttachmentName& name, std::uint64_t& bytes);
  // Nothing is to be taken any more.
  void let_go() { far_.reset(); }

 private:
  LiveFilestore(Host& host, std::string trouble);
  LiveFilestore(Host& host, SetFilestore facts, bool is_there, std::string folder,
                std::unique_ptr<FarVolume> far);
  static std::unique_ptr<LiveFilestore> below(Server& server, const docker::Mount& mount,
                                              std::unique_ptr<FarVolume> far);
  void bring_new(const std::string& database);

  Host& host_;
  std::string trouble_;
  bool is_there_ = false;
  std::optional<SetFilestore> facts_;
  std::string folder_;              // …/filestore, on this host
  std::unique_ptr<FarVolume> far_;  // set: what is in folder_ was brought from there
  std::unique_ptr<Pool> pool_;
  std::unique_ptr<SeenNames> seen_ = std::make_unique<SeenNames>();
};

}  // namespace ballast
