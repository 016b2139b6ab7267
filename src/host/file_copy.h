// The bytes of one file into another, and their digest.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "host/descriptor.h"

namespace ballast {

// Reads to the end of the file, whatever its size was when it was opened. `path` is for messages.
void read_pieces(const Descriptor& file, const std::string& path,
                 const std::function<void(std::string_view)>& take);
// Shares the blocks, or copies inside the kernel, or by reading and writing: what the two file
// systems can. The paths are for messages.
void copy_content(const Descriptor& from, const std::string& from_path, int to,
                  const std::string& to_path);

}  // namespace ballast
