#include "backup/offsite.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "backup/offsite_note.h"
#include "backup/remote_store.h"
#include "base/text.h"
#include "host/parallel.h"
#include "live/work.h"
#include "model/names.h"
#include "model/offsite_plan.h"

namespace ballast {

namespace {

struct PoolEntry {
  AttachmentName name;
  std::uint64_t size = 0;
};

Error damaged_here(const StoredSet& stored, const std::string& what) {
  return Error(
      Kind::verification, fmt::format("it is damaged here: {}", what),
      fmt::format("see all of it: ballast backup verify {} {}", stored.set.stack, stored.id));
}

class Sender {
 public:
  Sender(Server& server, Progress& progress, const Stack& stack, int lock)
      : server_(server),
        progress_(progress),
        stack_(stack),
        remote_(require_remote(stack)),
        here_(server, stack.name),
        rclone_(server.host, lock,
                [this](std::uint64_t done, std::uint64_t total) {
                  progress_.bytes(doing_, done, total);
                }),
        there_(server, rclone_, remote_, stack.name) {}

  void run(Sent& sent) {
    const RemoteFacts facts = rclone_.facts(remote_);
    if (stack_.policy.offsite.must_be_encrypted && !facts.is_encrypted) refuse_plain(facts);
    const auto waiting = sets_that_wait();
    if (waiting.empty()) return;
    comparison_ = rclone_.comparison(remote_, facts);
    look_at_pool();
    for (const StoredSet& stored : waiting) {
      if (!server_.host.disk.info(stored.folder)) continue;  // the retention was faster
      try {
        sent.sets.push_back({.id = stored.id, .files = send(stored)});
      } catch (const Error& error) {
        if (!sent.trouble) sent.trouble_with = stored.id;
        if (!sent.trouble) sent.trouble = error;
        if (error.kind() != Kind::verification) return;
      }
    }
  }

 private:
  [[noreturn]] void refuse_plain(const RemoteFacts& facts) const {
    throw Error(
        Kind::refused,
        fmt::format("the remote `{}` does not encrypt (its type is {}{}), and sets hold secrets; "
                    "nothing was sent",
                    remote_.name, facts.type,
                    facts.type == "crypt" ? " with no_data_encryption" : ""),
        fmt::format("name one of rclone's type crypt, or say that it need not be one: offsite: "
                    "{{encryption: not-needed}} in {}",
                    stack_.policy_path));
  }

  std::vector<StoredSet> sets_that_wait() {
    const auto all = here_.sets();
    std::vector<SetHere> here;
    for (const StoredSet& stored : all)
      here.push_back({.id = stored.id,
                      .complete = stored.set.is_complete(),
                      .readable = stored.trouble.empty(),
                      .manifest_size = size_of_manifest(stored)});
    const auto manifests = there_.manifests();
    const auto ids = sets_to_send(here, manifests);
    std::vector<StoredSet> waiting;
    for (const std::string& id : ids)
      waiting.push_back(*std::ranges::find(all, id, &StoredSet::id));
    keep_notes(here, manifests);
    return waiting;
  }

  std::uint64_t size_of_manifest(const StoredSet& stored) const {
    const auto info = server_.host.disk.info(fmt::format("{}/{}", stored.folder, manifest_file));
    return info ? info->size : 0;
  }

  // As the remote says: it may have been emptied, or filled by another server with the same sets.
  void keep_notes(const std::vector<SetHere>& here,
                  const std::map<std::string, std::uint64_t>& manifests) {
    const auto noted = offsite_notes(server_, stack_.name, remote_.text());
    std::vector<std::string> known;
    for (const SetHere& set : here) {
      const auto there = manifests.find(set.id);
      const bool is_there = there != manifests.end() && there->second == set.manifest_size;
      if (is_there) known.push_back(set.id);
      if (is_there && !note_of(noted, set.id)) keep_note(set.id);
    }
    remove_offsite_notes(server_, stack_.name, known);
  }

  void keep_note(const std::string& id) {
    keep_offsite_note(server_, stack_.name,
                      {.set = id, .remote = remote_.text(), .at = server_.host.clock.now()});
  }

  void look_at_pool() {
    progress_.note("listing the attachments of " + remote_.text());
    rclone_.list(there_.pool(), 2, [&](std::string_view path, std::uint64_t size) {
      if (const auto name = parse_attachment_name(path))
        pool_there_.push_back({.name = *name, .size = size});
    });
    std::ranges::sort(pool_there_, {}, &PoolEntry::name);
  }

  std::uint64_t send(const StoredSet& stored) {
    progress_.note(fmt::format("{}: reading it before it is sent", stored.id));
    require_sound(stored);
    const auto attachments = attachments_to_send(stored);
    const std::string folder = there_.folder(stored.id).text();
    deliver(stored.id + " attachments", here_.pool(), there_.pool().text(), attachments);
    std::vector<std::string> files;
    for (const SetFile& file : stored.set.files) files.push_back(file.path);
    deliver(stored.id + " files", stored.folder, folder, files);
    deliver(stored.id + " manifest", stored.folder, folder, {std::string(manifest_file)});
    keep_note(stored.id);
    return attachments.size() + files.size() + 1;
  }

  void require_sound(const StoredSet& stored) const {
    for (const SetFile& file : stored.set.files) {
      const auto found =
          server_.host.trees.digest({stored.folder, file.path}, DigestAlgorithm::sha256);
      if (!found) throw damaged_here(stored, file.path + ": missing");
      if (found->digest != file.sha256)
        throw damaged_here(stored, file.path + ": other content than recorded");
    }
  }

  // Those that the remote lacks or has in another size, each read here and found good.
  std::vector<std::string> attachments_to_send(const StoredSet& stored) {
    std::vector<PoolEntry> lacking;
    for (const AttachmentName& name : all_attachments_of(stored)) {
      const auto info = server_.host.disk.info(fmt::format("{}/{}", here_.pool(), name.text()));
      if (!info) throw damaged_here(stored, fmt::format("pool/{}: missing", name.text()));
      if (size_there(name) != info->size) lacking.push_back({.name = name, .size = info->size});
    }
    require_sound(stored, lacking);
    pool_there_.insert(pool_there_.end(), lacking.begin(), lacking.end());
    std::ranges::sort(pool_there_, {}, &PoolEntry::name);
    std::vector<std::string> paths;
    for (const PoolEntry& entry : lacking) paths.push_back(entry.name.text());
    return paths;
  }

  std::vector<AttachmentName> all_attachments_of(const StoredSet& stored) const {
    std::vector<AttachmentName> names;
    for (const SetDatabase& database : stored.set.databases) {
      if (database.attachments.empty()) continue;
      if (!server_.host.disk.info(fmt::format("{}/{}", stored.folder, database.attachments)))
        throw damaged_here(stored, database.attachments + ": missing");
      const auto listed = attachments_of(server_, stored, database).all();
      names.insert(names.end(), listed.begin(), listed.end());
    }
    std::ranges::sort(names);
    const auto [first, last] = std::ranges::unique(names);
    names.erase(first, last);
    return names;
  }

  std::optional<std::uint64_t> size_there(const AttachmentName& name) const {
    const auto found = std::ranges::lower_bound(pool_there_, name, {}, &PoolEntry::name);
    if (found == pool_there_.end() || found->name != name) return std::nullopt;
    return found->size;
  }

  void require_sound(const StoredSet& stored, const std::vector<PoolEntry>& entries) const {
    std::mutex mutex;
    std::vector<std::string> damaged;
    parallel_for(entries.size(), copy_threads(), [&](std::size_t number) {
      const AttachmentName& name = entries[number].name;
      const auto found =
          server_.host.trees.digest({here_.pool(), name.text()}, DigestAlgorithm::sha1);
      if (found && found->digest == name.hex()) return;
      const std::lock_guard guard(mutex);
      damaged.push_back(name.text());
    });
    if (damaged.empty()) return;
    throw damaged_here(stored, fmt::format("pool/{}: other content than its name says",
                                           *std::ranges::min_element(damaged)));
  }

  // What arrived with other content is sent once more.
  void deliver(const std::string& what, const std::string& from, const std::string& to,
               const std::vector<std::string>& files) {
    std::vector<std::string> rest = files;
    for (const bool anew : {false, true}) {
      doing_ = "sending " + what;
      rclone_.copy(from, to, rest, anew);
      doing_ = "comparing " + what;
      rest = rclone_.differing(from, to, rest, comparison_);
      if (rest.empty()) return;
    }
    throw Error(Kind::failed,
                fmt::format("{} arrived with other content, twice; the first: {}",
                            counted(static_cast<long long>(rest.size()), "file"), rest.front()));
  }

  Server& server_;
  Progress& progress_;
  const Stack& stack_;
  Remote remote_;
  SetStore here_;
  Rclone rclone_;
  RemoteStore there_;
  Comparison comparison_ = Comparison::content;
  std::vector<PoolEntry> pool_there_;  // sorted; with what this run has sent
  std::string doing_;
};

void send(Server& server, Progress& progress, const Stack& stack, const SendRequest& request,
          Sent& sent) {
  try {
    const auto lock =
        hold_sets(server, stack.name, "send", request.operator_name, request.wait, progress);
    Sender(server, progress, stack, lock->descriptor()).run(sent);
  } catch (const Error& error) {
    sent.trouble = error;
  }
}

std::string hint_after(const Error& trouble, const std::string& stack) {
  return trouble.hint().empty()
             ? fmt::format("the next backup tries again, and so does: ballast backup send {}",
                           stack)
             : trouble.hint();
}

}  // namespace

bool Sent::has(const std::string& id) const {
  return std::ranges::find(sets, id, &Set::id) != sets.end();
}

Sent send_sets(Server& server, Progress& progress, const SendRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.operator_name);
  const Stack stack = read_stack(server, request.stack);
  Sent sent{.remote = require_remote(stack).text(),
            .sets = {},
            .trouble = {},
            .trouble_with = {},
            .elapsed = {}};
  const Step step{.name = "offsite", .title = "copy to " + sent.remote};
  const Monotonic began = server.host.clock.monotonic();
  progress.step_begins(step);
  send(server, progress, stack, request, sent);
  sent.elapsed = std::chrono::duration_cast<Duration>(server.host.clock.monotonic() - began);
  progress.step_ends(step, sent.trouble ? StepEnd::failed : StepEnd::done,
                     sent.trouble ? sent.trouble->message()
                                  : counted(static_cast<long long>(sent.sets.size()), "set"),
                     sent.elapsed);
  return sent;
}

Error not_sent(const Sent& sent, const std::string& stack) {
  const Error& trouble = *sent.trouble;
  const bool keeps_kind = trouble.kind() == Kind::refused || trouble.kind() == Kind::locked ||
                          trouble.kind() == Kind::interrupted;
  const std::string what = sent.trouble_with.empty()
                               ? fmt::format("the sets of {}", stack)
                               : fmt::format("the set {} of {}", sent.trouble_with, stack);
  return Error(keeps_kind ? trouble.kind() : Kind::incomplete,
               fmt::format("{} did not reach {}: {}", what, sent.remote, trouble.message()),
               hint_after(trouble, stack));
}

Error not_sent(const Sent& sent, const BackupSet& made) {
  const Error& trouble = *sent.trouble;
  const Kind kind = trouble.kind() == Kind::interrupted ? Kind::interrupted : Kind::incomplete;
  if (sent.has(made.id)) return not_sent(sent, made.stack).with_kind(kind);
  return Error(
      kind,
      fmt::format("the set {} of {} is {} here, but did not reach {}: {}", made.id, made.stack,
                  made.is_complete() ? "complete" : "kept", sent.remote, trouble.message()),
      hint_after(trouble, made.stack));
}

}  // namespace ballast
