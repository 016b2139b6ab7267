// Files, as everything above the host sees them. Expected outcomes (absent, too large) are values;
// what cannot be is an Error that names the path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace ballast {

enum class FileType { regular, directory, symlink, other };

struct FileInfo {
  FileType type = FileType::other;
  std::uint64_t size = 0;
  unsigned mode = 0;  // permission bits, 07777
  unsigned owner = 0;
  unsigned group = 0;
  Time modified{};
  std::uint64_t filesystem = 0;  // with `number`: equal for two paths of one and the same file
  std::uint64_t number = 0;
};

struct Space {
  std::uint64_t total = 0;       // bytes that root could use
  std::uint64_t available = 0;   // bytes that are free for anyone
  double used_percent = 0;       // as `df` shows it
  std::uint64_t filesystem = 0;  // equal for two paths on one file system
};

class Disk {
 public:
  virtual ~Disk() = default;

  // Does not follow a symlink in the last component.
  virtual std::optional<FileInfo> info(const std::string& path) = 0;
  // nullopt when absent. Refuses a symlink in the last component, and more than `limit` bytes.
  virtual std::optional<std::string> read(const std::string& path,
                                          std::uint64_t limit = 16u << 20) = 0;
  virtual std::vector<std::string> list(
      const std::string& directory) = 0;  // names, sorted; empty when absent

  // Temp file beside it, fsync, rename, fsync of the folder: after a power cut the old or the new
  // content is there, whole. Keeps owner and mode of what it replaces; else `mode`. A symlink in
  // the last component is refused, not followed.
  virtual void replace(const std::string& path, std::string_view content, unsigned mode = 0644) = 0;
  // O_APPEND, one write, fsync. Creates it with `mode`.
  virtual void append(const std::string& path, std::string_view content, unsigned mode = 0644) = 0;
  // Like mkdir -p, each new level fsynced; what exists stays as it is.
  virtual void make_directories(const std::string& path, unsigned mode = 0755) = 0;
  virtual void remove(const std::string& path) = 0;       // a file; absent is fine; folder fsynced
  virtual void remove_tree(const std::string& path) = 0;  // never follows symlinks; absent is fine
  virtual void rename(const std::string& from, const std::string& to) = 0;  // folders fsynced

  virtual Space space(const std::string& path) = 0;  // of the nearest parent that exists
};

}  // namespace ballast
