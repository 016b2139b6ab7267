#include "drift/patch.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/difference.h"
#include "base/text.h"
#include "live/image_copy.h"
#include "live/workbench.h"
#include "tools/container_files.h"

namespace ballast {

namespace {

constexpr std::size_t longest_text = 1u << 20;
constexpr std::size_t most_files = 100;

bool is_text(const std::optional<std::string>& content) {
  return !content || (content->size() <= longest_text && content->find('\0') == std::string::npos);
}

std::string no_text(const std::string& name) {
  return fmt::format("{} differs, and is no text\n", printable(name));
}

std::string patch_of(Server& server, const docker::Container& container, ImageCopy& image,
                     const docker::ChangedPath& change, const Secrets& secrets) {
  const std::string name = change.path.substr(1);
  const bool was_there = change.kind != docker::ChangeKind::added;
  const bool is_there = change.kind != docker::ChangeKind::removed;
  const auto was = was_there ? image.read(change.path, longest_text) : std::nullopt;
  const auto is = is_there ? read_on_host(server.host, container, change.path) : std::nullopt;
  if (is_there && !is) return fmt::format("{} cannot be read as text\n", printable(change.path));
  if (was && was->size > longest_text) return no_text(name);
  const bool was_file = was && was->type == FileType::regular;
  return text_patch(name, was_file ? std::optional(was->content) : std::nullopt, is, secrets);
}

}  // namespace

std::string text_patch(const std::string& name, const std::optional<std::string>& was,
                       const std::optional<std::string>& is, const Secrets& secrets) {
  if (!is_text(was) || !is_text(is)) return no_text(name);
  const std::string difference = file_difference(name, was, is);
  if (difference.empty()) return fmt::format("{} differs, but in no line\n", printable(name));
  return masked_difference(difference, secrets);
}

std::string container_patch(Server& server, const DriftSeen& seen, const Difference& difference) {
  std::string text;
  for (const ReleaseContainerSeen& one : seen.releases) {
    if (one.container.label(docker::label_service) != difference.subject) continue;
    ImageCopy image(server, one.container.image_id,
                    {{std::string(docker::label_operation), mark_of_reader(server, seen.stack)}});
    for (std::size_t number = 0; number < std::min(difference.paths.size(), most_files); ++number)
      text += patch_of(server, one.container, image, difference.paths[number], seen.secrets);
    if (difference.paths.size() > most_files)
      text += fmt::format("and {} more files\n", difference.paths.size() - most_files);
    break;
  }
  return text;
}

}  // namespace ballast
