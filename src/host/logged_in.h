// Who is logged in at this moment, as the system's own list of sessions has it.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"

namespace ballast {

struct LoggedIn {
  std::string user;
  std::string terminal;  // "pts/0"
  std::string address;   // where they come from: "192.0.2.7", a host's name; empty: this machine
  Time since{};
  bool operator==(const LoggedIn&) const = default;
};

// In the order of their logins; empty also where the system keeps no such list. What was left
// behind by a login whose process has ended is none.
std::vector<LoggedIn> logged_in_users(const std::string& list = "/var/run/utmp");

}  // namespace ballast
