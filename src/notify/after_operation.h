// What a command that has ended is to be told of, and when that is over. One place for all of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.h"
#include "model/alert.h"
#include "model/paths.h"

namespace ballast {

struct Ended {
  std::string command;  // "deploy"
  std::string stack;    // empty: none in particular
  std::string tag;      // of a deploy or rollback
  std::string operator_name;
  int status = 0;             // its exit status
  std::string message, hint;  // of its error, or what its result lacks
  bool watched = false;       // by a person, at a terminal
};

// nullopt: nothing that anybody must be told of. Pure.
std::optional<Alert> alert_of(const Ended& ended);
// The rules that its success puts an end to. Pure.
std::vector<std::string_view> resolved_by(const Ended& ended);

// What commands told and nothing put an end to yet, for the daemon, which takes it over.
std::vector<Message> open_alerts(Disk& disk, const Paths& paths);
void forget_open_alerts(Disk& disk, const Paths& paths);
// The same of what the daemon tells past its book, until that is written down: a kill in between
// must not make it forget that there is something to be over.
void keep_open_alert(Disk& disk, const Paths& paths, const Message& message);
void forget_open_alert(Disk& disk, const Paths& paths, const Message& message);

// Queues what is to be told, tries once to send what waits, and is back in about three seconds.
// While the daemon watches it is the daemon's. Never throws: what went wrong is returned, in words.
std::vector<std::string> tell_after(Host& host, const Paths& paths, const Ended& ended);

}  // namespace ballast
