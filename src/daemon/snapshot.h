// What the daemon knows at a moment, for those who draw it: metrics, measurements, the control
// socket.
#pragma once

#include <string>
#include <vector>

#include "alarm/mute.h"
#include "model/alert.h"
#include "notify/channel_delivery.h"
#include "watch/observed.h"
#include "watch/round.h"

namespace ballast {

struct StackSnapshot {
  Observed observed;             // its newest parts; `now` is when the newest of them was seen
  std::vector<AlertLine> lines;  // what was judged of it
  std::string trouble;           // why the stack cannot be read; then the rest is of before
  bool was_looked_at = false;    // not yet: nothing of it counts
};

// Calls of the gate since the start.
struct GateCount {
  std::string key;
  std::string verdict;  // allowed, refused
  unsigned long long calls = 0;
};

struct Snapshot {
  Time now{};
  Time started{};  // of the daemon
  std::string host;
  std::vector<StackSnapshot> stacks;   // by name
  std::string engine_trouble;          // empty: the engine answers
  std::vector<Alert> firing;           // what was told and is not over
  std::vector<AlertSilence> silences;  // in force
  std::vector<ChannelReport> channels;
  std::vector<GateCount> gate;
  unsigned long long looks = 0;         // since the start
  unsigned long long missed_looks = 0;  // that began more than one interval late
};

}  // namespace ballast
