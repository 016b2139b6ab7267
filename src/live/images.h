// Old images of a stack's repository: which may go, as a plan over plain data.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "live/stack.h"
#include "operation/progress.h"

namespace ballast {

struct ImagePlanInput {
  std::vector<docker::Image> images;  // of the repository
  std::string repository;
  std::vector<ReleaseRecord> releases;  // of the stack, newest first
  std::set<std::string> used_images;    // ids that any container of the machine was made from
  std::set<std::string>
      protected_images;  // ids that must stay: what runs, other stacks' good releases
  int keep = 3;          // newest good ones
};

struct ImageToRemove {
  std::string reference;  // repository:tag, or the id when it has no tag
  std::string id;
  std::uint64_t size = 0;
};

// Only images that a release of this stack is known to have brought: a tag that was built or pulled
// ahead, and anything that Ballast did not deploy, stays.
std::vector<ImageToRemove> plan_image_prune(const ImagePlanInput& input);

// Of a stack, as it is now.
std::vector<ImageToRemove> images_to_remove(Server& server, const Journal& journal,
                                            const Stack& stack);

// Removes them, says what was freed; an image that cannot be removed is told, never an error.
std::string prune_images(Server& server, const Journal& journal, const Stack& stack,
                         Progress& progress);

}  // namespace ballast
