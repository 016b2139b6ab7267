#include "session/image_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "live/image_copy.h"

namespace ballast {

namespace {

constexpr std::string_view label_session = "tools.ballast.session";
constexpr std::size_t largest_text = 1u << 20;
constexpr std::size_t most_files = 500;
constexpr std::size_t digits_of_volume = 64;

using Files = std::map<std::string, ObservedFile>;

constexpr auto routine_folders =
    std::to_array<std::string_view>({"/dev", "/proc", "/run", "/sys", "/tmp", "/var/cache",
                                     "/var/lock", "/var/log", "/var/run", "/var/tmp"});
constexpr auto routine_names = std::to_array<std::string_view>(
    {".bash_history", ".dockerenv", ".lesshst", ".psql_history", ".python_history", ".viminfo"});

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_text(std::string_view content) { return content.find('\0') == std::string_view::npos; }

std::string_view type_text(FileType type) {
  switch (type) {
    case FileType::directory: return "folder";
    case FileType::symlink: return "symlink";
    default: return "other";
  }
}

// What is known of it by its content; the content itself stays where it is text.
void describe(ObservedFile& file, TarMember& found) {
  if (found.type != FileType::regular) {
    file.content = type_text(found.type);
  } else if (found.size > largest_text) {
    file.content = "large";
    file.digest = fmt::format("size {}", found.size);
  } else {
    file.content = is_text(found.content) ? "text" : "binary";
    file.digest = sha256_hex(found.content);
    if (file.content == "text") file.now = std::move(found.content);
  }
}

ObservedFile changed(docker::ChangeKind change) {
  return {.change = change, .content = "unread", .digest = {}, .now = {}, .image = {}};
}

class Difference {
 public:
  Difference(Server& server, const docker::Container& container, const DifferenceTerms& terms)
      : server_(server),
        container_(container),
        terms_(terms),
        copy_(server, container.image_id, {{std::string(label_session), terms.label}}) {}

  Files find() {
    auto changes = server_.engine.changes_of(container_.id);
    const std::set<std::string> folders = folders_of(changes);
    std::erase_if(changes, [&](const docker::ChangedPath& one) {
      return is_routine(one.path) || folders.contains(one.path);
    });
    for (const docker::ChangedPath& one : changes) add(one);
    if (terms_.has_code_in_volumes)
      for (const docker::Mount& mount : container_.mounts) add_volume(mount);
    return std::move(files_);
  }

 private:
  // They are listed with what is in them.
  static std::set<std::string> folders_of(const std::vector<docker::ChangedPath>& changes) {
    std::set<std::string> folders;
    for (const docker::ChangedPath& one : changes)
      for (auto slash = one.path.rfind('/'); slash != 0 && slash != std::string::npos;
           slash = one.path.rfind('/', slash - 1))
        folders.insert(one.path.substr(0, slash));
    return folders;
  }

  void add(const docker::ChangedPath& one) {
    ObservedFile file = changed(one.kind);
    if (files_.size() >= most_files) {
      files_[one.path] = std::move(file);
      return;
    }
    if (one.kind == docker::ChangeKind::removed) {
      auto removed = copy_.read(one.path, largest_text);
      keep_removed(one.path, removed ? &*removed : nullptr);
      return;
    }
    auto found = server_.engine.file_of(container_.id, one.path, largest_text);
    if (!found || found->type == FileType::directory) return;  // it was there a moment ago
    describe(file, *found);
    const bool has_image = one.kind == docker::ChangeKind::changed;
    if (!has_image || !is_as_in_image(one.path, file)) files_[one.path] = std::move(file);
  }

  void keep_removed(const std::string& path, TarMember* of_image) {
    ObservedFile file = changed(docker::ChangeKind::removed);
    if (of_image != nullptr) describe(file, *of_image);
    file.digest.clear();
    file.image = std::exchange(file.now, std::nullopt);
    files_[path] = std::move(file);
  }

  // It was touched, or has another mode; else its text there is noted.
  bool is_as_in_image(const std::string& path, ObservedFile& file) {
    if (file.content != "text" && file.content != "binary") return false;
    auto found = copy_.read(path, largest_text);
    if (!found || found->type != FileType::regular || found->size > largest_text) return false;
    if (sha256_hex(found->content) == file.digest) return true;
    if (is_text(found->content)) file.image = std::move(found->content);
    return false;
  }

  bool holds_code(const docker::Mount& mount) const {
    const bool is_anonymous =
        mount.type == "volume" && mount.name.size() == digits_of_volume && is_hex(mount.name);
    return is_anonymous && std::ranges::none_of(terms_.data, [&](const std::string& data) {
             return is_below(mount.target, data) || is_below(data, mount.target);
           });
  }

  // The engine fills a volume of the copy as it filled that of the container.
  void add_volume(const docker::Mount& mount) {
    if (!holds_code(mount)) return;
    const auto original = copy_.mount_at(mount.target);
    if (!original) return;
    const auto now = files_below(mount.source);
    const auto then = files_below(original->source);
    for (const auto& [path, size] : now)
      if (!is_equal(mount.source, original->source, path, size, then))
        add_of_volume(mount, original->source, path, then.contains(path));
    for (const auto& [path, size] : then)
      if (!now.contains(path)) add_removed_of_volume(mount, original->source, path);
  }

  std::map<std::string, std::uint64_t> files_below(const std::string& folder) {
    std::map<std::string, std::uint64_t> found;
    server_.host.trees.walk(folder, [&](const TreeEntry& entry) {
      if (is_routine("/" + entry.path)) return false;
      if (entry.info.type == FileType::regular) found[entry.path] = entry.info.size;
      return true;
    });
    return found;
  }

  bool is_equal(const std::string& folder, const std::string& original, const std::string& path,
                std::uint64_t size, const std::map<std::string, std::uint64_t>& then) {
    const auto before = then.find(path);
    if (before == then.end() || before->second != size) return false;
    Trees& trees = server_.host.trees;
    const auto one = trees.digest({folder, path}, DigestAlgorithm::sha256);
    const auto other = trees.digest({original, path}, DigestAlgorithm::sha256);
    return one && other && one->digest == other->digest;
  }

  TarMember read_below(const std::string& folder, const std::string& path) {
    auto content = server_.host.trees.read_part({folder, path}, 0, largest_text + 1);
    TarMember file{.name = path, .type = FileType::regular, .content = {}, .size = 0};
    if (content) file.content = *std::move(content);
    file.size = file.content.size();
    return file;
  }

  void add_of_volume(const docker::Mount& mount, const std::string& original,
                     const std::string& path, bool was_there) {
    ObservedFile file =
        changed(was_there ? docker::ChangeKind::changed : docker::ChangeKind::added);
    auto found = read_below(mount.source, path);
    describe(file, found);
    if (was_there) {
      auto before = read_below(original, path);
      if (is_text(before.content)) file.image = std::move(before.content);
    }
    files_[mount.target + "/" + path] = std::move(file);
  }

  void add_removed_of_volume(const docker::Mount& mount, const std::string& original,
                             const std::string& path) {
    auto found = read_below(original, path);
    keep_removed(mount.target + "/" + path, &found);
  }

  Server& server_;
  const docker::Container& container_;
  const DifferenceTerms& terms_;
  ImageCopy copy_;
  Files files_;
};

}  // namespace

bool is_routine(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return std::ranges::any_of(routine_folders,
                             [&](std::string_view folder) { return is_below(path, folder); }) ||
         std::ranges::find(routine_names, name) != routine_names.end() || name.ends_with(".pyc") ||
         (std::string(path) + "/").find("/__pycache__/") != std::string::npos;
}

std::map<std::string, ObservedFile> different_from_image(Server& server,
                                                         const docker::Container& container,
                                                         const DifferenceTerms& terms) {
  return Difference(server, container, terms).find();
}

void remove_image_copies(Server& server, const std::string& session) {
  for (const docker::Container& left :
       server.engine.containers_with_label(fmt::format("{}={}", label_session, session)))
    server.engine.remove_container(left.id);
}

}  // namespace ballast
