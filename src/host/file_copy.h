// The bytes of one file into another, and their digest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "host/descriptor.h"
#include "host/trees.h"

namespace ballast {

// Reads to the end of the file, whatever its size was when it was opened. `path` is for messages.
void read_pieces(const Descriptor& file, const std::string& path,
                 const std::function<void(std::string_view)>& take);
// Up to `limit` bytes from `offset` on; fewer only at the end of the file.
std::string read_some(const Descriptor& file, const std::string& path, std::uint64_t offset,
                      std::size_t limit);
// Shares the blocks, or copies inside the kernel, or by reading and writing: what the two file
// systems can. The paths are for messages.
void copy_content(const Descriptor& from, const std::string& from_path, int to,
                  const std::string& to_path);
void give(int file, const Ownership& to, const std::string& path);

}  // namespace ballast
