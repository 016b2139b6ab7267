// Many pages, few messages: what is of one rule and one stack and comes within a few seconds is one
// message, and one incident until all of it is over. The first goes out at once.
#pragma once

#include <list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alarm/timeline.h"
#include "base/json.h"
#include "model/alert.h"

namespace ballast {

class Grouping {
 public:
  // What is to be sent now, without id, host and time. `alerts` are this round's pages.
  std::vector<Message> add(std::span<const Alert> alerts, Instant now);
  // What was gathered and is due.
  std::vector<Message> due(Instant now);
  std::optional<Instant> wakes() const;
  // That this alert was told by others, as the incident `group`.
  void know(const Alert& alert, const std::string& group);

  Json json() const;
  static Grouping parse(const Json& json);  // what cannot be read is left out

 private:
  // An incident: open from its first page until the last of its alerts is resolved.
  struct Group {
    std::string slot;  // what is gathered in it: "stack/rule"
    std::string key;   // of the alert that opened it
    Instant gathers_until{};
    std::vector<std::string> firing;  // keys of its alerts that were sent
    std::vector<Alert> gathered;      // to be sent together
    Severity worst = Severity::info;  // of all that was sent
  };
  struct Draft {
    Group* group;
    std::vector<Alert> bad;
    std::vector<Alert> good;
  };

  Group* group_with(const std::string& key);
  Group* group_that_gathers(const Alert& alert, Instant now);
  Group& open(const Alert& alert, Instant now);
  void take(const Alert& alert, Instant now, std::vector<Draft>& drafts);
  void take_bad(const Alert& alert, Instant now, std::vector<Draft>& drafts);
  void take_good(const Alert& alert, Instant now, std::vector<Draft>& drafts);
  static Draft& draft_for(Group& group, std::vector<Draft>& drafts);
  static std::vector<Message> messages_of(std::vector<Draft>& drafts);
  void forget_what_is_over();

  std::list<Group> groups_;
};

}  // namespace ballast
