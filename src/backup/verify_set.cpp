#include "backup/verify_set.h"

#include <fmt/format.h>

#include <mutex>

#include "backup/dump_reader.h"
#include "base/text.h"
#include "host/parallel.h"
#include "model/attachments.h"
#include "model/names.h"

namespace ballast {

namespace {

class Verifier {
 public:
  Verifier(Server& server, const StoredSet& stored, std::string operation, Progress& progress)
      : server_(server), stored_(stored), operation_(std::move(operation)), progress_(progress) {
    verified_.id = stored.id;
  }

  SetVerified run() {
    const Monotonic began = server_.host.clock.monotonic();
    for (const SetFile& file : stored_.set.files) look_at_file(file);
    for (const SetDatabase& database : stored_.set.databases) look_at_attachments(database);
    read_dumps();
    verified_.elapsed =
        std::chrono::duration_cast<Duration>(server_.host.clock.monotonic() - began);
    return std::move(verified_);
  }

 private:
  void look_at_file(const SetFile& file) {
    progress_.note(fmt::format("{}: {}", stored_.id, file.path));
    const auto found =
        server_.host.trees.digest({stored_.folder, file.path}, DigestAlgorithm::sha256);
    if (!found)
      damaged(file.path, "missing");
    else if (found->size != file.size)
      damaged(file.path, fmt::format("{} bytes instead of {}", found->size, file.size));
    else if (found->digest != file.sha256)
      damaged(file.path, "other content than recorded");
    counted_in(found ? found->size : 0);
  }

  void look_at_attachments(const SetDatabase& database) {
    if (database.attachments.empty()) return;
    std::optional<std::vector<AttachmentName>> listed;
    try {
      listed = read_attachments(server_, stored_, database);
    } catch (const Error& error) {
      return damaged(database.attachments, error.message());
    }
    if (!listed) return;  // told already, as a file that is missing
    const auto& names = *listed;
    if (names.size() != database.attachment_count)
      damaged(database.attachments,
              fmt::format("{} names instead of {}", names.size(), database.attachment_count));
    progress_.note(fmt::format("{}: {} attachments of {}", stored_.id, names.size(),
                               printable(database.name)));
    parallel_for(names.size(), copy_threads(),
                 [&](std::size_t number) { look_at_attachment(names[number]); });
  }

  void look_at_attachment(const AttachmentName& name) {
    const auto found =
        server_.host.trees.digest({stored_.pool(), name.text()}, DigestAlgorithm::sha1);
    const std::lock_guard guard(mutex_);
    if (!found)
      damaged("pool/" + name.text(), "missing");
    else if (found->digest != name.hex())
      damaged("pool/" + name.text(), "other content than its name says");
    counted_in(found ? found->size : 0);
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
      verified_.unknown.push_back("the dumps were not read: " + error.message());
    }
  }

  void read_dump(DumpReader& reader, const std::string& dump) {
    progress_.note(fmt::format("{}: reading {} to its end", stored_.id, dump));
    try {
      reader.read(dump);
    } catch (const Error& error) {
      damaged(dump, error.message());
    }
  }

  void damaged(const std::string& what, const std::string& how) {
    verified_.damage.push_back(fmt::format("{}: {}", what, how));
  }
  void counted_in(std::uint64_t bytes) {
    ++verified_.files;
    verified_.bytes += bytes;
  }

  Server& server_;
  const StoredSet& stored_;
  std::string operation_;
  Progress& progress_;
  SetVerified verified_;
  std::mutex mutex_;
};

}  // namespace

Error unsound(const SetVerified& verified, Kind kind, const std::string& after, std::string hint) {
  Error error(kind,
              fmt::format("{} is {}{}", verified.id,
                          verified.damage.empty() ? "not known to be good" : "damaged", after),
              std::move(hint));
  for (const std::string& line : verified.damage) error.add_context(line);
  for (const std::string& line : verified.unknown) error.add_context(line);
  return error;
}

SetVerified verify_set(Server& server, const StoredSet& stored, const std::string& operation,
                       Progress& progress) {
  if (!stored.trouble.empty()) return {.id = stored.id, .damage = {stored.trouble}, .unknown = {}};
  return Verifier(server, stored, operation, progress).run();
}

std::vector<SetVerified> verify_sets(Server& server, Progress& progress, const std::string& stack,
                                     const std::string& word, bool all) {
  require_stack_name(stack);
  const SetStore store(server, stack);
  const auto chosen = all ? store.sets() : std::vector{store.find(word.empty() ? "latest" : word)};
  std::vector<SetVerified> verified;
  for (const StoredSet& stored : chosen)
    verified.push_back(verify_set(server, stored, "verify-" + stored.id, progress));
  return verified;
}

}  // namespace ballast
