// What changes places in a restore or in its undo, as data: databases, folders, and the release
// that runs on them afterwards. One side is live, the other waits under a name of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "journal/journal.h"
#include "tools/postgres_swap.h"

namespace ballast {

struct Exchange {
  std::vector<DatabaseSwap> databases;
  std::vector<NameSwap> folders;   // paths
  std::vector<NameSwap> contents;  // of whole volumes: paths
  bool shares_files = false;  // both sides use one folder of attachments: what was collected of it
                              // meanwhile comes back from the pool
  bool whole_stack = false;   // everything is started, not the release alone
  std::vector<std::string> services;  // that stand still meanwhile; none: one database of several
  // The release to run then; an empty tag: the one that runs stays.
  std::string tag;
  std::string repository;
  std::string image_id;

  bool stops() const { return !services.empty(); }
};
Json exchange_json(const Exchange& exchange);
Exchange exchange_from_json(const Json& json);

// What a restore, or an undo, replaced, and keeps until it is confirmed.
struct Parked {
  std::string operation;
  Time at{};
  Exchange exchange;  // as it was made
  std::string tag;    // that ran before
  std::string image;  // repository:tag of the container
  std::string image_id;
  std::string files = {};  // the stack's own as they were, a folder; empty: they did not change
};

// Oldest first.
std::vector<Parked> parked_of(const Journal& journal, const std::string& stack);
void keep_parked(Journal& journal, const std::string& stack, const Parked& parked);
void forget_parked(Journal& journal, const std::string& stack, const std::string& operation,
                   Time now);

// The exchange that brings back what `parked` keeps, as operation `undo`.
Exchange exchange_back(const Parked& parked, const std::string& undo);

}  // namespace ballast
