#include "host/entry_list.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "host/posix_error.h"

namespace ballast {

EntryList::EntryList(Descriptor folder, const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(folder.get()), closedir);
  if (!stream) throw system_error("cannot list " + path, errno);
  folder.release();
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      starts_.push_back(names_.size());
      names_.append(name.data(), name.size() + 1);
    }
    errno = 0;
  }
  // ENOENT: the folder was removed meanwhile, and holds nothing.
  if (errno != 0 && errno != ENOENT) throw system_error("cannot list " + path, errno);
  std::sort(starts_.begin(), starts_.end(), [this](std::size_t left, std::size_t right) {
    return std::string_view(names_.data() + left) < std::string_view(names_.data() + right);
  });
}

}  // namespace ballast
