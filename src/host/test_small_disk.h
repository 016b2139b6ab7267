// A small file system of its own, for as long as the test runs. Only root can have one.
#pragma once

#include <sys/mount.h>

#include <filesystem>
#include <string>

namespace ballast {

class SmallDisk {
 public:
  explicit SmallDisk(std::string path, const std::string& size = "64k") : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    const std::string options = "size=" + size;
    mounted_ = mount("tmpfs", path_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  bool mounted_ = false;
};

}  // namespace ballast
