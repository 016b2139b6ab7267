#include "backup/store.h"

#include <fmt/format.h>

#include <ranges>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::uint64_t longest_text = 256u << 20;

std::vector<std::string> ids_of(const std::vector<StoredSet>& sets) {
  std::vector<std::string> ids;
  for (const StoredSet& set : sets) ids.push_back(set.id);
  return ids;
}

// A folder with another set's manifest would be taken for one of another day.
BackupSet set_in(const std::string& path, const std::string& text, const std::string& id) {
  BackupSet set = parse_backup_set(path, text);
  if (set.id == id) return set;
  throw Error(Kind::failed,
              fmt::format("{}: is of the set {}: its folder was copied or renamed", path, set.id),
              fmt::format("give the folder its name back: {}", set.id));
}

}  // namespace

std::string StoredSet::pool() const {
  const std::string sets = folder.substr(0, folder.rfind('/'));
  return sets.substr(0, sets.rfind('/')) + "/pool";
}

SetStore::SetStore(Server& server, std::string stack) : SetStore(server, std::move(stack), {}) {}

SetStore::SetStore(Server& server, std::string stack, std::string root)
    : server_(server),
      stack_(std::move(stack)),
      root_(root.empty() ? server.paths.backups(stack_) : std::move(root)) {}

std::string SetStore::pool() const { return root_ + "/pool"; }
std::string SetStore::incoming() const { return root_ + "/incoming"; }
std::string SetStore::incoming(const std::string& id) const { return incoming() + "/" + id; }
std::string SetStore::folder(const std::string& id) const { return root_ + "/sets/" + id; }
std::string SetStore::damaged() const { return root_ + "/damaged"; }
std::string SetStore::untold() const { return root_ + "/untold"; }
std::string SetStore::scrub_state() const { return root_ + "/scrub.json"; }
std::string SetStore::trash() const { return root_ + "/trash"; }
std::string SetStore::trash(const std::string& id) const { return trash() + "/" + id; }

std::vector<StoredSet> SetStore::sets() const {
  std::vector<StoredSet> found;
  for (const std::string& id : server_.host.disk.list(root_ + "/sets"))
    if (auto stored = read(id)) found.push_back(*std::move(stored));
  return found;
}

std::optional<StoredSet> SetStore::newest_complete(std::optional<BackupKind> kind) const {
  const auto ids = server_.host.disk.list(root_ + "/sets");
  for (const std::string& id : std::views::reverse(ids))
    if (auto stored = read(id); stored && stored->trouble.empty() && stored->set.is_complete() &&
                                (!kind || stored->set.kind == *kind))
      return stored;
  return std::nullopt;
}

std::optional<StoredSet> SetStore::read(const std::string& id) const {
  const std::string path = fmt::format("{}/{}", folder(id), manifest_file);
  StoredSet stored{.id = id, .folder = folder(id)};
  try {
    const auto text = server_.host.disk.read(path, longest_text);
    if (!text) return std::nullopt;
    stored.set = set_in(path, *text, id);
  } catch (const Error& error) {
    stored.trouble = error.message();
    stored.trouble_hint = error.hint();
    stored.is_newer = error.kind() == Kind::refused;
  }
  return stored;
}

StoredSet SetStore::find(const std::string& word) const {
  StoredSet stored = named(word);
  if (stored.trouble.empty()) return stored;
  throw Error(Kind::refused, stored.trouble + "; nothing was changed", stored.trouble_hint);
}

std::optional<std::string> SetStore::dated_after(const std::string& id) const {
  const auto ids = server_.host.disk.list(root_ + "/sets");
  for (const std::string& newest : std::views::reverse(ids))
    if (const auto time = time_of_set(newest)) {
      if (*time > time_of_set(id)) return newest;
      break;
    }
  return std::nullopt;
}

StoredSet SetStore::named(const std::string& word) const {
  return find_set(sets(), word,
                  {.of = stack_,
                   .hint_when_empty = fmt::format("make one: ballast backup {}", stack_),
                   .hint = fmt::format("see them with: ballast backup list {}", stack_)});
}

void SetStore::finish(const std::string& id) {
  server_.host.disk.make_directories(root_ + "/sets", 0700);
  server_.host.disk.rename(incoming(id), folder(id));
}

void SetStore::remove(const std::string& id) {
  server_.host.disk.make_directories(trash(), 0700);
  server_.host.disk.rename(folder(id), trash(id));
  server_.host.disk.remove_tree(trash(id));
}

void SetStore::sweep(const std::string& id) {
  server_.host.disk.remove_tree(incoming(id));
  empty_trash();
}

void SetStore::empty_trash() { server_.host.disk.remove_tree(trash()); }

StoredSet find_set(const std::vector<StoredSet>& sets, const std::string& word,
                   const SetsPlace& place) {
  std::vector<StoredSet> matching;
  for (const StoredSet& stored : sets)
    if (word == "latest" ? stored.trouble.empty() && stored.set.is_complete()
                         : stored.id.starts_with(word))
      matching.push_back(stored);
  if (word == "latest" && matching.size() > 1) matching = {matching.back()};
  if (matching.empty())
    throw Error(Kind::usage,
                word == "latest"
                    ? fmt::format("there is no complete backup of {}", place.of)
                    : fmt::format("no backup of {} is named `{}`", place.of, printable(word)),
                sets.empty() ? place.hint_when_empty : place.hint);
  if (matching.size() > 1)
    throw Error(Kind::usage,
                fmt::format("more than one backup of {} begins with `{}`: {}", place.of,
                            printable(word), join(ids_of(matching), ", ")),
                "give more of its name");
  return matching.front();
}

AttachmentList attachments_of(Server& server, const StoredSet& stored,
                              const SetDatabase& database) {
  return {server.host.trees, {stored.folder, database.attachments}};
}

}  // namespace ballast
