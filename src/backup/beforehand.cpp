#include "backup/beforehand.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

std::string clock_warning(const SetStore& store, const std::string& id) {
  const auto later = store.dated_after(id);
  if (!later) return {};
  return fmt::format(
      "the clock of this server may be wrong: the newest set is from the future: {}. It stays, and "
      "`latest` means it until the clock is past it",
      *later);
}

void require_space_for_set(Server& server, const SetStore& store, const std::string& stack,
                           BackupKind kind) {
  const auto last = store.newest_complete(kind);
  if (!last) return;
  const std::string folder = server.paths.backups(stack);
  const std::uint64_t available = server.host.disk.space(folder).available;
  if (last->set.bytes() <= available) return;
  throw Error(Kind::refused,
              fmt::format("not enough space for a backup of {} on the file system of {}: the last "
                          "{} one took {}, {} available; nothing was made",
                          stack, folder, text_of(kind), human_bytes(last->set.bytes()),
                          human_bytes(available)),
              fmt::format("free some: ballast prune {} --dry-run", stack));
}

}  // namespace ballast
