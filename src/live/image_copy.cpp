#include "live/image_copy.h"

#include <algorithm>

namespace ballast {

ImageCopy::ImageCopy(Server& server, std::string image, std::map<std::string, std::string> labels)
    : engine_(server.engine),
      wanted_{
          .image = std::move(image), .entrypoint = {"never-started"}, .labels = std::move(labels)} {
}

ImageCopy::~ImageCopy() {
  try {
    if (!id_.empty()) engine_.remove_container(id_);
  } catch (const std::exception&) {
    return;  // it has its labels
  }
}

const std::string& ImageCopy::id() {
  if (id_.empty()) id_ = engine_.make_container(wanted_);
  return id_;
}

std::optional<TarMember> ImageCopy::read(const std::string& path, std::size_t limit) {
  return engine_.file_of(id(), path, limit);
}

std::optional<docker::Mount> ImageCopy::mount_at(const std::string& target) {
  const auto container = engine_.container(id());
  if (!container) return std::nullopt;
  const auto found = std::ranges::find(container->mounts, target, &docker::Mount::target);
  return found == container->mounts.end() ? std::nullopt : std::optional(*found);
}

}  // namespace ballast
