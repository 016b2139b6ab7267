// Copies of the databases as they were before an upgrade, on the same server: a rename brings them
// back. They refuse connections, so that no job of the release runs in them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/work.h"
#include "model/name_swap.h"
#include "restore/exchange.h"
#include "tools/postgres_swap.h"

namespace ballast {

struct FallbackCopy {
  std::string operation;  // the deploy that made them
  Time at{};
  std::string release;  // id of the good release that the data belongs to; empty: not known
  std::string tag;
  std::string repository;
  std::string image_id;
  std::string set;                      // taken just before; attachments are in its pool
  std::vector<DatabaseSwap> databases;  // incoming: the copy; live; parked: what live would become
  std::uint64_t bytes = 0;
};
Json fallback_json(const FallbackCopy& copy);
FallbackCopy fallback_from_json(const Json& json);

// Of the good releases: kept until the next good one or the policy's period. Newest first.
std::vector<FallbackCopy> fallback_copies(const Journal& journal, const std::string& stack);
void keep_fallback(Journal& journal, const std::string& stack, const FallbackCopy& copy, Time now);
void forget_fallback(Journal& journal, const std::string& stack, const std::string& operation,
                     Time now);

// Those that nothing needs any more: a good release was deployed after, or they are older than the
// policy lets them be.
std::vector<FallbackCopy> removable_fallbacks(const Journal& journal, const Stack& stack, Time now);

// What the copies of these databases are to be named, in this operation. Nothing is made yet.
// Error(refused) when a database is not there.
FallbackCopy plan_copies(Work& work, Postgres& postgres, const std::vector<std::string>& databases);

// Error(refused) when the role that we have may not copy them.
void require_copyable(Postgres& postgres, const std::vector<std::string>& databases);
// Error(refused) that says how many bytes are missing where PostgreSQL keeps its files. `limit`: of
// that file system in percent, copies included.
void require_room_for_copies(Work& work, Postgres& postgres,
                             const std::vector<std::string>& databases, double limit);

// Waits until the release has left, ends who is still connected (and says who that was), then makes
// a copy of each; what a try left that was cut off is made again. Nobody gets into the databases
// meanwhile, and anybody after it.
void make_copies(Work& work, Postgres& postgres, const std::vector<DatabaseSwap>& swaps,
                 Progress& progress);
// The copies are live again, by rename, all of them or none; what they replace is parked. A second
// call completes the first. Error(failed) when a copy is gone.
void swap_copies_in(Postgres& postgres, const FallbackCopy& copy);
// Of the release that wrote in what was replaced.
struct ParkedRelease {
  std::string tag;
  std::string repository;
  std::string image_id;
};
// What was replaced is kept as that which a restore replaced, until it is confirmed.
void keep_replaced(Work& work, const FallbackCopy& copy, const ParkedRelease& release);
void drop_replaced(Postgres& postgres, const FallbackCopy& copy);
// Those that a release collected since come back out of the pool; what cannot be put back is told.
void put_back_collected(Work& work, Postgres& postgres, const FallbackCopy& copy,
                        Progress& progress);

// Absent is fine; no longer kept.
void remove_fallback(Work& work, const FallbackCopy& copy);
// For databases that nothing was changed in: the copies go, whole or not, and they are open again.
void drop_copies(Work& work, Postgres& postgres, const std::vector<DatabaseSwap>& swaps);

}  // namespace ballast
