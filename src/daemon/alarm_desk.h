// Who is told of what: the book of alarms on disk, silences, and the queues of the channels.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alarm/book.h"
#include "live/server.h"
#include "notify/delivery.h"

namespace ballast {

// What there is to be judged in one go.
struct Sighting {
  std::vector<Watched> watched;
  std::vector<std::string> unseen;  // stacks that were not looked at wholly
  std::vector<OwnWork> works;
  std::map<std::string, std::string> changes;  // what was changed last, by stack
};

class AlarmDesk {
 public:
  // Takes up what an earlier daemon knew, and what it had not put into the queues yet.
  AlarmDesk(Server& server, Notifier& notifier, std::function<void(std::string_view)> say);

  // Whether there is something to do although nothing new was seen.
  bool is_due() const;
  std::optional<Monotonic> wakes() const;
  // What others told, and kept as open: it is not told again, and is over when it is over.
  void know(const Message& message);
  // True: something was put into the queues.
  bool take(const Sighting& sighting);

  std::vector<Alert> firing() const { return book_.firing(); }

 private:
  void take_over_from_commands();
  void keep();
  void write_down(std::string text);
  void forget_what_is_written_down();
  bool put_all();
  bool put(const Message& message);
  void send_past_the_queue(const Message& message);
  Clocks clocks();

  Server& server_;
  Notifier& notifier_;
  std::function<void(std::string_view)> say_;
  AlarmBook book_;
  std::vector<Message> known_;  // that others keep as open until the book is written down
  std::string kept_;            // of the book, as it stands in its file
  std::string trouble_;
  std::optional<Monotonic> wakes_;
};

}  // namespace ballast
