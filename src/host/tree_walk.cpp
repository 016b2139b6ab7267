#include "host/tree_walk.h"

#include <fcntl.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "host/entry_list.h"
#include "host/file_info.h"
#include "host/folder.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

// Lists it by a descriptor of its own: the listing closes that one, the entries need theirs.
EntryList entries_of(const Descriptor& folder, const std::string& path) {
  Descriptor listed(openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listed && errno != ENOENT) throw system_error("cannot list " + path, errno);
  return listed ? EntryList(std::move(listed), path) : EntryList();
}

class Walk {
 public:
  Walk(const std::string& top, const std::function<bool(const TreeEntry&)>& visit)
      : top_(top), visit_(visit) {}

  // `prefix`: empty, or the relative path with its slash.
  void through(const Descriptor& folder, const std::string& prefix) {
    const EntryList entries = entries_of(folder, at(prefix));
    TreeEntry entry;
    for (std::size_t index = 0; index < entries.size(); ++index) {
      const char* name = entries[index];
      entry.path = prefix + name;
      const auto status = status_of(folder, name, entry.path);
      if (!status) continue;
      entry.info = info_of(*status);
      if (visit_(entry) && entry.info.type == FileType::directory) into(folder, name, entry.path);
    }
  }

 private:
  std::string at(const std::string& path) const { return Below{top_, path}.whole(); }

  std::optional<struct stat> status_of(const Descriptor& folder, const char* name,
                                       const std::string& path) const {
    struct stat status {};
    if (fstatat(folder.get(), name, &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
    if (errno == ENOENT) return std::nullopt;
    throw system_error("cannot look at " + at(path), errno);
  }

  void into(const Descriptor& folder, const char* name, const std::string& path) {
    const Descriptor inside(
        openat(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (inside) return through(inside, path + "/");
    // Gone, or something else by now.
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return;
    throw system_error("cannot open " + at(path), errno);
  }

  const std::string& top_;
  const std::function<bool(const TreeEntry&)>& visit_;
};

}  // namespace

void walk_tree(const std::string& directory, const std::function<bool(const TreeEntry&)>& visit) {
  const Descriptor top(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top) throw system_error("cannot open " + directory, errno);
  Walk(directory, visit).through(top, "");
}

std::vector<SizedName> regular_files_in(const Below& folder) {
  std::vector<SizedName> files;
  const Descriptor opened = open_folder(folder);
  if (!opened) return files;
  const EntryList entries = entries_of(opened, folder.whole());
  files.reserve(entries.size());
  for (std::size_t index = 0; index < entries.size(); ++index) {
    struct stat status {};
    if (fstatat(opened.get(), entries[index], &status, AT_SYMLINK_NOFOLLOW) == 0) {
      if (S_ISREG(status.st_mode))
        files.push_back({entries[index], static_cast<std::uint64_t>(status.st_size)});
    } else if (errno != ENOENT) {
      throw system_error("cannot look at " + folder.whole() + "/" + entries[index], errno);
    }
  }
  return files;
}

}  // namespace ballast
