#include "host/trees.h"

#include <iterator>

#include "host/parallel.h"

namespace ballast {

namespace {

std::vector<std::string> folders_in(Trees& trees, const std::string& directory) {
  std::vector<std::string> folders;
  trees.walk(directory, [&](const TreeEntry& entry) {
    if (entry.info.type == FileType::directory) folders.push_back(entry.path);
    return false;
  });
  return folders;
}

}  // namespace

std::vector<TreeEntry> entries_below(Trees& trees, const std::string& directory) {
  std::vector<TreeEntry> entries;
  trees.walk(directory, [&](const TreeEntry& entry) {
    entries.push_back(entry);
    return true;
  });
  return entries;
}

std::vector<SizedName> names_in_store(Trees& trees, const std::string& directory) {
  const std::vector<std::string> folders = folders_in(trees, directory);
  std::vector<std::vector<SizedName>> found(folders.size());
  parallel_for(folders.size(), copy_threads(), [&](std::size_t index) {
    found[index] = trees.files_in({directory, folders[index]});
    for (SizedName& file : found[index]) file.name.insert(0, folders[index] + "/");
  });
  std::vector<SizedName> names;
  for (auto& part : found)
    names.insert(names.end(), std::make_move_iterator(part.begin()),
                 std::make_move_iterator(part.end()));
  return names;
}

}  // namespace ballast
