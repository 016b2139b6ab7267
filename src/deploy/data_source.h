// The data that a rollback with data returns to, and what is lost by it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/store.h"
#include "journal/journal.h"
#include "live/work.h"
#include "upgrade/fallback.h"

namespace ballast {

struct DataSource {
  std::optional<FallbackCopy> copy;  // nullopt: the set is restored
  std::string set;                   // of the copy: the one that was made just before it
  Time at{};                         // what was written since is lost

  std::string text(Time now) const;  // "image and data of 21:04 (fallback copy, 12 min ago)"
};

// The fallback copy that was made of this release's data, else the newest complete set of its image
// that has all databases. nullopt: there is neither.
std::optional<DataSource> data_source(Server& server, const Journal& journal,
                                      const ReleaseRecord& target);
// Pure.
std::optional<DataSource> choose_source(const std::vector<FallbackCopy>& copies,
                                        const std::vector<StoredSet>& sets,
                                        const ReleaseRecord& target);

struct LostRows {
  std::string database;
  std::string table;
  long long rows = 0;  // more now than then; below zero: fewer
};

struct Loss {
  Duration since{};
  std::vector<LostRows> rows;
  std::string unknown;  // why rows were not counted
};

// Counts now against the manifest of the set: the copy itself refuses connections, and its set was
// made minutes before it, so that this tells rather too many than too few.
Loss loss_of(Work& work, const DataSource& source);

std::string summary_of(const Loss& loss);             // "12 min of data, 3 rows in res_users"
std::vector<std::string> lines_of(const Loss& loss);  // "ten_a: 3 rows in res_users"
Json loss_json(const Loss& loss);

// "21:04" today, "2026-11-26 21:04" on another day.
std::string moment_text(Time at, Time now);

}  // namespace ballast
