// What was found of a stack is recorded once, in the audit chain, and is to be told once: also when
// the daemon is killed in between.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "drift/finding.h"
#include "drift/judge.h"
#include "drift/look.h"
#include "journal/journal.h"

namespace ballast {

struct PendingFinding {
  std::string id;  // of its audit record's content, and of the message
  DriftFinding finding;
  std::vector<LoggedIn> users;
};

// The journal's fact `drift` of a stack.
struct DriftState {
  std::set<std::string> known;           // keys of differences that were recorded
  std::string session;                   // the last one whose changes are known
  OwnPaths own;                          // of the release's containers
  std::map<std::string, Time> replaced;  // by service: when somebody was seen to replace it last
  std::optional<Time> deed;              // when somebody did something to one of them last
  std::vector<PendingFinding> pending;   // recorded perhaps, told perhaps
};
Json state_json(const DriftState& state);
DriftState parse_state(const Json& json);
DriftState drift_state(const Journal& journal, const std::string& stack);

// What is new in a report, one finding for each difference; what is gone is forgotten. What a
// session changed is recorded by the session: it is known from its end on. So is a container that
// somebody was seen to replace. Pure.
std::vector<DriftFinding> news_of(const DriftReport& report, const std::string& session,
                                  DriftState& state);

class DriftBook {
 public:
  DriftBook(Host& host, Journal& journal, std::string stack);

  DriftState& state() { return state_; }
  // Written down, but not told.
  void add(const std::vector<DriftFinding>& findings, const std::vector<LoggedIn>& users);
  void keep();
  // What is to be told now; told() when it is in the queues.
  const std::vector<PendingFinding>& pending() const { return state_.pending; }
  void told();

 private:
  void record(const PendingFinding& pending);

  Host& host_;
  Journal& journal_;
  std::string stack_;
  DriftState state_;
};

// The time in which a person works in a session that keeps a record of its own; nullopt: in none.
std::optional<Period> session_period(const Journal& journal, const std::string& stack, Time now);
std::vector<Period> operation_periods(const Journal& journal, const std::string& stack, Time since);

// What was recorded of a stack since then, oldest first.
std::vector<Json> recorded_findings(const Journal& journal, const std::string& stack, Time since);

}  // namespace ballast
