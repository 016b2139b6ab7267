#include "daemon/control.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "daemon/daemon_status.h"

namespace ballast {

namespace {

constexpr std::size_t longest_request = 4096;
constexpr std::size_t longest_shown = 60;

DaemonStatus status_of(const Snapshot& snapshot, long long pid) {
  DaemonStatus status{.pid = pid,
                      .since = snapshot.started,
                      .engine_trouble = snapshot.engine_trouble,
                      .stacks = {},
                      .alerts = snapshot.firing,
                      .silences = snapshot.silences,
                      .channels = snapshot.channels};
  for (const StackSnapshot& stack : snapshot.stacks)
    status.stacks.push_back({.name = stack.observed.stack,
                             .was_looked_at = stack.was_looked_at,
                             .trouble = stack.trouble});
  return status;
}

Json error_json(const std::string& message, const std::string& hint) {
  return {{"schema", control_schema}, {"error", {{"message", message}, {"hint", hint}}}};
}

Json refuse(const Caller& caller, ControlSource& source) {
  source.note(
      fmt::format("refused on the control socket: user {}, process {}", caller.user, caller.pid));
  return error_json(fmt::format("user {} may not ask the daemon", caller.user),
                    "run ballast as root (sudo)");
}

Json answer_json(const std::string& request, const ControlOwner& owner, ControlSource& source) {
  const auto json = parse_json(request);
  const std::string ask = json ? text_at(*json, "ask") : "";
  if (ask == "status") return status_json(status_of(source.snapshot(), owner.pid));
  if (ask == "poke") {
    source.poke();
    return {{"schema", control_schema}, {"poked", true}};
  }
  return error_json(
      fmt::format("`{}` is no question", printable(shortened(request, longest_shown))),
      R"(ask {"ask":"status"} or {"ask":"poke"})");
}

}  // namespace

std::string answer_of(const std::string& request, const Caller& caller, const ControlOwner& owner,
                      ControlSource& source) {
  const bool may_ask = caller.user == 0 || caller.user == owner.user;
  return json_text(may_ask ? answer_json(request, owner, source) : refuse(caller, source)) + "\n";
}

std::unique_ptr<LocalServer> serve_control(const Paths& paths, const ControlOwner& owner,
                                           ControlSource& source) {
  return std::make_unique<LocalServer>(
      LocalServerTerms{.unix_socket = paths.control_socket(), .longest = longest_request},
      [owner, &source](const std::string& request, const Caller& caller) {
        return answer_of(request, caller, owner, source);
      });
}

}  // namespace ballast
