#include "restore/throw_away_layer.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

// The options of an overlay are words with these signs between them.
constexpr std::string_view signs = ":,\\ ";

std::string layer_name(const Work& work) {
  return fmt::format("ballast-layer-{}", lower(work.operation.id));
}

std::string work_folder(const std::string& folder) { return folder + "/work"; }

void make_folders(Work& work, const std::string& live, const std::string& folder) {
  const auto root = work.server.host.disk.info(live);
  if (!root || root->type != FileType::directory)
    throw Error(Kind::failed, fmt::format("{} is no folder of this host", live));
  work.server.host.disk.make_directories(folder, 0700);
  work.server.host.trees.make_directory({folder, "work"}, {.mode = 0700});
  work.server.host.trees.make_directory(
      {folder, "upper"}, {.mode = root->mode, .owner = root->owner, .group = root->group});
}

// Only a container that has it tells whether it can be mounted.
void require_mounted(Work& work, const std::string& volume, const std::string& image) {
  Engine& engine = work.server.engine;
  const std::string id =
      engine.make_container({.image = image,
                             .entrypoint = {"true"},
                             .labels = {{std::string(docker::label_operation), work.operation.id}},
                             .binds = {{volume, "/layer", true}}});
  std::optional<Error> trouble;
  try {
    engine.start_container(id);
  } catch (const Error& error) {
    trouble = error;
  }
  engine.remove_container(id);
  if (trouble) throw *trouble;
}

}  // namespace

std::string upper_folder(const std::string& folder) { return folder + "/upper"; }

std::optional<std::string> lay_over(Work& work, const std::string& live, const std::string& folder,
                                    const std::string& image, std::string& why) {
  if ((live + folder).find_first_of(signs) != std::string::npos) {
    why = fmt::format("the name of {} or {} has a sign that no layer takes", live, folder);
    return std::nullopt;
  }
  std::string name = layer_name(work);
  try {
    make_folders(work, live, folder);
    work.server.engine.make_volume(
        {.name = name,
         .labels = {{std::string(docker::label_operation), work.operation.id}},
         .options = {{"type", "overlay"},
                     {"device", "overlay"},
                     {"o", fmt::format("lowerdir={},upperdir={},workdir={}", live,
                                       upper_folder(folder), work_folder(folder))}}});
    require_mounted(work, name, image);
    return name;
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    why = error.message();
    remove_layer(work);
    work.server.host.disk.remove_tree(folder);
    return std::nullopt;
  }
}

void remove_layer(Work& work) { work.server.engine.remove_volume(layer_name(work)); }

}  // namespace ballast
