#include "backup/remote_store.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

// Gone with this object.
class ScratchFolder {
 public:
  ScratchFolder(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {
    disk_.remove_tree(path_);
    disk_.make_directories(path_, 0700);
  }
  ~ScratchFolder() {
    try {
      disk_.remove_tree(path_);
    } catch (const Error&) {  // it lies where the next start of the machine removes it
    }
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  Disk& disk_;
  std::string path_;
};

// One that cannot be read must not hide the others: why it was not fetched.
std::string fetch(Rclone& rclone, const Remote& from, const std::string& to,
                  const std::vector<std::string>& files) {
  try {
    rclone.copy(from.text(), to, files);
    return {};
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    return error.message();
  }
}

std::string manifest_of(const std::string& id) { return fmt::format("{}/{}", id, manifest_file); }

}  // namespace

RemoteStore::RemoteStore(Server& server, Rclone& rclone, Remote remote, std::string stack)
    : server_(server),
      rclone_(rclone),
      remote_(std::move(remote)),
      stack_(std::move(stack)),
      root_(remote_.below(stack_)) {}

std::map<std::string, std::uint64_t> RemoteStore::manifests() {
  std::map<std::string, std::uint64_t> found;
  rclone_.list(sets_folder(), 2, [&](std::string_view path, std::uint64_t size) {
    const std::string id(path.substr(0, path.find('/')));
    if (time_of_set(id) && path == manifest_of(id)) found[id] = size;
  });
  return found;
}

std::vector<StoredSet> RemoteStore::sets() {
  std::vector<std::string> ids;
  std::vector<std::string> files;
  for (const auto& [id, size] : manifests()) {
    ids.push_back(id);
    files.push_back(manifest_of(id));
  }
  server_.host.disk.make_directories(server_.paths.run());  // the gate's user has to get through it
  const ScratchFolder scratch(
      server_.host.disk,
      fmt::format("{}/.manifests-{}", server_.paths.run(), server_.host.machine.process()));
  const std::string trouble = fetch(rclone_, sets_folder(), scratch.path() + "/sets", files);
  const SetStore fetched(server_, stack_, scratch.path());
  std::vector<StoredSet> sets;
  for (const std::string& id : ids) {
    StoredSet stored =
        fetched.read(id).value_or(StoredSet{.id = id, .folder = {}, .set = {}, .trouble = trouble});
    stored.folder = folder(id).text();
    sets.push_back(std::move(stored));
  }
  return sets;
}

StoredSet RemoteStore::find(const std::string& word) {
  const auto there = sets();
  std::vector<std::string> ids;
  for (const StoredSet& stored : there) ids.push_back(stored.id);
  StoredSet stored = find_set(there, word,
                              {.of = fmt::format("{} on {}", stack_, remote_.text()),
                               .hint_when_empty = fmt::format("look there: rclone lsf {}",
                                                              shell_quoted(sets_folder().text())),
                               .hint = "sets there: " + join(ids, ", ")});
  if (!stored.trouble.empty()) throw Error(Kind::failed, stored.trouble);
  return stored;
}

namespace {

// For a person who looks: whoever sends tries again by itself.
Error unanswered(const Error& error, const Remote& remote, const std::string& state) {
  if (error.kind() != Kind::failed || !error.hint().empty()) return error;
  return Error(
      Kind::failed, error.message() + state,
      fmt::format("see whether it answers, as the same user: rclone lsd {}:", remote.name));
}

}  // namespace

std::vector<StoredSet> sets_on_remote(Server& server, const std::string& stack,
                                      const Remote& remote) {
  Rclone rclone(server.host);
  rclone.facts(remote);
  try {
    return RemoteStore(server, rclone, remote, stack).sets();
  } catch (const Error& error) {
    throw unanswered(error, remote, "");
  }
}

StoredSet set_on_remote(Server& server, const std::string& stack, const Remote& remote,
                        const std::string& word) {
  Rclone rclone(server.host);
  rclone.facts(remote);
  try {
    return RemoteStore(server, rclone, remote, stack).find(word);
  } catch (const Error& error) {
    throw unanswered(error, remote, "; nothing was changed");
  }
}

Remote require_remote(const Stack& stack) {
  if (auto remote = parse_remote(stack.policy.offsite.remote)) return *std::move(remote);
  throw Error(Kind::usage, fmt::format("the policy of {} names no off-site remote", stack.name),
              fmt::format("name one in {}: offsite: {{remote: \"name:path\"}}", stack.policy_path));
}

}  // namespace ballast
