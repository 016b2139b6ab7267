#include "backup/fetch.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "backup/pool.h"
#include "backup/remote_store.h"
#include "base/text.h"
#include "host/parallel.h"
#include "live/work.h"
#include "model/names.h"

namespace ballast {

namespace {

class Fetcher {
 public:
  Fetcher(Server& server, Progress& progress, const FetchRequest& request, int lock)
      : server_(server),
        progress_(progress),
        request_(request),
        here_(server, request.stack),
        rclone_(server.host, lock,
                [this](std::uint64_t done, std::uint64_t total) {
                  progress_.bytes(doing_, done, total);
                }),
        there_(server, rclone_, request.remote, request.stack) {}

  std::string run() {
    rclone_.facts(request_.remote);
    wanted_ = there_.find(request_.set);
    require_ours();
    staged_ = {
        .id = wanted_.id, .folder = here_.incoming(wanted_.id), .set = wanted_.set, .trouble = {}};
    make_folders();
    fetch_lists();
    const auto attachments = attachments_to_fetch();
    require_space();
    fetch_attachments(attachments);
    fetch_files();
    take_over();
    return wanted_.id;
  }

 private:
  void require_ours() const {
    if (wanted_.set.id == wanted_.id && wanted_.set.stack == request_.stack) return;
    throw Error(Kind::refused, fmt::format("{} is the set {} of {}; nothing was changed",
                                           wanted_.folder, wanted_.set.id, wanted_.set.stack));
  }

  void make_folders() {
    for (const std::string& folder : {staged_.folder, attachments_folder()})
      server_.host.disk.make_directories(folder, 0700);
  }

  std::string attachments_folder() const { return staged_.folder + ".pool"; }

  // The lists are small, and tell what else is needed.
  void fetch_lists() {
    std::vector<std::string> lists;
    for (const SetDatabase& database : wanted_.set.databases)
      if (!database.attachments.empty()) lists.push_back(database.attachments);
    fetch("lists", lists);
    require_sound(
        [&](const SetFile& file) { return std::ranges::find(lists, file.path) != lists.end(); });
  }

  void fetch_files() {
    std::vector<std::string> files{std::string(manifest_file)};
    for (const SetFile& file : wanted_.set.files) files.push_back(file.path);
    fetch("files", files);
    require_sound([](const SetFile&) { return true; });
  }

  void fetch(const std::string& what, const std::vector<std::string>& files) {
    doing_ = fmt::format("fetching {} {}", wanted_.id, what);
    rclone_.copy(wanted_.folder, staged_.folder, files);
  }

  // What is not as recorded is removed, so that it is fetched again by the next one.
  template <typename Wanted>
  void require_sound(const Wanted& is_wanted) {
    std::vector<std::string> damaged;
    for (const SetFile& file : wanted_.set.files) {
      if (!is_wanted(file)) continue;
      const auto found =
          server_.host.trees.digest({staged_.folder, file.path}, DigestAlgorithm::sha256);
      if (found && found->digest == file.sha256) continue;
      server_.host.disk.remove(fmt::format("{}/{}", staged_.folder, file.path));
      damaged.push_back(
          fmt::format("{}: {}", file.path, found ? "other content than recorded" : "missing"));
    }
    if (!damaged.empty()) refuse(damaged);
  }

  [[noreturn]] void refuse(const std::vector<std::string>& damaged) const {
    constexpr std::size_t told = 20;
    Error error(
        Kind::refused,
        fmt::format("{} is damaged on {}; nothing was changed", wanted_.id, request_.remote.text()),
        fmt::format("choose another set: ballast restore {} SET --from {}", request_.stack,
                    request_.remote.text()));
    for (std::size_t number = 0; number < std::min(damaged.size(), told); ++number)
      error.add_context(damaged[number]);
    if (damaged.size() > told) error.add_context(fmt::format("and {} more", damaged.size() - told));
    throw error;
  }

  // Sorted. What the pool here has, and has whole, is not fetched.
  std::vector<AttachmentName> attachments_to_fetch() {
    std::vector<AttachmentName> names;
    for (const SetDatabase& database : staged_.set.databases) {
      if (database.attachments.empty()) continue;
      const auto listed = attachments_of(server_, staged_, database).all();
      names.insert(names.end(), listed.begin(), listed.end());
      attachment_bytes_ += database.attachment_bytes;
    }
    std::ranges::sort(names);
    const auto [first, last] = std::ranges::unique(names);
    names.erase(first, last);
    progress_.note("reading the attachments that are here");
    return without_those_here(names);
  }

  std::vector<AttachmentName> without_those_here(const std::vector<AttachmentName>& names) {
    std::mutex mutex;
    std::vector<AttachmentName> lacking;
    parallel_for(names.size(), copy_threads(), [&](std::size_t number) {
      const auto found =
          server_.host.trees.digest({here_.pool(), names[number].text()}, DigestAlgorithm::sha1);
      const std::lock_guard guard(mutex);
      if (found && found->digest == names[number].hex())
        attachment_bytes_ -= std::min(attachment_bytes_, found->size);
      else
        lacking.push_back(names[number]);
    });
    std::ranges::sort(lacking);
    return lacking;
  }

  void require_space() {
    const std::uint64_t all = wanted_.set.bytes() + attachment_bytes_;
    const std::uint64_t needed = all - std::min(all, bytes_staged());
    const Space space = server_.host.disk.space(here_.pool());
    if (needed <= space.available) return;
    throw Error(
        Kind::refused,
        fmt::format("not enough space to fetch {} into {}: {} needed, {} available; nothing "
                    "was changed",
                    wanted_.id, server_.paths.backups(request_.stack), human_bytes(needed),
                    human_bytes(space.available)),
        "free some: ballast prune; or mount a larger disk there");
  }

  std::uint64_t bytes_staged() {
    std::uint64_t sum = 0;
    for (const std::string& folder : {staged_.folder, attachments_folder()})
      server_.host.trees.walk(folder, [&](const TreeEntry& entry) {
        if (entry.info.type == FileType::regular) sum += entry.info.size;
        return true;
      });
    return sum;
  }

  void fetch_attachments(const std::vector<AttachmentName>& names) {
    std::vector<std::string> paths;
    for (const AttachmentName& name : names) paths.push_back(name.text());
    doing_ = fmt::format("fetching {} attachments", wanted_.id);
    rclone_.copy(there_.pool().text(), attachments_folder(), paths);
    take_attachments(names);
  }

  // Each hashed on its way into the pool, and gone from where it was, so that they never take their
  // space twice.
  void take_attachments(const std::vector<AttachmentName>& names) {
    Pool pool(server_.host, here_.pool());
    std::mutex mutex;
    std::vector<std::string> damaged;
    parallel_for(names.size(), copy_threads(), [&](std::size_t number) {
      std::uint64_t bytes = 0;
      const auto taken = pool.take(attachments_folder(), names[number], bytes);
      server_.host.trees.remove(attachments_folder(), {names[number].text()});
      if (taken == Pool::Taken::yes) return;
      const std::lock_guard guard(mutex);
      damaged.push_back(fmt::format(
          "pool/{}: {}", names[number].text(),
          taken == Pool::Taken::absent ? "missing" : "other content than its name says"));
    });
    std::ranges::sort(damaged);
    if (!damaged.empty()) refuse(damaged);
    pool.sync();
  }

  // The one that may be here already was not as good as this one, or nobody would have asked.
  void take_over() {
    server_.host.disk.remove_tree(attachments_folder());
    server_.host.trees.sync(staged_.folder);
    if (server_.host.disk.info(here_.folder(wanted_.id))) here_.remove(wanted_.id);
    here_.finish(wanted_.id);
  }

  Server& server_;
  Progress& progress_;
  const FetchRequest& request_;
  SetStore here_;
  Rclone rclone_;
  RemoteStore there_;
  StoredSet wanted_;  // on the remote
  StoredSet staged_;
  std::uint64_t attachment_bytes_ = 0;  // of those that are not here
  std::string doing_;
};

// A failure on the way changes nothing that counts, and the same command goes on from there.
Error while_fetching(const Error& error, const std::string& folder) {
  if (error.kind() != Kind::failed) return error;
  return Error(Kind::failed, error.message() + "; nothing was changed",
               error.hint().empty()
                   ? fmt::format("what has arrived stays in {}/incoming, and the same command goes "
                                 "on from there; a file that fails again is damaged: take another "
                                 "set",
                                 folder)
                   : error.hint());
}

}  // namespace

Fetched fetch_set(Server& server, Progress& progress, const FetchRequest& request) {
  require_stack_name(request.stack);
  const Step step{.name = "fetch", .title = "fetch the set from " + request.remote.text()};
  const Monotonic began = server.host.clock.monotonic();
  const auto ends = [&](StepEnd end, const std::string& summary) {
    progress.step_ends(step, end, summary,
                       std::chrono::duration_cast<Duration>(server.host.clock.monotonic() - began));
  };
  progress.step_begins(step);
  try {
    auto lock =
        hold_sets(server, request.stack, "fetch", request.operator_name, request.wait, progress);
    std::string id = Fetcher(server, progress, request, lock->descriptor()).run();
    ends(StepEnd::done, id);
    return {.id = std::move(id), .lock = std::move(lock)};
  } catch (const Error& error) {
    ends(StepEnd::failed, error.message());
    throw while_fetching(error, server.paths.backups(request.stack));
  }
}

}  // namespace ballast
