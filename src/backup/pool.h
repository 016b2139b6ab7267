// The pool: every attachment of a stack once, named by the SHA-1 of its content, shared by all of
// its sets. What enters is hashed on the way and must match its name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backup/seen_names.h"
#include "host/host.h"
#include "host/trees.h"
#include "model/attachments.h"

namespace ballast {

struct PoolCount {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

class Pool {
 public:
  Pool(Host& host, std::string folder);

  // Copies what a filestore (…/filestore/<database>) has and the pool lacks. A file that does not
  // match its name (somebody is writing it, or it is damaged) stays out. What the filestore has
  // whole, as far as sizes tell, is added to `seen`.
  PoolCount take_new(const std::string& filestore, const OnBytes& on_bytes, SeenNames& seen);
  // Those of these ("aa/aabb…") that take_new() would copy.
  std::vector<std::string> lacking(const std::vector<SizedName>& files);
  struct Stock {
    std::vector<AttachmentName> missing;
    std::vector<AttachmentName> unseen;  // that are there, but not in production: `seen` lacks them
    std::uint64_t bytes = 0;             // of those that are there
  };
  // `names` sorted. By name and presence: content is read by damaged_of() and by `verify`.
  Stock stock_of(const std::vector<AttachmentName>& names, const SeenNames& seen);
  enum class Condition { whole, absent, damaged };
  // `size`: as the database knows it; 0: it does not, and so the content is read.
  Condition condition_of(const AttachmentName& name, std::uint64_t size);
  // Those whose content is not what their name says; all of it is read.
  std::vector<AttachmentName> damaged_of(const std::vector<AttachmentName>& names);
  enum class Taken { yes, absent, damaged };
  // Adds its size to `bytes` when it is taken.
  Taken take(const std::string& filestore, const AttachmentName& name, std::uint64_t& bytes);
  void sync();

 private:
  bool take_file(const Below& from, const AttachmentName& name, std::uint64_t& bytes);
  Host& host_;
  std::string folder_;
};

}  // namespace ballast
