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
  struct Stock {
    std::vector<AttachmentName> missing;
    std::uint64_t bytes = 0;  // of those that are there
  };
  Stock stock_of(const std::vector<AttachmentName>& names);  // `names` sorted
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
