// The names of one folder.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "host/descriptor.h"

namespace ballast {

// Sorted by bytes; all names in one block, since a folder may hold a million.
class EntryList {
 public:
  EntryList() = default;
  // Without "." and "..". `path` is for messages.
  EntryList(Descriptor folder, const std::string& path);

  std::size_t size() const { return starts_.size(); }
  const char* operator[](std::size_t index) const { return names_.data() + starts_[index]; }

 private:
  std::string names_;  // each with its zero
  std::vector<std::size_t> starts_;
};

}  // namespace ballast
