// Files of containers by the Engine API, whether they run or were only made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/host.h"

namespace ballast {

namespace docker {

enum class FileKind { regular, folder, symlink, other };

struct FileInArchive {
  FileKind kind = FileKind::regular;
  std::uint64_t size = 0;
  std::string content;  // as much as there is
};

// The first entry of a tar stream; nullopt when its header is not there yet, or is none.
std::optional<FileInArchive> first_in_archive(std::string_view tar);

}  // namespace docker

// nullopt: there is none. Of more than `limit` bytes there is no content.
std::optional<docker::FileInArchive> file_in_container(Host& host, const std::string& socket,
                                                       const std::string& container,
                                                       const std::string& path, std::size_t limit);

}  // namespace ballast
