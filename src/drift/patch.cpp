#include "drift/patch.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "live/workbench.h"
#include "tools/container_files.h"

namespace ballast {

namespace {

constexpr unsigned private_folder = 0700;
constexpr unsigned private_file = 0600;
constexpr Duration patience = std::chrono::seconds(20);
constexpr std::size_t longest_text = 1u << 20;
constexpr std::size_t most_files = 100;

// `diff` takes one text from its input; the other has to be a file.
class PrivateFile {
 public:
  PrivateFile(Server& server, const std::string& text)
      : disk_(server.host.disk),
        folder_(
            fmt::format("{}/drift-{}", server.paths.run(), server.host.machine.random_hex(16))) {
    disk_.make_directories(server.paths.run());
    disk_.make_directories(folder_, private_folder);
    disk_.replace(path(), text, private_file);
  }
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  ~PrivateFile() {
    try {
      disk_.remove_tree(folder_);
    } catch (const Error&) {
      return;  // what it holds is root's alone, and gone with the next boot
    }
  }
  std::string path() const { return folder_ + "/text"; }

 private:
  Disk& disk_;
  std::string folder_;
};

bool is_text(const std::optional<std::string>& content) {
  return !content || (content->size() <= longest_text && content->find('\0') == std::string::npos);
}

// A container of the release's image that never runs, to read its files from.
class ImageFiles {
 public:
  ImageFiles(Server& server, const std::string& stack, const std::string& image)
      : engine_(server.engine),
        id_(engine_.make_container(
            {.image = image,
             .command = {"none"},
             .labels = {{std::string(docker::label_operation), mark_of_reader(server, stack)}}})) {}
  ImageFiles(const ImageFiles&) = delete;
  ImageFiles& operator=(const ImageFiles&) = delete;
  ~ImageFiles() {
    try {
      engine_.remove_container(id_);
    } catch (const Error&) {
      return;  // its label lets recovery find it
    }
  }
  std::optional<std::string> read(const std::string& path) { return engine_.file_of(id_, path); }

 private:
  Engine& engine_;
  std::string id_;
};

std::string patch_of(Server& server, const docker::Container& container, ImageFiles& image,
                     const docker::ChangedPath& change, const Secrets& secrets) {
  const bool was_there = change.kind != docker::ChangeKind::added;
  const bool is_there = change.kind != docker::ChangeKind::removed;
  const auto was = was_there ? image.read(change.path) : std::nullopt;
  const auto is = is_there ? read_on_host(server.host, container, change.path) : std::nullopt;
  if (is_there && !is) return fmt::format("{} cannot be read as text\n", printable(change.path));
  return text_patch(server, change.path.substr(1), was, is, secrets);
}

// Tabulators belong to a text.
std::string shown_line(const std::string& line) {
  std::vector<std::string> parts;
  for (const std::string& part : split(line, '\t')) parts.push_back(printable(part));
  return join(parts, "\t");
}

}  // namespace

std::string masked_lines(const std::string& text, const Secrets& secrets) {
  std::string shown;
  for (const std::string& line : split_lines(text)) {
    const std::size_t sign = line.find_first_of("=:");
    const bool is_a_place = line.starts_with("@@");
    const bool secret = !is_a_place && sign != std::string::npos && sign > 0 &&
                        names_a_secret(trim(std::string_view(line).substr(1, sign - 1)));
    shown += (secret ? line.substr(0, sign + 1) + " ***" : shown_line(secrets.mask(line))) + "\n";
  }
  return shown;
}

std::string text_patch(Server& server, const std::string& name,
                       const std::optional<std::string>& was, const std::optional<std::string>& is,
                       const Secrets& secrets) {
  if (!is_text(was) || !is_text(is))
    return fmt::format("{} differs, and is no text\n", printable(name));
  const PrivateFile before(server, was.value_or(""));
  const Outcome outcome = server.host.processes.run(
      {.argv = {"diff", "-u", "--label", was ? "a/" + name : "/dev/null", "--label",
                is ? "b/" + name : "/dev/null", "--", before.path(), "-"},
       .environment = {{"LC_ALL", "C"}},
       .directory = {},
       .input = is.value_or(""),
       .deadline = patience,
       .inherited = {},
       .on_line = {}});
  if (outcome.status != 1)
    return fmt::format("{} differs ({})\n", printable(name), outcome.reason());
  return masked_lines(outcome.output, secrets);
}

std::string container_patch(Server& server, const DriftSeen& seen, const Difference& difference) {
  std::string text;
  for (const ReleaseContainerSeen& one : seen.releases) {
    if (one.container.label(docker::label_service) != difference.subject) continue;
    ImageFiles image(server, seen.stack, one.container.image_id);
    for (std::size_t number = 0; number < std::min(difference.paths.size(), most_files); ++number)
      text += patch_of(server, one.container, image, difference.paths[number], seen.secrets);
    if (difference.paths.size() > most_files)
      text += fmt::format("and {} more files\n", difference.paths.size() - most_files);
    break;
  }
  return text;
}

}  // namespace ballast
