#include "host/guarded_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <vector>

#include "base/text.h"
#include "host/file_copy.h"
#include "host/file_info.h"
#include "host/folder.h"
#include "host/posix_error.h"
#include "host/temporary_file.h"

namespace ballast {

namespace {

constexpr int most_links = 40;

bool is_trusted(uid_t owner) { return owner == 0 || owner == geteuid(); }

bool others_write(const struct stat& status) {
  const bool group = (status.st_mode & S_IWGRP) != 0 && status.st_gid != 0;
  return group || (status.st_mode & S_IWOTH) != 0;
}

// Whether nobody else can rename or remove an entry of that folder which is not theirs.
bool keeps_entries(const struct stat& folder) {
  return is_trusted(folder.st_uid) && (!others_write(folder) || (folder.st_mode & S_ISVTX) != 0);
}

std::string in_folder(const std::string& folder, const std::string& name) {
  return folder == "/" ? "/" + name : folder + "/" + name;
}

// What is left of a path to be walked, the next component last.
void push_components(std::vector<std::string>& rest, const std::string& path) {
  std::vector<std::string> parts = split(path, '/');
  std::erase_if(parts, [](const std::string& part) { return part.empty() || part == "."; });
  rest.insert(rest.end(), parts.rbegin(), parts.rend());
}

std::string target_of(const std::string& link) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = readlink(link.c_str(), target.data(), target.size());
  if (length < 0) throw system_error("cannot read the link " + link, errno);
  return {target.data(), static_cast<std::size_t>(length)};
}

// Goes down the way as long as nobody else can have changed it. `folder_` has no symlinks, so that
// ".." in the target of a link is the folder above.
class Walk {
 public:
  explicit Walk(const std::string& path) : path_(path) {
    push_components(rest_, path);
    look_at(folder_);
  }

  void go() {
    while (rest_.size() > 1 && keeps_entries(status_) && step()) {
    }
  }

  Below result() const {
    return {folder_, join(std::vector<std::string>(rest_.rbegin(), rest_.rend()), "/")};
  }

 private:
  bool look_at(const std::string& path) {
    if (lstat(path.c_str(), &status_) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw system_error("cannot look at " + path, errno);
  }

  bool step() {
    const struct stat above = status_;
    const std::string name = rest_.back();
    const std::string next = name == ".." ? parent_of(folder_) : in_folder(folder_, name);
    if (look_at(next)) {
      if (S_ISLNK(status_.st_mode) && !others_write(above)) return follow(next);
      if (S_ISDIR(status_.st_mode) && keeps_entries(status_)) {
        rest_.pop_back();
        folder_ = next;
        return true;
      }
    }
    status_ = above;
    return false;
  }

  bool follow(const std::string& link) {
    if (++links_ > most_links) throw system_error("cannot follow " + path_, ELOOP);
    const std::string target = target_of(link);
    rest_.pop_back();
    push_components(rest_, target);
    if (target.starts_with('/')) folder_ = "/";
    return look_at(folder_);
  }

  std::string path_;
  std::vector<std::string> rest_;
  std::string folder_ = "/";
  struct stat status_ {};
  int links_ = 0;
};

}  // namespace

Below guarded(const std::string& path) {
  Walk walk(path);
  walk.go();
  return walk.result();
}

std::string folder_open_to_others(const std::string& path) {
  const Below place = guarded(path);
  const auto slash = place.path.find('/');
  if (slash == std::string::npos) {
    struct stat status {};
    const bool known = stat(place.folder.c_str(), &status) == 0;
    return known && !keeps_entries(status) ? place.folder : "";
  }
  const std::string next = in_folder(place.folder, place.path.substr(0, slash));
  struct stat status {};
  return lstat(next.c_str(), &status) == 0 ? next : "";
}

std::optional<FileInfo> guarded_info(const std::string& path) {
  const Place place(guarded(path));
  const auto status = place.has_folder() ? place.status() : std::nullopt;
  return status ? std::optional(info_of(*status)) : std::nullopt;
}

std::optional<FileInfo> guarded_folder_info(const std::string& path) {
  const Below inside = guarded(path + "/inside");
  struct stat status {};
  const bool resolved = inside.path == "inside" && stat(inside.folder.c_str(), &status) == 0;
  return resolved ? std::optional(info_of(status)) : guarded_info(path);
}

std::optional<std::string> guarded_read(const std::string& path, std::uint64_t limit) {
  const Place place(guarded(path));
  struct stat status {};
  const Descriptor file = place.open_regular(status);
  if (!file) return std::nullopt;
  auto content = read_up_to(file.get(), limit + 1);
  if (!content) throw system_error("cannot read " + path, errno);
  if (content->size() > limit)
    throw Error(Kind::refused, path + " is larger than " + human_bytes(limit));
  return content;
}

void guarded_replace(const std::string& path, std::string_view content,
                     const Ownership& ownership) {
  const Place place(guarded(path));
  place.require_folder();
  if (const auto before = place.status()) require_regular(*before, path);
  TemporaryFile temporary(place);
  if (!write_all(temporary.get(), content)) throw_write_error(path, errno);
  give(temporary.get(), ownership, path);
  sync(temporary.get(), path);
  temporary.become_the_file();
  place.sync_folder();
}

void guarded_make_folder(const std::string& path, const Ownership& ownership) {
  const Place place(guarded(path));
  place.require_folder();
  if (mkdirat(place.folder(), place.name(), 0700) != 0) {
    if (errno == EEXIST) return;
    throw system_error("cannot make the folder " + path, errno);
  }
  const Descriptor made(
      openat(place.folder(), place.name(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) throw system_error("cannot make the folder " + path, errno);
  give(made.get(), ownership, path);
  sync(made.get(), path);
  place.sync_folder();
}

void guarded_remove(const std::string& path) {
  const Place place(guarded(path));
  if (!place.has_folder()) return;
  if (unlinkat(place.folder(), place.name(), 0) == 0) return place.sync_folder();
  if (errno != ENOENT) throw system_error("cannot remove " + path, errno);
}

bool guarded_remove_folder(const std::string& path) {
  const Place place(guarded(path));
  if (!place.has_folder()) return true;
  if (unlinkat(place.folder(), place.name(), AT_REMOVEDIR) == 0) {
    place.sync_folder();
    return true;
  }
  if (errno == ENOTEMPTY || errno == EEXIST) return false;
  if (errno == ENOENT) return true;
  throw system_error("cannot remove the folder " + path, errno);
}

}  // namespace ballast
