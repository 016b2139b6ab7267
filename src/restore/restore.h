// `ballast restore`: a set beside the live data, proved there, then swapped in by renames. What was
// live is kept aside until it is confirmed, and comes back by itself when what was restored does
// not verify.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/work.h"
#include "model/backup_set.h"
#include "model/remote.h"
#include "restore/exchange.h"

namespace ballast {

struct RestoreRequest {
  std::string stack;
  std::string set = "latest";          // an id, the beginning of one, or "latest"
  std::vector<std::string> databases;  // empty: all of the set; else the release goes on running
  bool keep_tag = false;               // the release that runs now, not the set's
  std::string as;                      // a neutralised copy of one database beside the others
  std::string from;                    // a folder with sets/ and pool/; empty: the stack's own
  std::optional<Remote> remote;        // fetch it from there first, into the stack's own
  std::string operator_name;
  Duration wait{};
};

// What a restore would replace, for the person who is asked.
struct RestorePreview {
  struct Line {
    std::string database;
    bool is_live = false;
    std::uint64_t live_size = 0;
    std::uint64_t set_size = 0;
  };
  BackupSet set;
  Duration age{};  // of the set: what was written since is lost to the live site
  std::vector<Line> databases;
  std::vector<std::string> volumes;  // whose content is replaced as a whole
  std::string tag_now;
  std::string tag_then;
};

struct RestoreResult {
  std::string operation;
  std::string set;  // empty for an undo
  std::string tag;
  std::vector<std::string> databases;
  Duration elapsed{};
};

RestorePreview preview_restore(Server& server, const RestoreRequest& request);
RestoreResult restore(Server& server, Progress& progress, const RestoreRequest& request);
Course restore_course(Work& work);

struct ParkedRequest {
  std::string stack;
  std::string operator_name;
  Duration wait{};
};
// What the newest restore replaced, as `--undo` and `--confirm` would find it. Error(refused) when
// nothing is kept aside.
Parked newest_parked(Server& server, const std::string& stack);

// Swaps back what the newest restore replaced; what was restored is kept aside in its turn.
RestoreResult undo_restore(Server& server, Progress& progress, const ParkedRequest& request);
Course undo_restore_course(Work& work);

// What one restore replaced: databases dropped, folders removed, forgotten.
void remove_parked(Work& work, const Parked& parked);
// Removes all that restores of this stack replaced. The databases that are gone.
std::vector<std::string> confirm_restore(Server& server, Progress& progress,
                                         const ParkedRequest& request);
Course confirm_restore_course(Work& work);

}  // namespace ballast
