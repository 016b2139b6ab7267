// What the daemon knows, for status: which alerts stand, what is silenced, and whether anybody
// watches at all. What nobody watches is unknown, never well.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/invocation.h"
#include "daemon/daemon_status.h"

namespace ballast {

struct WatchView {
  std::optional<DaemonStatus> daemon;                 // nullopt: nobody watches, or
  std::string trouble;                                // why it is not known whether somebody does
  std::optional<std::vector<AlertSilence>> silences;  // in force; nullopt: that is not known

  bool nobody_watches() const { return !daemon && trouble.empty(); }
};

WatchView look_at_watch(Invocation& invocation);

void add_watch_json(Json& report, const WatchView& view);  // of the server
void add_watch_json(Json& stack_json, const WatchView& view, const std::string& stack);

// One line for each thing to be told of all stacks, the last one says whether anybody watches.
std::string watch_lines(Output& output, const WatchView& view);
void show_alerts(Output& output, const WatchView& view, const std::string& stack);

}  // namespace ballast
