// What waits to be delivered, on disk: one durable file a message and channel. A file is in
// waiting/, then by one rename in sent/ or dead/. docs/formats.md describes all of it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/host.h"
#include "model/alert.h"
#include "model/paths.h"

namespace ballast {

std::string notify_folder(const Paths& paths);  // /var/lib/ballast/notify
std::string channel_lock(const Paths& paths, const std::string& channel);
std::string watch_lock(const Paths& paths);  // the daemon holds it while it watches

struct Waiting {
  std::string file;  // its name in the folder: sorts by when it was put there
  Message message;
  int attempts = 0;
  std::string trouble;  // of the last attempt
};

// How a channel does.
struct ChannelState {
  int failures = 0;                   // in a row
  std::optional<Time> failing_since;  // of those
  std::optional<Time> next;           // not before
  bool asked_to_wait = false;         // by the other side, which new messages heed too
  std::string trouble;                // the last one
  int refused = 0;                    // for good, since the last delivery
  std::optional<Time> reported;       // on the other channels, when it was
};

class Queue {
 public:
  Queue(Disk& disk, const Paths& paths, std::string channel);

  // A message that is there already, waits, was sent or was refused, is not put there again.
  void put(const Message& message);
  std::vector<Waiting> waiting();  // in their order; what cannot be read goes to dead/
  std::vector<Waiting> dead();
  std::size_t count_waiting();
  std::size_t count_dead();
  void note_attempt(const Waiting& waiting);  // its attempts and trouble
  void sent(const Waiting& waiting);          // kept for a while, so that nothing is sent twice
  void give_up(const Waiting& waiting);
  void revive(const Waiting& dead);  // to waiting/ again
  ChannelState state();
  void keep(const ChannelState& state);

 private:
  std::string folder(std::string_view which) const;
  bool has(const Message& message);
  std::vector<Waiting> read_all(std::string_view which);
  std::optional<Waiting> read(const std::string& path, const std::string& file);
  std::string next_name(const Message& message);
  void forget_old();
  Disk& disk_;
  std::string folder_;
  std::string channel_;
};

// Which may be sent now, the fewest attempts first; none before an earlier one of the same alert.
std::vector<const Waiting*> sendable(std::span<const Waiting> waiting);

}  // namespace ballast
