#include "session/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/text.h"
#include "host/pty_program.h"
#include "host/relay.h"
#include "live/stack.h"
#include "session/events.h"
#include "session/incident.h"
#include "session/recorder.h"
#include "session/session.h"
#include "tools/engine_terminal.h"

namespace ballast {

namespace {

constexpr const char* usual_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr const char* best_shell =
    "if command -v bash >/dev/null 2>&1; then exec bash; fi; exec sh";

std::string_view ending_text(RelayEnd end) {
  switch (end) {
    case RelayEnd::over: return "time-up";
    case RelayEnd::interrupted: return "interrupted";
    case RelayEnd::hung_up: return "hung-up";
    case RelayEnd::ended: break;
  }
  return "itself";
}

// --- which session ---

BreakGlass own_session(Server& server, SessionStore& store, const std::string& word) {
  const Person person = who_is_here(server.host);
  const auto is_own = [&](const BreakGlass& one) { return one.opened_by.user == person.user; };
  if (const auto named = store.find(word)) {
    if (is_own(*named)) return *named;
    throw Error(Kind::refused,
                fmt::format("{} is the session of {}, not of {}", named->id, named->opened_by.name,
                            person.name),
                fmt::format("open one of your own: ballast break-glass open {} --reason TEXT",
                            named->stack));
  }
  for (const BreakGlass& one : store.all())
    if (one.stack == word && is_own(one) && !one.closed) return one;
  throw Error(Kind::refused,
              fmt::format("{} has no break-glass session on {}", person.name, printable(word)),
              fmt::format("open one: ballast break-glass open {} --reason TEXT", printable(word)));
}

void require_usable(const BreakGlass& session, Time now) {
  if (session.is_over(now))
    throw Error(
        Kind::refused, fmt::format("{} is over: it is {}", session.id, session.state(now)),
        fmt::format("open another one: ballast break-glass open {} --reason TEXT", session.stack));
  if (session.awaits_approval())
    throw Error(Kind::refused,
                fmt::format("{} awaits the approval of a second person; nothing runs before it",
                            session.id),
                "another person: ballast break-glass approve " + session.id);
}

// --- where it runs ---

struct Place {
  std::string name;  // a service, or "host"
  std::string container;
  std::string directory;  // on the host
  Secrets secrets;
};

Place host_place(Server& server, const BreakGlass& session) {
  Place place{.name = "host", .container = {}, .directory = {}, .secrets = {}};
  place.directory = server.paths.stack(session.stack);
  try {
    place.secrets = read_stack(server, session.stack).secrets;
  } catch (const Error&) {
    return place;  // a folder that is broken is mended in this very shell
  }
  return place;
}

Place container_place(Server& server, const BreakGlass& session, const std::string& wanted) {
  const Stack stack = read_stack(server, session.stack);
  const std::string service = wanted.empty() ? stack.policy.service : wanted;
  if (stack.compose.service(service) == nullptr) {
    std::vector<std::string> names;
    for (const ComposeService& one : stack.compose.services) names.push_back(one.name);
    throw Error(Kind::usage, fmt::format("{} has no service `{}`", stack.name, printable(service)),
                fmt::format("services: {}; for the server itself: --host", join(names, ", ")));
  }
  const Running running = observe(server, stack);
  const docker::Container* container = running.of(service);
  if (container == nullptr || !container->running())
    throw Error(Kind::refused, fmt::format("{} of {} does not run", service, stack.name),
                fmt::format("from outside: ballast break-glass shell {} --host", stack.name));
  return {.name = service, .container = container->id, .directory = {}, .secrets = stack.secrets};
}

// --- what runs ---

std::map<std::string, std::string> environment_of(Host& host, const Recorder& recorder) {
  std::map<std::string, std::string> environment;
  for (const std::string& mark : {recorder.session_mark(), recorder.mark()})
    environment[mark.substr(0, mark.find('='))] = mark.substr(mark.find('=') + 1);
  environment["TERM"] = host.machine.variable("TERM").value_or("dumb");
  return environment;
}

std::map<std::string, std::string> host_environment(Host& host, const Recorder& recorder) {
  auto environment = environment_of(host, recorder);
  environment["PATH"] = usual_path;
  for (const char* name : {"HOME", "LANG", "LC_ALL", "TZ"})
    if (const auto value = host.machine.variable(name)) environment[name] = *value;
  return environment;
}

std::vector<std::string> argv_of(const RunRequest& request) {
  if (!request.argv.empty()) return request.argv;
  return {"/bin/sh", "-c", best_shell};
}

// A word without a slash is looked for as a shell would.
std::vector<std::string> argv_on_host(const std::vector<std::string>& words) {
  if (words.front().starts_with('/')) return words;
  std::vector<std::string> argv{"/usr/bin/env", "--"};
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

std::unique_ptr<TerminalProgram> start(Server& server, const RunRequest& request,
                                       const Place& place, const Recorder& recorder,
                                       const TerminalSize& size) {
  if (place.container.empty())
    return start_at_terminal({.argv = argv_on_host(argv_of(request)),
                              .environment = host_environment(server.host, recorder),
                              .directory = place.directory,
                              .size = size,
                              .mark = recorder.mark()});
  return start_in_container(server.host, server.engine.socket(),
                            {.container = place.container,
                             .argv = argv_of(request),
                             .environment = environment_of(server.host, recorder),
                             .user = request.user,
                             .size = size,
                             .mark = recorder.mark()});
}

Recording new_recording(Server& server, const RunRequest& request, const Place& place) {
  Recording recording{.number = 0,
                      .place = place.name,
                      .container = place.container,
                      .argv = {},
                      .by = who_is_here(server.host),
                      .began = std::chrono::floor<std::chrono::seconds>(server.host.clock.now()),
                      .ended = {},
                      .status = {},
                      .ending = {},
                      .sha256 = {},
                      .process = server.host.machine.process(),
                      .boot = server.host.machine.boot()};
  for (const std::string& word : request.argv) recording.argv.push_back(place.secrets.mask(word));
  return recording;
}

void record_end(Server& server, const BreakGlass& session, const Recording& recording) {
  Journal journal(server.paths.journal());
  record_event(server, journal, session, recording.by.name, "ended",
               {{"number", recording.number},
                {"exit", recording.status ? Json(*recording.status) : Json()},
                {"ending", recording.ending},
                {"sha256", recording.sha256}});
}

void record_begin(Server& server, const BreakGlass& session, const Recording& recording) {
  Journal journal(server.paths.journal());
  record_event(
      server, journal, session, recording.by.name, "began",
      {{"number", recording.number}, {"place", recording.place}, {"what", words_of(recording)}});
}

Recording run_recorded(Server& server, const RunRequest& request, const Place& place,
                       Recorder& recorder, const TerminalSize& size) {
  try {
    const auto program = start(server, request, place, recorder, size);
    const RelayEnd end = relay(*program, server.host.interrupts, recorder.listener());
    return recorder.finish(ending_text(end), program->status());
  } catch (...) {
    recorder.finish("failed", std::nullopt);
    throw;
  }
}

}  // namespace

RunResult run_in_session(Server& server, const RunRequest& request) {
  require_root(server.host);
  SessionStore store(server.host, server.paths);
  const BreakGlass session = own_session(server, store, request.word);
  require_usable(session, server.host.clock.now());
  const Place place = request.on_host ? host_place(server, session)
                                      : container_place(server, session, request.service);
  const TerminalSize size = terminal_size();
  Recorder recorder(server, store, session, new_recording(server, request, place), size);
  record_begin(server, session, recorder.recording());
  try {
    const Recording recording = run_recorded(server, request, place, recorder, size);
    record_end(server, session, recording);
    return {.session = session, .recording = recording};
  } catch (...) {
    record_end(server, session, recorder.recording());
    throw;
  }
}

}  // namespace ballast
