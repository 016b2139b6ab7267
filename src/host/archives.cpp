#include "host/archives.h"

namespace ballast {

void add_tree(Trees& trees, ArchiveWriter& archive, const std::string& folder,
              const std::function<bool(const TreeEntry&)>& wanted) {
  trees.walk(folder, [&](const TreeEntry& entry) {
    return (!wanted || wanted(entry)) && archive.add(entry.path, {folder, entry.path});
  });
}

}  // namespace ballast
