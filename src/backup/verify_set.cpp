#include "backup/verify_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "backup/dump_reader.h"
#include "backup/pool.h"
#include "base/text.h"
#include "host/parallel.h"
#include "live/workbench.h"
#include "model/attachments.h"
#include "model/names.h"
#include "operation/interruption.h"

namespace ballast {

namespace {

constexpr unsigned others = 077;
// With any other status pg_restore did not end by itself, or never began: that tells nothing of the
// dump.
constexpr std::string_view found_bad = "pg_restore ended with exit status 1";

bool tells_of_damage(const Error& error) {
  const std::string& said = error.message();
  return said == found_bad || said.starts_with(std::string(found_bad) + ":");
}

void require_not_interrupted(const Error& error) {
  if (error.kind() == Kind::interrupted) throw error;
}

std::string in_pool(const AttachmentName& name) { return "pool/" + name.text(); }

class Verifier {
 public:
  Verifier(Server& server, const StoredSet& stored, std::string operation, Progress& progress)
      : server_(server),
        stored_(stored),
        operation_(std::move(operation)),
        progress_(progress),
        owner_(server.host.machine.user()) {
    verified_.id = stored.id;
  }

  SetVerified run() {
    const Monotonic began = server_.host.clock.monotonic();
    for (const SetFile& file : stored_.set.files) look_at_file(file);
    for (const SetDatabase& database : stored_.set.databases) look_at_attachments(database);
    read_dumps();
    look_whether_it_stays();
    verified_.elapsed =
        std::chrono::duration_cast<Duration>(server_.host.clock.monotonic() - began);
    return std::move(verified_);
  }

 private:
  void look_at_file(const SetFile& file) {
    progress_.note(fmt::format("{}: {}", stored_.id, file.path));
    const auto found = digest(file.path, {stored_.folder, file.path}, DigestAlgorithm::sha256);
    if (!found) return;
    if (found->size != file.size)
      damaged(file.path, fmt::format("{} bytes instead of {}", found->size, file.size));
    else if (found->digest != file.sha256)
      damaged(file.path, "other content than recorded");
  }

  void look_at_attachments(const SetDatabase& database) {
    if (database.attachments.empty()) return;
    if (!server_.host.disk.info(fmt::format("{}/{}", stored_.folder, database.attachments)))
      return;  // told already, as a file that is missing
    progress_.note(fmt::format("{}: {} attachments of {}", stored_.id, database.attachment_count,
                               printable(database.name)));
    const auto told = static_cast<std::ptrdiff_t>(verified_.damage.size());
    try {
      const std::uint64_t listed = look_at_listed(attachments_of(server_, stored_, database));
      if (listed != database.attachment_count)
        damaged(database.attachments,
                fmt::format("{} names instead of {}", listed, database.attachment_count));
    } catch (const Error& error) {
      require_not_interrupted(error);
      damaged(database.attachments, error.message());
    }
    std::sort(verified_.damage.begin() + told, verified_.damage.end());
  }

  std::uint64_t look_at_listed(AttachmentList list) {
    std::uint64_t listed = 0;
    for (unsigned folder = 0; folder < attachment_folders; ++folder) {
      const auto names = list.names_in(folder);
      parallel_for(names.size(), copy_threads(),
                   [&](std::size_t number) { look_at_attachment(names[number]); });
      listed += names.size();
    }
    return listed;
  }

  void look_at_attachment(const AttachmentName& name) {
    const std::string what = in_pool(name);
    const auto found = digest(what, {stored_.pool(), name.text()}, DigestAlgorithm::sha1);
    if (found && found->digest != name.hex()) damaged(what, "other content than its name says");
  }

  // nullopt: it is told why.
  std::optional<Hashed> digest(const std::string& what, const Below& file,
                               DigestAlgorithm algorithm) {
    stop_when_interrupted(server_.host, "verifying " + stored_.id);
    try {
      const auto info = server_.host.disk.info(file.whole());
      if (info && info->type != FileType::regular) {
        damaged(what, kind_of(*info));
        return std::nullopt;
      }
      auto found = server_.host.trees.digest(file, algorithm);
      if (!found) damaged(what, "missing");
      if (found) count(what, info.value_or(FileInfo{}), found->size);
      return found;
    } catch (const Error& error) {
      const std::lock_guard guard(mutex_);
      verified_.unknown.push_back(fmt::format("{}: {}", what, error.message()));
      return std::nullopt;
    }
  }

  static std::string kind_of(const FileInfo& info) {
    switch (info.type) {
      case FileType::symlink: return "is a symbolic link";
      case FileType::directory: return "is a folder";
      default: return "is no file";
    }
  }

  void read_dumps() {
    std::vector<std::string> dumps;
    for (const SetDatabase& database : stored_.set.databases)
      if (!database.dump.empty()) dumps.push_back(database.dump);
    if (dumps.empty()) return;
    try {
      DumpReader reader(server_, operation_, stored_.set.database_image, stored_.folder);
      for (const std::string& dump : dumps) read_dump(reader, dump);
    } catch (const Error& error) {
      require_not_interrupted(error);
      verified_.unknown.push_back("the dumps were not read: " + error.message());
    }
  }

  void read_dump(DumpReader& reader, const std::string& dump) {
    progress_.note(fmt::format("{}: reading {} to its end", stored_.id, dump));
    stop_when_interrupted(server_.host, "verifying " + stored_.id);
    try {
      reader.read(dump);
    } catch (const Error& error) {
      require_not_interrupted(error);
      if (tells_of_damage(error)) return damaged(dump, error.message());
      verified_.unknown.push_back(fmt::format("{}: {}", dump, error.message()));
    }
  }

  // A set goes with one rename before anything of it does.
  void look_whether_it_stays() {
    if (server_.host.disk.info(stored_.folder)) return;
    verified_.removed = true;
    verified_.damage.clear();
    verified_.unknown = {"the set was removed while it was read"};
  }

  void damaged(const std::string& what, const std::string& how) {
    const std::lock_guard guard(mutex_);
    verified_.damage.push_back(fmt::format("{}: {}", what, how));
  }

  void count(const std::string& what, const FileInfo& info, std::uint64_t bytes) {
    const std::lock_guard guard(mutex_);
    ++verified_.files;
    verified_.bytes += bytes;
    if (info.owner == owner_ && (info.mode & others) == 0) return;
    Machine& machine = server_.host.machine;
    verified_.exposed.push_back(fmt::format("{}: owner {}, mode {:04o} instead of {}, 0600", what,
                                            machine.user_name(info.owner), info.mode,
                                            machine.user_name(owner_)));
  }

  Server& server_;
  const StoredSet& stored_;
  std::string operation_;
  Progress& progress_;
  unsigned owner_;
  SetVerified verified_;
  std::mutex mutex_;
};

bool tells_of(const std::vector<std::string>& lines, const std::string& what) {
  return std::ranges::any_of(
      lines, [&](const std::string& line) { return line.starts_with(what + ": "); });
}

bool tells_of_pool(const std::vector<std::string>& lines) {
  return std::ranges::any_of(lines,
                             [](const std::string& line) { return line.starts_with("pool/"); });
}

// Nothing of the pool is replaced but by content that its name proves, whole, with one rename: that
// needs no lock, and a copy that was only read wrongly loses nothing.
void mend_attachments(Server& server, const StoredSet& stored, const SetDatabase& database,
                      SetVerified& verified) {
  AttachmentList list = attachments_of(server, stored, database);
  Pool pool(server.host, stored.pool());
  const std::string filestore =
      fmt::format("{}/filestore/{}", stored.set.filestore->mount.source, database.name);
  std::uint64_t bytes = 0;
  for (unsigned folder = 0; folder < attachment_folders; ++folder)
    for (const AttachmentName& name : list.names_in(folder))
      if (tells_of(verified.damage, in_pool(name)) &&
          pool.take(filestore, name, bytes) == Pool::Taken::yes)
        verified.mended.push_back(in_pool(name));
  if (!verified.mended.empty()) pool.sync();
}

void mend_pool(Server& server, const StoredSet& stored, SetVerified& verified) {
  if (!stored.set.filestore || !tells_of_pool(verified.damage)) return;
  try {
    for (const SetDatabase& database : stored.set.databases)
      if (!database.attachments.empty()) mend_attachments(server, stored, database, verified);
  } catch (const Error& error) {
    verified.unknown.push_back("the pool could not be mended: " + error.message());
  }
}

SetVerified unreadable(const StoredSet& stored) {
  SetVerified verified;
  verified.id = stored.id;
  (stored.is_newer ? verified.unknown : verified.damage).push_back(stored.trouble);
  return verified;
}

}  // namespace

Error unsound(const SetVerified& verified, Kind kind, const std::string& after, std::string hint) {
  Error error =
      verified.damage.empty()
          ? Error(Kind::failed, fmt::format("{} is not known to be good{}", verified.id, after),
                  "that is no damage: see to what could not be read, then try again")
          : Error(kind, fmt::format("{} is damaged{}", verified.id, after), std::move(hint));
  for (const std::string& line : verified.damage) error.add_context(line);
  for (const std::string& line : verified.unknown) error.add_context(line);
  return error;
}

void require_of_stack(const StoredSet& stored, const std::string& stack, std::string_view done) {
  if (stored.set.stack == stack) return;
  throw Error(Kind::refused,
              fmt::format("{} is a set of {}, not of {}; nothing was {}", stored.id,
                          printable(stored.set.stack), stack, done),
              fmt::format("choose another one: ballast backup list {}", stack));
}

SetVerified verify_set(Server& server, const StoredSet& stored, const std::string& operation,
                       Progress& progress) {
  if (!stored.trouble.empty()) return unreadable(stored);
  return Verifier(server, stored, operation, progress).run();
}

std::vector<SetVerified> verify_sets(Server& server, Progress& progress, const std::string& stack,
                                     const std::string& word, bool all) {
  require_stack_name(stack);
  const SetStore store(server, stack);
  const auto chosen = all ? store.sets() : std::vector{store.named(word.empty() ? "latest" : word)};
  std::vector<SetVerified> verified;
  for (const StoredSet& stored : chosen) {
    verified.push_back(verify_set(server, stored, mark_of_reader(server, stack), progress));
    mend_pool(server, stored, verified.back());
  }
  return verified;
}

}  // namespace ballast
