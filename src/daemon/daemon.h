// The daemon: watches every stack of a server, keeps the schedule, and tells whom it concerns. It
// runs no operation itself: those it starts are commands of their own.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "live/server.h"

namespace ballast {

struct DaemonRequest {
  std::string program;                             // ballast itself, for what it starts
  std::string operator_name;                       // whose it is
  std::function<void(std::string_view line)> say;  // what happens, a line each
};

// Until the operator interrupts. Error(locked): another one watches; Error(usage): the settings
// are wrong.
void watch_server(Server& server, const DaemonRequest& request);

}  // namespace ballast
