// The pool: every attachment of a stack once, named by the SHA-1 of its content, shared by all of
// its sets. What enters is hashed on the way and must match its name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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
  // match its name (somebody is writing it, or it is damaged) stays out.
  PoolCount take_new(const std::string& filestore);
  // Those of `names` (sorted) that the pool lacks.
  std::vector<AttachmentName> missing(const std::vector<AttachmentName>& names);
  enum class Taken { yes, absent, damaged };
  Taken take(const std::string& filestore, const AttachmentName& name);
  void sync();

 private:
  bool take_file(const Below& from, const AttachmentName& name, std::uint64_t& bytes);
  Host& host_;
  std::string folder_;
};

}  // namespace ballast
