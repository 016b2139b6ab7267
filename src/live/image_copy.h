// A container of an image that never runs, to read the image's files from. Made when it is first
// asked for, removed with this object.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "live/server.h"

namespace ballast {

class ImageCopy {
 public:
  // By the labels it is found again when Ballast was killed.
  ImageCopy(Server& server, std::string image, std::map<std::string, std::string> labels);
  ~ImageCopy();
  ImageCopy(const ImageCopy&) = delete;
  ImageCopy& operator=(const ImageCopy&) = delete;

  std::optional<TarMember> read(const std::string& path, std::size_t limit);  // Engine::file_of
  std::optional<docker::Mount> mount_at(const std::string& target);

 private:
  const std::string& id();

  Engine& engine_;
  docker::NewContainer wanted_;
  std::string id_;
};

}  // namespace ballast
