// The new content of a file, under a name of its own until it is whole.
#pragma once

#include <string>

#include "host/descriptor.h"
#include "host/folder.h"

namespace ballast {

// Beside the file that it will become, mode 0600. Gone at the end, unless it became the file.
class TemporaryFile {
 public:
  // `place` must outlive it.
  explicit TemporaryFile(const Place& place);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  int get() const { return file_.get(); }
  void become_the_file();

 private:
  const Place& place_;
  std::string name_;
  Descriptor file_;
};

}  // namespace ballast
