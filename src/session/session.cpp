#include "session/session.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "host/login.h"
#include "live/configuration.h"
#include "live/records.h"
#include "model/names.h"
#include "session/events.h"
#include "session/observation.h"
#include "session/store.h"

namespace ballast {

namespace {

constexpr Duration usual_length = std::chrono::hours(1);
constexpr std::size_t longest_reason = 256;

// What is kept has whole seconds, and must be what was said.
Time this_second(Host& host) { return std::chrono::floor<std::chrono::seconds>(host.clock.now()); }

Duration length_of(const OpenRequest& request, const Policy& policy) {
  const Duration limit = policy.break_glass.limit;
  const Duration length = request.length.value_or(std::min(usual_length, limit));
  if (length <= limit) return length;
  throw Error(Kind::usage,
              fmt::format("{} is longer than a session on {} may last: {}", human_duration(length),
                          request.stack, human_duration(limit)),
              "the limit is `break-glass: {limit: …}` in the policy");
}

void require_fields(const OpenRequest& request) {
  require_field("the reason", request.reason, longest_reason);
  if (!request.ticket.empty()) require_field("the ticket", request.ticket, longest_reason);
}

void require_known_person(const Person& person, const std::string& what) {
  if (person.from_kernel) return;
  throw Error(Kind::refused,
              fmt::format("{}, and the kernel does not tell who this is: nobody logged in", what),
              "log in as yourself (ssh, a console), then use sudo; see /proc/self/loginuid");
}

void require_no_other(SessionStore& store, const std::string& stack, const Person& person,
                      Time now) {
  for (const BreakGlass& one : store.all())
    if (one.stack == stack && one.opened_by.user == person.user && !one.is_over(now))
      throw Error(Kind::refused,
                  fmt::format("{} has a session on {} already: {}, until {}", person.name, stack,
                              one.id, iso_local(one.until())),
                  "close it first: ballast break-glass close " + one.id);
}

BreakGlass new_session(Server& server, const OpenRequest& request, const Stack& stack) {
  const Policy::BreakGlass& terms = stack.policy.break_glass;
  return {.id = new_operation_id(server.host),
          .stack = stack.name,
          .project = stack.project,
          .reason = request.reason,
          .ticket = request.ticket,
          .opened_by = who_is_here(server.host),
          .opened = this_second(server.host),
          .length = length_of(request, stack.policy),
          .keep = terms.keep,
          .needs_approval = terms.needs_approval,
          .approved_by = {},
          .approved = {},
          .closed = {},
          .closed_by = {},
          .changed = {},
          .follow_ups = {}};
}

// The folder counts once session.json is there.
std::string keep_what_is_now(Server& server, SessionStore& store, const Stack& stack,
                             const std::string& id) {
  const ObservedStack observed = observed_stack(stack);
  const Observation before = observe_for_session(server, observed, id);
  store.write(id, "before.json", pretty_json(observation_json(observed, before)));
  keep_files(server, stack.directory, store.file(id, "before"));
  return before.trouble;
}

Json opened_json(const BreakGlass& session) {
  return {{"reason", session.reason},          {"ticket", session.ticket},
          {"until", iso_utc(session.until())}, {"needs_approval", session.needs_approval},
          {"user", session.opened_by.user},    {"from_kernel", session.opened_by.from_kernel}};
}

void require_another(const BreakGlass& session, const Person& person) {
  require_known_person(person, "a second person approves a session");
  require_known_person(session.opened_by, "nobody knows who opened " + session.id);
  if (person.user != session.opened_by.user) return;
  throw Error(Kind::refused,
              fmt::format("{} opened {} and so cannot approve it", person.name, session.id),
              "another person approves it, who logged in as themselves");
}

void require_awaiting(const BreakGlass& session, Time now) {
  if (session.state(now) == "awaiting-approval") return;
  throw Error(Kind::usage,
              session.needs_approval
                  ? fmt::format("{} awaits no approval: it is {}", session.id, session.state(now))
                  : fmt::format("{} needs no approval", session.id),
              "see it: ballast break-glass show " + session.id);
}

SessionReport with_details(SessionStore& store, BreakGlass session) {
  const auto changes = store.read(session.id, "changes.json");
  SessionReport found{.session = std::move(session), .recordings = {}, .changes = {}, .folder = {}};
  found.recordings = store.recordings(found.session.id);
  found.changes = changes ? parse_json(*changes).value_or(Json()) : Json();
  found.folder = store.folder(found.session.id);
  return found;
}

}  // namespace

Person who_is_here(Host& host) {
  const Login login = login_of_this_process(host.machine);
  return {.name = login.name, .user = login.user, .from_kernel = login.from_kernel};
}

void require_root(Host& host) {
  if (host.machine.user() == 0) return;
  throw Error(Kind::refused, "break-glass is root's: its records are closed to all others",
              "run it with sudo");
}

Opened open_session(Server& server, const OpenRequest& request) {
  require_root(server.host);
  require_fields(request);
  const Stack stack = read_stack(server, request.stack);
  SessionStore store(server.host, server.paths);
  const auto lock = store.lock();
  BreakGlass session = new_session(server, request, stack);
  if (session.needs_approval)
    require_known_person(session.opened_by,
                         fmt::format("a second person approves a session on {}", stack.name));
  require_no_other(store, stack.name, session.opened_by, session.opened);
  Opened opened{.session = session, .notes = {}};
  const std::string trouble = keep_what_is_now(server, store, stack, session.id);
  if (!trouble.empty())
    opened.notes.push_back(
        "what its containers hold could not be seen, and will not be compared: " + trouble);
  Journal journal(server.paths.journal());
  record_event(server, journal, session, session.opened_by.name, "opened", opened_json(session));
  store.keep(session);
  note_what_is_open(server, journal, store, stack.name);
  for (std::string& note : announce_opened(server, session))
    opened.notes.push_back(std::move(note));
  return opened;
}

Opened approve_session(Server& server, const std::string& word) {
  require_root(server.host);
  SessionStore store(server.host, server.paths);
  const auto lock = store.lock();
  const Time now = this_second(server.host);
  BreakGlass session = session_called(
      store, word, [&](const BreakGlass& one) { return one.state(now) == "awaiting-approval"; },
      "session that awaits approval");
  require_awaiting(session, now);
  const Person person = who_is_here(server.host);
  require_another(session, person);
  session.approved = now;
  session.approved_by = person;
  Journal journal(server.paths.journal());
  record_event(server, journal, session, person.name, "approved",
               {{"user", person.user}, {"until", iso_utc(session.until())}});
  store.keep(session);
  note_what_is_open(server, journal, store, session.stack);
  return {.session = session, .notes = announce_opened(server, session)};
}

std::vector<SessionReport> sessions(Server& server, const std::string& stack) {
  require_root(server.host);
  SessionStore store(server.host, server.paths);
  std::vector<SessionReport> found;
  for (BreakGlass& session : store.all())
    if (stack.empty() || session.stack == stack)
      found.push_back(with_details(store, std::move(session)));
  std::ranges::reverse(found);
  return found;
}

SessionReport session_called(Server& server, const std::string& word) {
  require_root(server.host);
  SessionStore store(server.host, server.paths);
  return with_details(store, session_called(
                                 store, word, [](const BreakGlass&) { return true; }, "session"));
}

}  // namespace ballast
