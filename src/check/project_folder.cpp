#include "check/project_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "check/checks.h"

namespace ballast {

namespace {

bool is_same_folder(Disk& disk, const std::string& left, const std::string& right) {
  if (left == right) return true;
  const auto one = disk.info(left);
  const auto other = disk.info(right);
  return one && other && one->number != 0 && one->number == other->number &&
         one->filesystem == other->filesystem;
}

bool holds_a_stack(Disk& disk, const std::string& directory) {
  return std::ranges::any_of(compose_file_names, [&](const char* name) {
    return disk.info(fmt::format("{}/{}", directory, name)).has_value();
  });
}

}  // namespace

std::optional<std::string> folder_of_another_stack(
    Disk& disk, const std::string& directory, const std::vector<docker::Container>& containers) {
  for (const docker::Container& container : containers) {
    const std::string folder = container.label(docker::label_working_directory);
    if (folder.empty() || is_same_folder(disk, folder, directory)) continue;
    if (holds_a_stack(disk, folder)) return folder;
  }
  return std::nullopt;
}

namespace checks {

Answers project_folder(const CheckContext& context) try {
  const auto containers = context.engine.project_containers(context.project);
  const auto folder = folder_of_another_stack(context.host.disk, context.directory, containers);
  if (!folder) return {passes("no other stack uses it", context.project)};
  return {fails(fmt::format("its containers belong to the stack in {}", *folder),
                fmt::format("give this one a name of its own: `COMPOSE_PROJECT_NAME=…` in {}/.env; "
                            "or remove the compose file that is left in {}",
                            context.directory, *folder),
                context.project)};
} catch (const Error& error) {
  if (error.kind() != Kind::refused) throw;
  return {unsure_without_engine(context.project)};
}

}  // namespace checks

}  // namespace ballast
