#include "host/tree_removal.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "host/posix_error.h"

namespace ballast {

namespace {

// Refuses mounts, bind mounts too: what is mounted there belongs to somebody else.
Descriptor open_inside(int folder, const std::string& name) {
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_XDEV;
  return Descriptor(static_cast<int>(syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how)));
}

void remove_folder(int folder, const std::string& name, const std::string& path) {
  Descriptor inside = open_inside(folder, name);
  if (!inside && errno == EXDEV)
    throw Error(Kind::refused, path + " is a mount point; it was not removed",
                "unmount it first: umount " + path);
  if (!inside) throw system_error("cannot open " + path, errno);
  Descriptor listed(fcntl(inside.get(), F_DUPFD_CLOEXEC, 0));
  for (const std::string& entry : names_in(listed, path))
    remove_entry(inside.get(), entry, fmt::format("{}/{}", path, entry));
  if (unlinkat(folder, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
    throw system_error("cannot remove " + path, errno);
}

}  // namespace

std::optional<std::vector<std::string>> try_names_in(Descriptor& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(folder.get()), closedir);
  if (!stream) return std::nullopt;
  folder.release();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  if (errno != 0) return std::nullopt;
  return names;
}

std::vector<std::string> names_in(Descriptor& folder, const std::string& path) {
  auto names = try_names_in(folder);
  if (!names) throw system_error("cannot list " + path, errno);
  return std::move(*names);
}

void remove_entry(int folder, const std::string& name, const std::string& path) {
  if (unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return;
  // EPERM is what POSIX allows for a folder, EISDIR what Linux says.
  if (errno != EISDIR && errno != EPERM) throw system_error("cannot remove " + path, errno);
  remove_folder(folder, name, path);
}

}  // namespace ballast
