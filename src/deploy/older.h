// Which of two releases of a stack is the older one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"

namespace ballast {

struct Revision {
  std::string tag;
  std::string created;  // what the image's label says; empty: it has none
};

// In what it is older than what runs, in words; nullopt: it is not. By the label
// org.opencontainers.image.created where both have one and they differ; else by when each tag was
// first tried here (`releases`: newest first). A tag that was never here is new.
std::optional<std::string> why_older(const Revision& wanted, const Revision& runs,
                                     const std::vector<ReleaseRecord>& releases);

}  // namespace ballast
