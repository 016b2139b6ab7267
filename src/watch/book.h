// All alarms of a server and the messages that they made: one value, saved whole. So a kill loses
// no message: what is in the outbox of the saved book is put into the queue again, where its id is
// known.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/alert.h"
#include "watch/alarm.h"
#include "watch/grouping.h"
#include "watch/mute.h"
#include "watch/timeline.h"

namespace ballast {

// One alert in one round. Each round lists all that there are: one that is listed no more is gone,
// and over. What could not be looked at is listed as unknown.
struct Watched {
  Alert alert;  // its name, severity, text and hint as of now
  AlarmRule rule;
  std::optional<Verdict> verdict;  // nullopt: not asked in this round
};

struct Round {
  std::span<const Watched> watched;
  std::span<const AlertSilence> silences;
  std::span<const OwnWork> works;
  Clocks clocks;
  std::string host;
  std::string change;  // what was changed last, for each message
};

class AlarmBook {
 public:
  void add(const Round& round);
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
  };

  std::optional<Alert> observe(const Watched& watched, Mute mute, Time wall);
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
