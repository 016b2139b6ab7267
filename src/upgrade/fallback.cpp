#include "upgrade/fallback.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "operation/interruption.h"
#include "restore/collected.h"
#include "restore/exchange_steps.h"
#include "restore/restore_plan.h"
#include "tools/postgres_copy.h"
#include "upgrade/attachments.h"

namespace ballast {

namespace {

// The release has been stopped: its connections go with it.
constexpr Duration patience_with_release = std::chrono::seconds(3);

std::vector<std::string> live_names(const std::vector<DatabaseSwap>& swaps) {
  std::vector<std::string> names;
  for (const DatabaseSwap& swap : swaps) names.push_back(swap.names.live);
  return names;
}

Error no_room(const std::string& folder, std::uint64_t needed, std::uint64_t room, double limit) {
  return Error(Kind::refused,
               fmt::format("{} missing for copies of the databases on the file system of {}: they "
                           "take {}, and up to {:.0f} % of it may be used; nothing was changed",
                           human_bytes(needed - room), folder, human_bytes(needed), limit),
               "free some, or look for what may go: ballast prune --dry-run");
}

// One that is neither there under its own name nor has taken the live one's place was removed by
// somebody: then what is live is not what it was.
void require_copies(const std::set<std::string>& existing, const FallbackCopy& copy) {
  for (const DatabaseSwap& swap : copy.databases)
    if (is_swapped(swap.names, existing) && !existing.contains(swap.names.parked))
      throw Error(
          Kind::failed, fmt::format("the fallback copy of {} is gone", printable(swap.names.live)),
          copy.set.empty() ? "restore it from a backup"
                           : fmt::format("restore it from the set taken before: {}", copy.set));
}

}  // namespace

FallbackCopy plan_copies(Work& work, Postgres& postgres,
                         const std::vector<std::string>& databases) {
  FallbackCopy copy{.operation = work.operation.id,
                    .at = work.server.host.clock.now(),
                    .release = {},
                    .tag = {},
                    .repository = {},
                    .image_id = {},
                    .set = {},
                    .databases = {},
                    .bytes = 0};
  const auto found = stand_of(postgres, databases);
  for (std::size_t number = 0; number < databases.size(); ++number) {
    const std::string& name = databases[number];
    copy.databases.push_back({.names = {.incoming = fallback_name(name, work.operation.id),
                                        .live = name,
                                        .parked = parked_name(name, work.operation.id)},
                              .owner = found[number].owner});
    copy.bytes += found[number].bytes;
  }
  return copy;
}

void require_copyable(Postgres& postgres, const std::vector<std::string>& databases) {
  if (databases.empty()) return;
  const std::string trouble = trouble_with_copying(postgres, databases);
  if (trouble.empty()) return;
  throw Error(
      Kind::refused,
      fmt::format("the databases cannot be copied for the way back: {}; nothing was changed",
                  trouble),
      "give it the right (ALTER ROLE … CREATEDB, ALTER DATABASE … OWNER TO …), or let us in "
      "as a role that has it");
}

void require_room_for_copies(Work& work, Postgres& postgres,
                             const std::vector<std::string>& databases, double limit) {
  const std::string folder = database_folder(work);
  if (folder.empty() || databases.empty()) return;
  std::uint64_t needed = 0;
  for (const DatabaseStand& stand : stand_of(postgres, databases)) needed += stand.bytes;
  const std::uint64_t room = room_below(work.server.host.disk.space(folder), limit);
  if (needed > room) throw no_room(folder, needed, room, limit);
}

void make_copies(Work& work, Postgres& postgres, const std::vector<DatabaseSwap>& swaps,
                 Progress& progress) {
  top_up_pool(work, live_names(swaps), progress);
  progress.note("waiting until nobody is connected any more");
  std::vector<WholeCopy> copies;
  for (const DatabaseSwap& swap : swaps)
    copies.push_back({.from = swap.names.live, .to = swap.names.incoming, .owner = swap.owner});
  copy_databases_whole(
      postgres, work.server.host.clock, copies, patience_with_release,
      {.ended =
           [&](const std::string& line) { progress.detail("its connection was ended: " + line); },
       .begins =
           [&](const WholeCopy& copy) {
             stop_when_interrupted(work.server.host, "copying " + copy.from);
             progress.note("copying " + printable(copy.from));
           }});
}

void swap_copies_in(Postgres& postgres, const FallbackCopy& copy) {
  require_copies(database_names(postgres), copy);
  swap_databases(postgres, copy.databases);
}

void keep_replaced(Work& work, const FallbackCopy& copy, const ParkedRelease& release) {
  Exchange exchange;
  exchange.databases = copy.databases;
  exchange.shares_files = true;
  exchange.services = work.stack.policy.companions;
  exchange.services.push_back(work.stack.policy.service);
  std::ranges::sort(exchange.services);
  keep_parked(work.journal, work.stack.name,
              {.operation = work.operation.id,
               .at = work.server.host.clock.now(),
               .exchange = exchange,
               .tag = release.tag,
               .image = release.repository + ":" + release.tag,
               .image_id = release.image_id});
}

void drop_replaced(Postgres& postgres, const FallbackCopy& copy) {
  for (const DatabaseSwap& swap : copy.databases) drop_database(postgres, swap.names.parked);
}

// A row is worth more than its picture.
void put_back_collected(Work& work, Postgres& postgres, const FallbackCopy& copy,
                        Progress& progress) {
  for (const DatabaseSwap& swap : copy.databases) try {
      const auto count = put_back_attachments(work, postgres, swap.names.live, progress);
      if (count == 0) continue;
      progress.detail(fmt::format("{}: {} put back out of the pool", printable(swap.names.live),
                                  counted(static_cast<long long>(count), "attachment")));
    } catch (const Error& error) {
      if (error.kind() == Kind::interrupted) throw;
      progress.detail(fmt::format("attachments of {} that were collected are missing: {}",
                                  printable(swap.names.live), error.message()));
    }
}

void remove_fallback(Work& work, const FallbackCopy& copy) {
  Postgres postgres = database_server(work);
  for (const DatabaseSwap& swap : copy.databases) drop_database(postgres, swap.names.incoming);
  forget_fallback(work.journal, work.stack.name, copy.operation, work.server.host.clock.now());
}

void drop_copies(Work& work, Postgres& postgres, const std::vector<DatabaseSwap>& swaps) {
  std::vector<std::string> copies;
  for (const DatabaseSwap& swap : swaps) copies.push_back(swap.names.incoming);
  end_statements_about(postgres, work.server.host.clock, copies);
  for (const DatabaseSwap& swap : swaps) drop_database(postgres, swap.names.incoming);
  open_databases(postgres, present_databases(postgres, live_names(swaps)));
}

}  // namespace ballast
