#include "live/stack_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "host/tar_text.h"

namespace ballast {

namespace {

constexpr const char* folder_in_image = "/ballast/stack";
constexpr std::string_view policy_name = "ballast.yaml";
constexpr std::string_view example_name = ".env.example";
constexpr std::size_t largest_file = 256u << 10;
constexpr std::size_t largest_archive = 1u << 20;

Error refusal(const std::string& shown, const std::string& what, const std::string& hint) {
  return Error(Kind::refused, fmt::format("{} {}", shown, what), hint);
}

constexpr const char* what_it_holds =
    "/ballast/stack holds one compose file, and may hold ballast.yaml and .env.example: plain "
    "files "
    "of at most 256 kB";

bool is_compose_name(std::string_view name) {
  return std::ranges::find(compose_file_names, name) != compose_file_names.end();
}

// "docker-compose.yml" of "stack/docker-compose.yml"; empty: the folder itself.
std::string name_in_folder(std::string_view path) {
  const auto slash = path.find('/');
  std::string name(slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1));
  if (name.ends_with('/')) name.pop_back();
  return name;
}

void require_plain(const TarMember& member, const std::string& name, const std::string& shown) {
  if (member.type == FileType::regular && member.content.size() <= largest_file) return;
  const std::string what =
      member.type == FileType::regular
          ? fmt::format("of {}", human_bytes(member.content.size()))
          : std::string(member.type == FileType::symlink     ? "that is a symlink"
                        : member.type == FileType::directory ? "that is a folder"
                                                             : "that is no plain file");
  throw refusal(shown, fmt::format("carries `{}` {}", printable(name), what), what_it_holds);
}

void take(FilesOfImage& files, const TarMember& member, const std::string& name,
          const std::string& shown) {
  require_plain(member, name, shown);
  if (name == policy_name) {
    files.policy = member.content;
  } else if (name == example_name) {
    files.example = member.content;
  } else if (is_compose_name(name)) {
    if (!files.compose.empty()) throw refusal(shown, "carries two compose files", what_it_holds);
    files.compose = member.content;
  } else {
    throw refusal(shown, fmt::format("carries `{}`, which is no file of a stack", printable(name)),
                  what_it_holds);
  }
}

std::string without_rule(const std::optional<std::string>& policy) {
  std::vector<std::string> lines = split_lines(policy.value_or(""));
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("stack-files:"); });
  return join(lines, "\n");
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

FilesOfImage files_in_archive(std::string_view tar, const std::string& shown) {
  FilesOfImage files;
  const auto members = tar_members(tar);
  if (members.empty() || members.front().type != FileType::directory)
    throw refusal(shown, "carries no folder /ballast/stack", what_it_holds);
  for (const TarMember& member : members)
    if (const std::string name = name_in_folder(member.name); !name.empty())
      take(files, member, name, shown);
  if (files.compose.empty()) throw refusal(shown, "carries no compose file", what_it_holds);
  return files;
}

FilesOfImage files_of_image(Server& server, const std::string& image, const std::string& shown,
                            const std::string& operation) {
  std::optional<std::string> tar;
  try {
    tar = server.engine.folder_of_image(image, folder_in_image, operation, largest_archive);
    if (tar) return files_in_archive(*tar, shown);
  } catch (const Error& error) {
    if (error.kind() != Kind::failed) throw;
    throw refusal(shown, "carries files that cannot be read: " + error.message(), what_it_holds);
  }
  throw refusal(shown, fmt::format("carries no files of the stack: it has no {}", folder_in_image),
                fmt::format("build it with them: COPY … {}/; or take `stack-files: from-image` out "
                            "of ballast.yaml",
                            folder_in_image));
}

void stage(Server& server, const Stack& stack, const FilesOfImage& files,
           const std::string& folder) {
  Disk& disk = server.host.disk;
  disk.make_directories(folder, 0700);
  const auto lay = [&](const std::string& path, const std::string& text) {
    disk.replace(fmt::format("{}/{}", folder, file_name(path)), text, 0600);
  };
  lay(stack.compose_path, files.compose);
  if (files.policy) lay(stack.policy_path, *files.policy);
}

std::vector<FileChange> staged_changes(Server& server, const std::string& directory,
                                       const std::string& folder) {
  std::vector<FileChange> changes;
  for (const std::string& name : server.host.disk.list(folder)) {
    const std::string path = fmt::format("{}/{}", directory, name);
    const std::string copy = fmt::format("{}/{}", folder, name);
    if (server.host.disk.read(path) != server.host.disk.read(copy))
      changes.push_back({.path = path, .copy = copy});
  }
  return changes;
}

std::vector<FileChange> changed_since(Server& server, const Stack& stack,
                                      const std::string& copies) {
  Disk& disk = server.host.disk;
  std::vector<FileChange> changes;
  if (copies.empty() || disk.list(copies).empty()) return changes;
  for (const std::string& path : {stack.compose_path, stack.policy_path}) {
    const std::string kept = fmt::format("{}/{}", copies, file_name(path));
    if (without_rule(disk.read(kept)) != without_rule(disk.read(path)))
      changes.push_back({.path = kept, .copy = path});
  }
  return changes;
}

}  // namespace ballast
