#include "gate/attend.h"

#include "base/text.h"

namespace ballast {

namespace {

void say(GateListener& listener, const Error& error) {
  for (const std::string& line : split_lines(error.text()))
    listener.hear({.kind = GateSaying::Kind::error, .line = printable(line)});
  listener.hear({.kind = GateSaying::Kind::exit, .line = {}, .status = exit_status(error.kind())});
}

}  // namespace

void attend(Server& server, GateRuns& runs, const GateCall& call, GateListener& listener,
            const std::function<void(const Judged&)>& judged) {
  try {
    const Judged found =
        judge(server, call, [&](const Order& order) { return runs.is_under_way(order); });
    judged(found);
    if (found.refusal) return say(listener, *found.refusal);
    runs.run(found.order,
             {.root = server.paths.root, .key = found.key, .refuses_older = found.refuses_older},
             listener);
  } catch (const Error& error) {
    say(listener, error);
  }
}

}  // namespace ballast
