// The attachments that production has. A million of them must stay small beside their names, so 72
// bits of each are kept: two of a million agree in them once in ten thousand million servers, and
// then the loss of one would not be noticed while the pool has it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/attachments.h"

namespace ballast {

class SeenNames {
 public:
  void clear();
  // Different folders may be filled at the same time.
  void reserve(unsigned folder, std::size_t count);
  void add(const AttachmentName& name);
  // After names were added out of their order.
  void sort();

  bool has(const AttachmentName& name) const;
  std::size_t size() const;

 private:
  std::array<std::vector<std::uint64_t>, attachment_folders> folders_;
};

}  // namespace ballast
