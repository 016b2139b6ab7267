#include "backup/far_volume.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace ballast {

namespace {

constexpr Duration longest_copy = std::chrono::hours(6);
constexpr Duration longest_list = std::chrono::minutes(30);
constexpr const char* names_file = ".names";
constexpr const char* status_file = ".status";
constexpr int file_changed = 1;  // what tar says of a file that was written to meanwhile

constexpr const char* list_files =
    "cd \"/from/$0\" 2>/dev/null || exit 0; find . -type f -exec stat -c '%s %n' {} +";
constexpr const char* list_top = "cd /from && find . -mindepth 1 -maxdepth 1";
// A pipe tells the exit status of its end only.
constexpr const char* copy_named =
    "cd \"/from/$0\" && mkdir -p \"/to/$0\" && "
    "{ tar -cf - -T /to/.names; echo $? >/to/.status; } | tar -xpf - -C \"/to/$0\"";

std::string folder_made(Server& server, std::string folder) {
  server.host.disk.make_directories(folder, 0700);
  return folder;
}

std::string_view below_dot(std::string_view path) {
  return path.starts_with("./") ? path.substr(2) : path;
}

std::optional<SizedName> sized_name(std::string_view line) {
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  SizedName file{.name = std::string(below_dot(line.substr(blank + 1)))};
  std::from_chars(line.data(), line.data() + blank, file.size);
  return file;
}

}  // namespace

// The engine names a mount point whatever is there: one that is not mounted here is an empty folder
// of the disk that it lies on.
bool is_on_this_host(Server& server, const docker::Mount& mount) {
  const auto info = server.host.disk.info(mount.source);
  if (!info) return false;
  if (mount.type != "volume" || !server.engine.is_mounted_volume(mount.name)) return true;
  const auto above = server.host.disk.info(mount.source.substr(0, mount.source.rfind('/')));
  return above && above->filesystem != info->filesystem;
}

FarVolume::FarVolume(Server& server, const std::string& operation, const std::string& image,
                     const std::string& volume, std::string folder)
    : server_(server),
      folder_(folder_made(server, std::move(folder))),
      bench_(server, operation,
             {.image = image, .binds = {{volume, "/from", false}, {folder_, "/to", true}}}) {}

FarVolume::~FarVolume() {
  try {
    server_.host.disk.remove_tree(folder_);
  } catch (const std::exception&) {
    return;  // it lies in the unfinished set, which goes as a whole
  }
}

bool FarVolume::has_directory(const std::string& directory) {
  return trim(bench_.must({"sh", "-c", "test -d \"/from/$0\" && echo yes || true", directory}, {},
                          longest_list)) == "yes";
}

Ownership FarVolume::ownership_of(const std::string& path) {
  const auto fields = split(
      std::string(trim(bench_.must({"stat", "-c", "%a %u %g", "/from/" + path}, {}, longest_list))),
      ' ');
  if (fields.size() != 3)
    throw Error(Kind::failed, "stat does not say whose the folder is: " + join(fields, " "));
  return {.mode = static_cast<unsigned>(std::stoul(fields[0], nullptr, 8)),
          .owner = static_cast<unsigned>(std::stoul(fields[1])),
          .group = static_cast<unsigned>(std::stoul(fields[2]))};
}

std::vector<SizedName> FarVolume::files_below(const std::string& directory) {
  std::vector<SizedName> files;
  for (const std::string& line :
       split_lines(bench_.must({"sh", "-c", list_files, directory}, {}, longest_list)))
    if (auto file = sized_name(line)) files.push_back(*std::move(file));
  return files;
}

void FarVolume::bring(const std::string& directory, const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  copy(directory, paths);
  require_arrived(directory, paths);
}

void FarVolume::bring_all(const std::string& without) {
  std::vector<std::string> paths;
  for (const std::string& line : split_lines(bench_.must({"sh", "-c", list_top}, {}, longest_list)))
    if (below_dot(line) != without) paths.emplace_back(below_dot(line));
  if (paths.empty()) return;
  if (const int status = copy("", paths); status > file_changed)
    throw Error(Kind::failed, fmt::format("tar ended with exit status {}", status));
}

void FarVolume::clear() {
  for (const std::string& name : server_.host.disk.list(folder_))
    server_.host.disk.remove_tree(fmt::format("{}/{}", folder_, name));
}

int FarVolume::copy(const std::string& directory, const std::vector<std::string>& paths) {
  std::string names;
  for (const std::string& path : paths) names += fmt::format("./{}\n", path);
  const std::string status = fmt::format("{}/{}", folder_, status_file);
  server_.host.disk.replace(fmt::format("{}/{}", folder_, names_file), names, 0600);
  bench_.must({"sh", "-c", copy_named, directory}, {}, longest_copy);
  const std::string text = server_.host.disk.read(status).value_or("");
  server_.host.disk.remove(status);
  server_.host.disk.remove(fmt::format("{}/{}", folder_, names_file));
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  if (number >= 0) return number;
  throw Error(Kind::failed, "tar did not end as it should");
}

void FarVolume::require_arrived(const std::string& directory,
                                const std::vector<std::string>& paths) {
  std::vector<std::string> absent;
  for (const std::string& path : paths)
    if (!server_.host.disk.info(fmt::format("{}/{}/{}", folder_, directory, path)))
      absent.push_back(path);
  if (absent.empty()) return;
  auto there = files_below(directory);
  std::ranges::sort(there, {}, &SizedName::name);
  for (const std::string& path : absent)
    if (std::ranges::binary_search(there, path, {}, &SizedName::name))
      throw Error(Kind::failed, fmt::format("{}/{} could not be copied out of the volume",
                                            directory, printable(path)));
}

}  // namespace ballast
