// One round over the alerts of a stack, now.
#pragma once

#include <string>
#include <vector>

#include "live/server.h"
#include "model/alerts.h"
#include "watch/finding.h"
#include "watch/observed.h"

namespace ballast {

enum class AlertState { ok, suppressed, unknown, failing };
std::string_view state_text(AlertState state);

struct AlertLine {
  const AlertKind* kind = nullptr;
  AlertSettings settings;
  Finding finding;
  AlertState state = AlertState::unknown;
  std::string because;  // what of Ballast's own explains it, when it is suppressed
  std::string hint;     // empty when it is ok
};

struct RoundReport {
  std::string stack;
  Time at{};
  std::string operation;         // at work: "deploy by ken for 2 min"; empty: none
  std::vector<AlertLine> lines;  // in the order of the table

  bool all_good() const;  // nothing is failing or unknown
};

// Error(usage), Error(refused): the stack cannot be read. All else is in the report.
RoundReport check_stack(Server& server, const std::string& stack);

// The same of what was seen. Pure.
RoundReport judge_alerts(const Observed& observed);

// With those of `before` that are not listed now because what would list them was not answered: of
// a database that cannot be asked for its name nobody knows that it is gone. Pure.
std::vector<AlertLine> with_unanswered(std::vector<AlertLine> lines,
                                       const std::vector<AlertLine>& before);

}  // namespace ballast
