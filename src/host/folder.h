// A file by its folder and its name there, so that the last component of a path is never followed.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "host/below.h"
#include "host/descriptor.h"

namespace ballast {

std::string without_last_slashes(const std::string& path);
std::string parent_of(const std::string& path);
std::string name_of(const std::string& path);

// The folder, open; an empty Descriptor when it does not exist.
Descriptor open_folder(const std::string& path);
Descriptor open_folder(const Below& folder);

class Place {
 public:
  // An Error when the path has no name of its own ("/", "..").
  explicit Place(const std::string& path);
  explicit Place(const Below& file);

  bool has_folder() const { return static_cast<bool>(folder_); }
  void require_folder() const;
  int folder() const { return folder_.get(); }
  const char* name() const { return name_.c_str(); }
  const std::string& path() const { return path_; }
  // nullopt when absent.
  std::optional<struct stat> status() const;
  // Opened to be read, never waiting for the other end of a FIFO, and its status. Refuses a symlink
  // and what is not a regular file; an empty Descriptor when absent.
  Descriptor open_regular(struct stat& status) const;
  // The folder's own change made durable.
  void sync_folder() const;

 private:
  std::string path_;
  std::string name_;
  Descriptor folder_;
};

void sync(int descriptor, const std::string& path);
// For a failed write, with the file system named when it is full.
[[noreturn]] void throw_write_error(const std::string& path, int number);
void require_regular(const struct stat& status, const std::string& path);

}  // namespace ballast
