// A new file that is written in pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ballast {

struct WrittenFile {
  std::uint64_t size = 0;
  std::string sha256;
};

// Without finish() the file is removed at the end, or by abort(). Errors name the file, a full disk
// also the file system.
class FileWriter {
 public:
  virtual ~FileWriter() = default;
  // Returns when the kernel has the bytes: who writes faster than the disk waits here.
  virtual void append(std::string_view bytes) = 0;
  // The file's content is durable; its name is once its folder is synced.
  virtual WrittenFile finish() = 0;
  virtual void abort() = 0;
};

}  // namespace ballast
