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
std::string SetStore::incoming(const std::string& id) const { return root_ + "/incoming/" + id; }
std::string SetStore::folder(const std::string& id) const { return root_ + "/sets/" + id; }
std::string SetStore::trash(const std::string& id) const { return root_ + "/trash/" + id; }

std::vector<StoredSet> SetStore::sets() const {
  std::vector<StoredSet> found;
  for (const std::string& id : server_.host.disk.list(root_ + "/sets"))
    if (auto stored = read(id)) found.push_back(*std::move(stored));
  return found;
}

std::optional<StoredSet> SetStore::newest_complete() const {
  const auto ids = server_.host.disk.list(root_ + "/sets");
  for (const std::string& id : std::views::reverse(ids))
    if (auto stored = read(id); stored && stored->trouble.empty() && stored->set.is_complete())
      return stored;
  return std::nullopt;
}

std::optional<StoredSet> SetStore::read(const std::string& id) const {
  const std::string path = fmt::format("{}/{}", folder(id), manifest_file);
  StoredSet stored{.id = id, .folder = folder(id), .set = {}, .trouble = {}};
  try {
    const auto text = server_.host.disk.read(path, longest_text);
    if (!text) return std::nullopt;
    stored.set = parse_backup_set(path, *text);
  } catch (const Error& error) {
    stored.trouble = error.message();
  }
  return stored;
}

StoredSet SetStore::find(const std::string& word) const {
  const auto all = sets();
  std::vector<StoredSet> matching;
  for (const StoredSet& stored : all)
    if (word == "latest" ? stored.trouble.empty() && stored.set.is_complete()
                         : stored.id.starts_with(word))
      matching.push_back(stored);
  if (word == "latest" && matching.size() > 1) matching = {matching.back()};
  if (matching.empty())
    throw Error(Kind::usage,
                word == "latest"
                    ? fmt::format("there is no complete backup of {}", stack_)
                    : fmt::format("no backup of {} is named `{}`", stack_, printable(word)),
                all.empty() ? fmt::format("make one: ballast backup {}", stack_)
                            : fmt::format("see them with: ballast backup list {}", stack_));
  if (matching.size() > 1)
    throw Error(Kind::usage,
                fmt::format("more than one backup of {} begins with `{}`: {}", stack_,
                            printable(word), join(ids_of(matching), ", ")),
                "give more of its name");
  if (!matching.front().trouble.empty()) throw Error(Kind::failed, matching.front().trouble);
  return matching.front();
}

void SetStore::finish(const std::string& id) {
  server_.host.disk.make_directories(root_ + "/sets", 0700);
  server_.host.disk.rename(incoming(id), folder(id));
}

void SetStore::remove(const std::string& id) {
  server_.host.disk.make_directories(root_ + "/trash", 0700);
  server_.host.disk.rename(folder(id), trash(id));
  server_.host.disk.remove_tree(trash(id));
}

void SetStore::sweep(const std::string& id) {
  server_.host.disk.remove_tree(incoming(id));
  server_.host.disk.remove_tree(root_ + "/trash");
}

std::optional<std::vector<AttachmentName>> read_attachments(Server& server, const StoredSet& stored,
                                                            const SetDatabase& database) {
  const std::string path = fmt::format("{}/{}", stored.folder, database.attachments);
  const auto text = server.host.disk.read(path, longest_text);
  if (!text) return std::nullopt;
  return parse_attachments(path, *text);
}

}  // namespace ballast
