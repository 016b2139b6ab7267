#include "live/configuration.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/difference.h"

namespace ballast {

namespace {

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::vector<std::string> names_of_stack_files() {
  std::vector<std::string> names(compose_file_names.begin(), compose_file_names.end());
  names.insert(names.end(), compose_override_names.begin(), compose_override_names.end());
  names.insert(names.end(), {"ballast.yaml", ".env"});
  return names;
}

std::optional<std::string> text_at_path(Disk& disk, const std::string& path) {
  const auto info = disk.info(path);
  if (!info || info->type != FileType::regular) return std::nullopt;
  return disk.read(path);
}

void keep_files(Server& server, const std::string& directory, const std::string& folder) {
  Disk& disk = server.host.disk;
  disk.make_directories(folder, 0700);
  for (const std::string& name : names_of_stack_files())
    if (const auto text = text_at_path(disk, fmt::format("{}/{}", directory, name)))
      disk.replace(fmt::format("{}/{}", folder, name), *text, 0600);
}

std::vector<FileChange> changes_to(Server& server, const std::string& directory,
                                   const std::string& copies) {
  std::vector<FileChange> changes;
  Disk& disk = server.host.disk;
  if (copies.empty() || disk.list(copies).empty()) return changes;
  for (const std::string& name : names_of_stack_files()) {
    const std::string path = fmt::format("{}/{}", directory, name);
    const std::string copy = fmt::format("{}/{}", copies, name);
    const auto wanted = text_at_path(disk, copy);
    if (wanted != text_at_path(disk, path))
      changes.push_back({.path = path, .copy = wanted ? copy : ""});
  }
  std::ranges::stable_partition(changes,
                                [](const FileChange& change) { return !change.copy.empty(); });
  return changes;
}

std::string difference(Server& server, const Stack& stack, const std::vector<FileChange>& changes,
                       const std::string& whose) {
  std::string text;
  Disk& disk = server.host.disk;
  for (const FileChange& change : changes) {
    const std::string name = file_name(change.path);
    const auto before = text_at_path(disk, change.path);
    const auto after = change.copy.empty() ? std::nullopt : text_at_path(disk, change.copy);
    const std::string one = unified_difference(before.value_or(""), after.value_or(""), name,
                                               fmt::format("{} ({})", name, whose));
    text += one.empty() ? fmt::format("{} differs, but in no line\n", name)
                        : masked_difference(one, stack.secrets);
  }
  return text;
}

void put_in_place(Server& server, const std::vector<FileChange>& changes) {
  for (const FileChange& change : changes) {
    if (change.copy.empty()) {
      server.host.disk.remove(change.path);
      continue;
    }
    const auto text = server.host.disk.read(change.copy);
    if (!text) throw Error(Kind::failed, fmt::format("the copy {} is gone", change.copy));
    server.host.disk.replace(change.path, *text, file_name(change.path) == ".env" ? 0600 : 0644);
  }
}

bool put_back(Server& server, const std::string& directory, const Json& fact) {
  const std::string before = text_at(fact, "before");
  if (before.empty()) return false;
  auto changes = changes_to(server, directory, before);
  if (const Json& names = member(fact, "names"); names.is_array())
    std::erase_if(changes, [&](const FileChange& change) {
      return std::ranges::find(names, Json(file_name(change.path))) == names.end();
    });
  put_in_place(server, changes);
  return true;
}

}  // namespace ballast
