#include "live/configuration.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Behind which sign of a line of a difference a secret stands: `NAME=…`, or `NAME: …` unless that
// is a variable or goes on below.
std::optional<std::size_t> before_a_secret(std::string_view line) {
  const std::size_t sign = line.find_first_of("=:");
  if (sign == std::string_view::npos || sign == 0 ||
      !names_a_secret(trim(line.substr(1, sign - 1))))
    return std::nullopt;
  const std::string_view value = trim(line.substr(sign + 1));
  const bool is_shown = line[sign] == ':' && (value.empty() || value.starts_with("${"));
  return is_shown ? std::nullopt : std::optional(sign);
}

std::string masked_variables(const Stack& stack, const std::string& text) {
  std::string shown;
  for (const std::string& line : split_lines(text)) {
    const auto sign = before_a_secret(line);
    const bool spaced = sign && line[*sign] == ':';
    shown +=
        sign ? line.substr(0, *sign + 1) + (spaced ? " ***" : "***") : stack.secrets.mask(line);
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

std::vector<std::string> names_of_stack_files() {
  std::vector<std::string> names(compose_file_names.begin(), compose_file_names.end());
  names.insert(names.end(), compose_override_names.begin(), compose_override_names.end());
  names.insert(names.end(), {"ballast.yaml", ".env"});
  return names;
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
  for (const FileChange& change : changes) {
    const std::string to = change.copy.empty() ? "/dev/null" : change.copy;
    const bool present = server.host.disk.info(change.path).has_value();
    const Outcome outcome = server.host.processes.run(
        {.argv = {"diff", "-u", "--label", file_name(change.path), "--label",
                  fmt::format("{} ({})", file_name(change.path), whose), "--",
                  present ? change.path : "/dev/null", to},
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
