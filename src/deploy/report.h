// What is: verify, status, history, recover, init. Nothing here changes a running stack but
// recover.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/check.h"
#include "journal/journal.h"
#include "live/modified_by_hand.h"
#include "live/server.h"
#include "operation/progress.h"

namespace ballast {

struct VerifyReport {
  std::string stack;
  std::string tag;
  std::string how;  // through which address
  std::vector<CheckResult> checks;
  bool passed = false;
};
VerifyReport verify(Server& server, Progress& progress,
                    const std::string& stack);  // one round; no waiting

struct ServiceStatus {
  std::string name;
  std::string container;
  std::string image;
  std::string state;   // running, exited (137), restarting, absent
  std::string health;  // healthy, unhealthy, starting, "" = no health check
  std::string since;   // started at, local ISO time
};

struct BackupStatus {
  std::string set;  // the newest complete one; "" = none
  std::optional<Time> at;
  std::optional<Time> drilled_at;  // the newest drill, of whichever set
  bool drill_passed = false;
};

struct StackStatus {
  std::string name;
  std::string tag;  // what runs; "unknown" when it could not be asked
  std::string digest;
  std::string last_good;  // "" = none
  std::string environment;
  std::string operator_name;  // of the release that runs
  std::optional<Time> deployed_at;
  std::vector<ServiceStatus> services;
  std::string ready_to_roll_back;  // "yes", "no", "unknown"
  std::string ready_because;       // "to sha-a000001, whose image is here"
  std::optional<Time> ready_known_at;
  std::string ready_kind;  // as WayBack::kind
  std::optional<ModifiedByHand> modified;
  std::optional<BackupStatus> backup;  // nullopt: who asks may not look
  std::string operation;               // running or interrupted one: "deploy by ken for 2 min", ""
  std::vector<std::string> troubles;   // what makes it degraded, in words
  bool degraded = false;
};
// Of all stacks when `stack` is empty. A stack that cannot be read is a degraded row, not an error.
std::vector<StackStatus> status(Server& server, const std::string& stack);

struct HistoryQuery {
  std::string stack;  // empty: all
  std::string operator_name;
  std::optional<Time> since;
  std::size_t limit = 0;  // newest N; 0: all
};
// A release that was changed by hand since, at the entry that says that it was good.
struct HistoryMark {
  std::size_t entry = 0;
  ModifiedByHand modified;
};
// A rollback that was not of the plain kind.
struct HistoryWay {
  std::size_t entry = 0;
  std::string text;  // "image only", "with data"
};
struct HistoryReport {
  std::vector<HistoryEntry> entries;  // oldest first
  std::vector<HistoryMark> marks;     // in the order of the entries
  std::vector<HistoryWay> ways;       // likewise
  std::string marks_unknown;          // why there may be others; empty: they are known
  std::size_t unreadable_lines = 0;   // lines of an older file that are of another form
};
HistoryReport history(Server& server, const HistoryQuery& query);

struct Recovered {
  std::string operation;
  std::string kind;
  std::string stack;
  std::string outcome;  // "finished", "undone", "needs a person"
  std::string message;
  int exit_status = 0;
};
// Finishes or undoes what was interrupted, of one stack or of all; brings history.log and
// last_good_sha up to the journal.
std::vector<Recovered> recover(Server& server, Progress& progress, const std::string& stack,
                               Duration wait);

struct InitReport {
  std::string path;
  std::string text;  // the policy
  bool written = false;
};
// Error(refused) when ballast.yaml is there already. With `write` false it only says what it would
// write.
InitReport init(Server& server, const std::string& stack, bool write);

struct ConfigReport {
  std::string stack;
  std::string path;
  std::vector<CheckResult> results;  // of the gates that look at files alone
  Json policy;                       // the policy as it holds, defaults included
};
ConfigReport validate_config(Server& server, const std::string& stack);

}  // namespace ballast
