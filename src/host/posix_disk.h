#pragma once

#include "host/disk.h"

namespace ballast {

class PosixDisk : public Disk {
 public:
  std::optional<FileInfo> info(const std::string& path) override;
  std::optional<std::string> read(const std::string& path, std::uint64_t limit) override;
  std::vector<std::string> list(const std::string& directory) override;
  void replace(const std::string& path, std::string_view content, unsigned mode) override;
  void append(const std::string& path, std::string_view content, unsigned mode) override;
  void make_directories(const std::string& path, unsigned mode) override;
  void remove(const std::string& path) override;
  void remove_tree(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  Space space(const std::string& path) override;
};

}  // namespace ballast
