// A set's list of attachments, read from folder to folder of the pool: its length costs no memory.
#pragma once

#include <cstdint>
#include <vector>

#include "host/trees.h"
#include "model/attachments.h"

namespace ballast {

class AttachmentList {
 public:
  AttachmentList(Trees& trees, const Below& file);

  // Those of one folder, sorted; what comes before it is passed over, and so folders are asked for
  // in ascending order. Once the last one was, the list was read to its end. Error(failed) for a
  // list that is missing or damaged.
  std::vector<AttachmentName> names_in(unsigned folder);
  // All at once, 20 bytes each.
  std::vector<AttachmentName> all();

 private:
  void read_on();

  Trees& trees_;
  Below file_;
  AttachmentReader reader_;
  std::uint64_t offset_ = 0;
  std::vector<AttachmentName> ahead_;  // read, and not asked for yet
  bool ended_ = false;
};

}  // namespace ballast
