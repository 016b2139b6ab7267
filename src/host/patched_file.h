// A file of which single bytes are written in place, many times, and which may be lost: nothing is
// synced.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ballast {

class PatchedFile {
 public:
  virtual ~PatchedFile() = default;
  // What it gains reads as zeros, and takes no space until it is written.
  virtual void resize(std::uint64_t size) = 0;
  virtual void write(std::uint64_t at, std::string_view bytes) = 0;
  virtual bool has_a_name() = 0;  // false: it was removed, and what is written is lost
};

// Made with `mode`, empty, when it is absent; its folder must be there. Refuses a symlink, and what
// is not a regular file.
std::unique_ptr<PatchedFile> open_patched_file(const std::string& path, unsigned mode);

}  // namespace ballast
