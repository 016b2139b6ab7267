// Judges a call as root, by root's files, and records it: whatever it was and however it was
// judged.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "gate/identity.h"
#include "gate/order.h"
#include "live/server.h"

namespace ballast {

struct Judged {
  std::string key = "unknown";  // whose entry it was judged by
  Order order;                  // when it is let through
  bool refuses_older = false;   // than what runs
  std::optional<Error> refusal;

  std::string_view verdict() const { return refusal ? "refused" : "allowed"; }
};

// Whether exactly that is under way already.
using IsUnderWay = std::function<bool(const Order& order)>;

// Error when it cannot be recorded: then nothing is done.
Judged judge(Server& server, const GateCall& call, const IsUnderWay& is_under_way);

}  // namespace ballast
