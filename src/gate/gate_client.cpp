#include "gate/gate_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "gate/attend.h"
#include "gate/caller.h"
#include "gate/plain_machine.h"
#include "host/local_client.h"

namespace ballast {

namespace {

constexpr const char* sudo = "/usr/bin/sudo";
constexpr const char* installed = "/usr/bin/ballast";  // as the line in sudoers has it
constexpr Duration patience = std::chrono::minutes(2);
constexpr Duration longest_call = std::chrono::hours(13);
constexpr auto handed_to_sudo =
    std::to_array<const char*>({"SSH_CONNECTION", "SSH_ORIGINAL_COMMAND", "SSH_USER_AUTH"});

Error no_end() {
  return {Kind::failed, "the daemon left before the end; what was begun goes on, or is undone",
          "ask again, or see what became of it: status, history"};
}

// False: no daemon is there.
bool ask_daemon(Host& host, const GateRequest& request, GateListener& listener) {
  bool ended = false;
  const bool was_asked = follow_local(
      Paths{}.gate_socket(), question_text({.key = request.key, .command = request.command}),
      patience, [&] { return !host.interrupts.cuts_short(); },
      [&](std::string_view line) {
        const auto saying = parse_saying(line);
        if (saying) listener.hear(*saying);
        ended = saying && saying->kind == GateSaying::Kind::exit;
        return !ended;
      });
  if (was_asked && !ended) throw no_end();
  return was_asked;
}

std::map<std::string, std::string> environment_for_sudo(Machine& machine) {
  std::map<std::string, std::string> environment;
  for (const char* name : handed_to_sudo)
    if (const auto value = machine.variable(name)) environment[name] = *value;
  return environment;
}

// The root that it becomes reads the key from our command line.
void ask_through_sudo(Host& host, GateListener& listener) {
  const Outcome outcome = host.processes.run(
      {.argv = {sudo, "-n", installed, "gate"},
       .environment = environment_for_sudo(host.machine),
       .directory = "/",
       .input = {},
       .deadline = longest_call,
       .inherited = {},
       .on_line = [&](std::string_view line, bool is_error) {
         listener.hear({.kind = is_error ? GateSaying::Kind::error : GateSaying::Kind::out,
                        .line = std::string(line)});
       }});
  if (outcome.not_found || outcome.status < 0)
    throw Error(Kind::failed,
                fmt::format("no daemon answers, and sudo cannot be used: {}", outcome.reason()),
                "an administrator starts one: systemctl start ballast");
  listener.hear({.kind = GateSaying::Kind::exit, .line = {}, .status = outcome.status});
}

// Set by sudo itself. Absent: root called without it.
unsigned who_ran_sudo(Machine& machine) {
  const std::string text = machine.variable("SUDO_UID").value_or("0");
  unsigned user = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), user);
  const bool is_whole = failure == std::errc() && end == text.data() + text.size();
  return is_whole ? user : static_cast<unsigned>(-1);
}

void attend_here(Host& host, std::span<const OperationKind> kinds, const GateRequest& request,
                 GateListener& listener) {
  PlainMachine plain(host.machine);
  Host bare{.disk = host.disk,
            .processes = host.processes,
            .clock = host.clock,
            .http = host.http,
            .locks = host.locks,
            .interrupts = host.interrupts,
            .machine = plain,
            .terminal = host.terminal,
            .trees = host.trees,
            .archives = host.archives,
            .zips = host.zips};
  Server server(bare, "/", kinds);
  GateRuns runs(server, request.program);
  const GateCall call = call_through_sudo(host.disk, host.machine.process(),
                                          who_ran_sudo(host.machine), request.key, request.command);
  attend(server, runs, call, listener, [](const Judged&) {});
}

}  // namespace

void call_gate(Host& host, std::span<const OperationKind> kinds, const GateRequest& request,
               GateListener& listener) {
  if (host.machine.user() == 0) return attend_here(host, kinds, request, listener);
  if (!ask_daemon(host, request, listener)) ask_through_sudo(host, listener);
}

}  // namespace ballast
