#include "live/configuration.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::vector<std::string> kept_names() {
  std::vector<std::string> names(compose_file_names.begin(), compose_file_names.end());
  names.insert(names.end(), compose_override_names.begin(), compose_override_names.end());
  names.insert(names.end(), {"ballast.yaml", ".env"});
  return names;
}

std::string masked_variables(const Stack& stack, const std::string& text) {
  std::string shown;
  for (const std::string& line : split_lines(text)) {
    const std::size_t equals = line.find('=');
    const bool secret = equals != std::string::npos &&
                        names_a_secret(trim(std::string_view(line).substr(1, equals - 1)));
    shown += secret ? line.substr(0, equals + 1) + "***" : stack.secrets.mask(line);
    shown += '\n';
  }
  return shown;
}

// A symlink is not read; who has to have the file says so.
std::optional<std::string> text_at_path(Disk& disk, const std::string& path) {
  const auto info = disk.info(path);
  if (!info || info->type != FileType::regular) return std::nullopt;
  return disk.read(path);
}

}  // namespace

void keep_files(Server& server, const std::string& directory, const std::string& folder) {
  Disk& disk = server.host.disk;
  disk.make_directories(folder, 0700);
  for (const std::string& name : kept_names())
    if (const auto text = text_at_path(disk, fmt::format("{}/{}", directory, name)))
      disk.replace(fmt::format("{}/{}", folder, name), *text, 0600);
}

std::vector<FileChange> changes_to(Server& server, const std::string& directory,
                                   const std::string& copies) {
  std::vector<FileChange> changes;
  Disk& disk = server.host.disk;
  if (copies.empty() || disk.list(copies).empty()) return changes;
  for (const std::string& name : kept_names()) {
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

std::string difference(Server& server, const Stack& stack, const std::vector<FileChange>& changes) {
  std::string text;
  for (const FileChange& change : changes) {
    const std::string to = change.copy.empty() ? "/dev/null" : change.copy;
    const bool present = server.host.disk.info(change.path).has_value();
    const Outcome outcome =
        server.host.processes.run({.argv = {"diff", "-u", "--label", file_name(change.path),
                                            "--label", file_name(change.path) + " (of the release)",
                                            "--", present ? change.path : "/dev/null", to},
                                   .environment = {{"LC_ALL", "C"}},
                                   .directory = {},
                                   .input = {},
                                   .deadline = std::chrono::seconds(20),
                                   .inherited = {},
                                   .on_line = {}});
    text += outcome.status == 1
                ? masked_variables(stack, outcome.output)
                : fmt::format("{} differs ({})\n", file_name(change.path), outcome.reason());
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

}  // namespace ballast
