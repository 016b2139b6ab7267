#include "live/images.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

std::set<std::string> kept_images(const ImagePlanInput& input) {
  std::set<std::string> kept = input.protected_images;
  kept.insert(input.used_images.begin(), input.used_images.end());
  std::set<std::string> good;
  for (const ReleaseRecord& release : input.releases) {
    if (release.outcome != "good" || release.image_id.empty()) continue;
    if (good.size() >= static_cast<std::size_t>(std::max(input.keep, 1)) &&
        !good.contains(release.image_id))
      break;
    good.insert(release.image_id);
  }
  kept.insert(good.begin(), good.end());
  return kept;
}

bool is_known(const ImagePlanInput& input, const docker::Image& image) {
  return std::any_of(input.releases.begin(), input.releases.end(),
                     [&](const ReleaseRecord& release) { return release.image_id == image.id; });
}

std::vector<std::string> references_in(const docker::Image& image, const std::string& repository) {
  std::vector<std::string> references;
  for (const std::string& tag : image.tags)
    if (tag.starts_with(repository + ":")) references.push_back(tag);
  if (references.empty() && image.tags.empty()) references.push_back(image.id);
  return references;
}

void protect_other_stacks(Server& server, const Journal& journal, const std::string& own,
                          std::set<std::string>& ids) {
  for (const std::string& name : journal.stacks()) {
    if (name == own) continue;
    for (const ReleaseRecord& release : journal.releases(name, "good"))
      ids.insert(release.image_id);
  }
  for (const std::string& name : stack_names(server)) {
    if (name == own) continue;
    try {
      const Stack other = read_stack(server, name);
      if (const auto image = server.engine.image(other.image_for(other.tag()).text()))
        ids.insert(image->id);
    } catch (const Error&) {
      continue;  // a stack that cannot be read asks for no image that could be named
    }
  }
}

ImagePlanInput observe_images(Server& server, const Journal& journal, const Stack& stack) {
  ImagePlanInput input{.images = {},
                       .repository = stack.image_for(stack.tag()).repository,
                       .releases = journal.releases(stack.name),
                       .used_images = {},
                       .protected_images = {},
                       .keep = stack.policy.keep_releases};
  input.images = server.engine.images_of(input.repository);
  for (std::string& id : server.engine.images_in_use()) input.used_images.insert(std::move(id));
  protect_other_stacks(server, journal, stack.name, input.protected_images);
  return input;
}

}  // namespace

std::vector<ImageToRemove> plan_image_prune(const ImagePlanInput& input) {
  const std::set<std::string> kept = kept_images(input);
  std::vector<ImageToRemove> plan;
  for (const docker::Image& image : input.images) {
    if (kept.contains(image.id) || !is_known(input, image)) continue;
    for (const std::string& reference : references_in(image, input.repository))
      plan.push_back({.reference = reference, .id = image.id, .size = image.size});
  }
  return plan;
}

std::vector<ImageToRemove> images_to_remove(Server& server, const Journal& journal,
                                            const Stack& stack) {
  return plan_image_prune(observe_images(server, journal, stack));
}

std::string prune_images(Server& server, const Journal& journal, const Stack& stack,
                         Progress& progress) {
  std::uint64_t freed = 0;
  int removed = 0;
  for (const ImageToRemove& image : images_to_remove(server, journal, stack)) {
    try {
      server.engine.remove_image(image.reference);
      progress.detail(
          fmt::format("removed image {} ({})", image.reference, human_bytes(image.size)));
      freed += image.size;
      ++removed;
    } catch (const Error& error) {
      progress.detail(fmt::format("image {} stays: {}", image.reference, error.message()));
    }
  }
  if (removed == 0) return "no old image to remove";
  return fmt::format("{} removed, at most {} freed", counted(removed, "old image"),
                     human_bytes(freed));
}

}  // namespace ballast
