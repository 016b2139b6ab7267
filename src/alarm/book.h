// All alarms of a server and the messages that they made: one value, saved whole. So a kill loses
// no message: what is in the outbox of the saved book is put into the queue again, where its id is
// known.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alarm/alarm.h"
#include "alarm/grouping.h"
#include "alarm/mute.h"
#include "alarm/timeline.h"
#include "base/json.h"
#include "model/alert.h"

namespace ballast {

// One alert in one round. Each round lists all that there are: one that is listed no more is gone,
// and over. What could not be looked at is listed as unknown.
struct Watched {
  Alert alert;  // its name, severity, text and hint as of now
  AlarmRule rule;
  std::optional<Verdict> verdict;  // nullopt: not asked in this round
  // When the look began that the verdict is of: one from before is not held against an alert that
  // something explained until now.
  Monotonic seen = Monotonic::max();
};

struct Round {
  std::span<const Watched> watched;
  std::span<const std::string> unseen;  // stacks of which nothing, or not all, could be listed
  std::span<const AlertSilence> silences;
  std::span<const OwnWork> works;
  Clocks clocks;
  std::string host;
  std::map<std::string, std::string> changes;  // what was changed last, by stack
};

class AlarmBook {
 public:
  void add(const Round& round);
  // What a command told while nobody watched: it is not told again, and is over when it is over.
  void know(const Message& message);
  // To be put into the queue after the book was saved; then taken(), and saved with the next round.
  const std::vector<Message>& outbox() const { return outbox_; }
  void taken() { outbox_.clear(); }

  // What was told and is not over: for status, and for who forgets what is not said again.
  std::vector<Alert> firing() const;
  // When there is something to do although nothing new is seen, from now; nullopt: never.
  std::optional<Duration> wakes(std::span<const Watched> watched) const;

  Json json() const;
  static AlarmBook parse(const Json& json);  // what cannot be read is left out

 private:
  struct Entry {
    Alarm alarm;
    Alert alert;
    Mute mute = Mute::none;   // in the last round
    Monotonic unexplained{};  // since when nothing explains it any more
  };

  std::optional<Alert> observe(const Watched& watched, Mute mute, const Clocks& clocks);
  static std::optional<Verdict> verdict_that_counts(const Entry& entry, const Watched& watched);
  std::vector<Alert> pages_of(const Round& round);
  std::vector<Alert> pages_of_the_gone(const Round& round);
  std::vector<AlertName> causes() const;
  void send(std::vector<Message> messages, const Round& round);
  std::vector<std::string> explained_by(const Alert& cause) const;

  Timeline timeline_;
  std::map<std::string, Entry> entries_;  // by the alert's key
  Grouping grouping_;
  std::vector<Message> outbox_;
  unsigned long long count_ = 0;  // of messages, for their ids
};

}  // namespace ballast
