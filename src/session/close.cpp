#include "session/close.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "host/marked_processes.h"
#include "live/modified_by_hand.h"
#include "live/stack.h"
#include "model/names.h"
#include "session/events.h"
#include "session/incident.h"
#include "session/recorder.h"
#include "session/session.h"
#include "session/store.h"

namespace ballast {

namespace {

constexpr Duration time_to_end = std::chrono::seconds(5);
constexpr Duration time_to_record = std::chrono::seconds(20);
constexpr Duration pause = std::chrono::milliseconds(50);
constexpr std::size_t longest_link = 512;
constexpr const char* page_name = "incident.md";
constexpr const char* changes_name = "changes.json";
constexpr const char* own_name = "ballast";

// --- what still runs ---

bool is_led(Server& server, const Recording& recording) {
  Machine& machine = server.host.machine;
  return recording.boot == machine.boot() && machine.running(recording.process);
}

// Its Ballast was killed: nothing was recorded since, and nothing may go on so.
void end_lost(Server& server, SessionStore& store, Journal& journal, const BreakGlass& session,
              Recording recording) {
  end_marked_processes(fmt::format("{}={}/{}", recording_variable, session.id, recording.number),
                       time_to_end);
  recording.ended = std::chrono::floor<std::chrono::seconds>(server.host.clock.now());
  recording.ending = "lost";
  recording.sha256 = recording_digest(server.host, store, session.id, recording.number);
  store.keep(session.id, recording);
  record_event(server, journal, session, own_name, "ended",
               {{"number", recording.number},
                {"exit", nullptr},
                {"ending", recording.ending},
                {"sha256", recording.sha256}});
}

void settle_recordings(Server& server, SessionStore& store, Journal& journal,
                       const BreakGlass& session) {
  for (const Recording& recording : store.recordings(session.id))
    if (!recording.ended && !is_led(server, recording))
      end_lost(server, store, journal, session, recording);
}

// Those who record write down how it ended before they end themselves.
void await_recorders(Server& server, SessionStore& store, const BreakGlass& session) {
  const Monotonic until = server.host.clock.monotonic() + time_to_record;
  while (server.host.clock.monotonic() < until) {
    const auto recordings = store.recordings(session.id);
    if (std::ranges::none_of(
            recordings, [&](const Recording& one) { return !one.ended && is_led(server, one); }))
      return;
    server.host.clock.sleep(pause);
  }
}

void end_what_runs(Server& server, SessionStore& store, Journal& journal, const BreakGlass& session,
                   std::vector<std::string>& notes) {
  const std::string mark = fmt::format("{}={}", session_variable, session.id);
  if (!marked_processes(mark).empty()) {
    notes.push_back("what still ran in it is ended");
    if (!end_marked_processes(mark, time_to_end))
      notes.push_back("some of it cannot be ended: look with ps on the server");
  }
  await_recorders(server, store, session);
  settle_recordings(server, store, journal, session);
}

// --- what changed ---

std::string tag_deployed_since(const Journal& journal, const std::string& stack, Time since) {
  for (const ReleaseRecord& release : journal.releases(stack))
    if (release.outcome != "failed" && release.at >= since) return release.tag;
  return {};
}

struct Left {
  SessionChanges comparison;
  Patches patches;
};

Left what_is_left(Server& server, SessionStore& store, const Journal& journal,
                  const BreakGlass& session) {
  const Json kept = parse_json(store.read(session.id, "before.json").value_or("")).value_or(Json());
  const ObservedStack stack = parse_observed_stack(kept);
  const Observation after = observe_for_session(server, stack, session.id);
  Left left{.comparison = compare(parse_observation(kept), after,
                                  tag_deployed_since(journal, session.stack, session.opened)),
            .patches = {}};
  left.patches = container_patches(stack, after, left.comparison);
  try {
    compare_stack_files(server, server.paths.stack(session.stack), store.file(session.id, "before"),
                        stack, left.comparison, left.patches);
  } catch (const Error& error) {
    left.comparison.troubles.push_back("the stack's files: " + error.message());
  }
  return left;
}

// What is not known is not unchanged.
std::optional<bool> changed_by(const SessionChanges& comparison) {
  if (comparison.changed()) return true;
  return comparison.troubles.empty() ? std::optional(false) : std::nullopt;
}

std::vector<FollowUp> follow_ups_of(const BreakGlass& session, bool something_ran) {
  std::vector<FollowUp> list;
  const auto add = [&](const char* name) {
    list.push_back({.name = name, .link = {}, .by = {}, .done = {}});
  };
  if (session.changed.value_or(true))
    for (const char* name : {"pull-request", "review", "ci-deploy"}) add(name);
  if (something_ran || session.changed.value_or(true)) add("notes");
  return list;
}

// --- the end ---

void write_patches(SessionStore& store, const std::string& id, const Patches& patches) {
  for (const auto& [name, text] :
       {std::pair(repository_patch, &patches.repository),
        std::pair(container_patch, &patches.container), std::pair(stack_patch, &patches.stack)})
    if (!text->empty()) store.write(id, name, *text);
}

Secrets secrets_of(Server& server, const std::string& stack) {
  try {
    return read_stack(server, stack).secrets;
  } catch (const Error&) {
    return {};
  }
}

std::string page_of(Server& server, SessionStore& store, const BreakGlass& session,
                    const Left& left) {
  const auto recordings = store.recordings(session.id);
  const Secrets secrets = secrets_of(server, session.stack);
  return incident_page({.session = session,
                        .recordings = recordings,
                        .comparison = left.comparison,
                        .patches = left.patches,
                        .secrets = secrets,
                        .host = server.host.machine.host_name()});
}

// A second session on the same release keeps when it began to be so.
void mark_modified(Journal& journal, const BreakGlass& session) {
  const auto known = modified_by_hand(journal, session.stack);
  note_modified_by_hand(journal, session.stack,
                        {.since = known ? known->since : *session.closed,
                         .session = session.id,
                         .reason = session.reason,
                         .release = {}});
}

Json closed_json(const BreakGlass& session, const std::string& page) {
  return {{"changed", session.changed ? Json(*session.changed) : Json()},
          {"page_sha256", sha256_hex(page)}};
}

Closed close(Server& server, SessionStore& store, BreakGlass session, const std::string& who) {
  Closed closed;
  Journal journal(server.paths.journal());
  end_what_runs(server, store, journal, session, closed.notes);
  // Before its approval nothing ran.
  Left left;
  if (!session.awaits_approval()) left = what_is_left(server, store, journal, session);
  session.closed = std::chrono::floor<std::chrono::seconds>(server.host.clock.now());
  session.closed_by = who;
  session.changed = changed_by(left.comparison);
  session.follow_ups = follow_ups_of(session, !store.recordings(session.id).empty());
  write_patches(store, session.id, left.patches);
  closed.changes = comparison_json(left.comparison);
  store.write(session.id, changes_name, pretty_json(closed.changes));
  const std::string page = page_of(server, store, session, left);
  store.write(session.id, page_name, page);
  if (session.changed == true) mark_modified(journal, session);
  record_event(server, journal, session, who, "closed", closed_json(session, page));
  store.keep(session);
  note_what_is_open(server, journal, store, session.stack);
  closed.page = store.file(session.id, page_name);
  for (std::string& note : announce_closed(server, session))
    closed.notes.push_back(std::move(note));
  closed.session = std::move(session);
  return closed;
}

// --- what is done about it ---

void keep_ticked(SessionStore& store, const BreakGlass& session) {
  if (const auto page = store.read(session.id, page_name))
    store.write(session.id, page_name, with_to_do(*page, session));
  store.keep(session);
}

void tick(Server& server, Journal& journal, BreakGlass& session, std::string_view name,
          const std::string& link, const std::string& by, Time when) {
  const auto found = std::ranges::find(session.follow_ups, name, &FollowUp::name);
  if (found == session.follow_ups.end())
    session.follow_ups.push_back({.name = std::string(name), .link = link, .by = by, .done = when});
  else
    *found = {.name = found->name, .link = link, .by = by, .done = when};
  record_event(server, journal, session, by, "ticked", {{"name", name}, {"link", link}});
}

using Link = std::pair<std::string_view, std::optional<std::string>>;

std::vector<Link> links_of(const CloseRequest& request) {
  std::vector<Link> links{
      {"pull-request", request.pull_request}, {"review", request.review}, {"notes", request.notes}};
  std::erase_if(links, [](const Link& link) { return !link.second; });
  for (const auto& [name, link] : links)
    require_field(fmt::format("the link of --{}", name), *link, longest_link);
  return links;
}

void tick_given(Server& server, SessionStore& store, BreakGlass& session,
                const std::vector<Link>& links, const std::string& who) {
  if (links.empty()) return;
  Journal journal(server.paths.journal());
  const Time now = std::chrono::floor<std::chrono::seconds>(server.host.clock.now());
  for (const auto& [name, link] : links) tick(server, journal, session, name, *link, who, now);
  keep_ticked(store, session);
}

// A release that was proved after the session replaced what it had changed.
void tick_deployed(Server& server, SessionStore& store, Journal& journal, BreakGlass session) {
  const auto open = std::ranges::find_if(
      session.follow_ups, [](const FollowUp& one) { return one.name == "ci-deploy" && !one.done; });
  if (open == session.follow_ups.end()) return;
  for (const ReleaseRecord& release : journal.releases(session.stack, "good")) {
    if (release.at <= *session.closed) return;
    tick(server, journal, session, "ci-deploy", release.tag, release.operator_name, release.at);
    keep_ticked(store, session);
    return;
  }
}

void forget_when_due(Server& server, SessionStore& store, Journal& journal,
                     const BreakGlass& session) {
  if (!session.is_done() || server.host.clock.now() < *session.closed + session.keep) return;
  record_event(server, journal, session, own_name, "removed");
  store.remove(session.id);
}

void settle(Server& server, SessionStore& store, const BreakGlass& session) {
  if (!session.closed && session.is_over(server.host.clock.now())) {
    close(server, store, session, own_name);
    return;
  }
  Journal journal(server.paths.journal());
  if (!session.closed) {
    settle_recordings(server, store, journal, session);
    return;
  }
  tick_deployed(server, store, journal, session);
  if (const auto now = store.find(session.id)) forget_when_due(server, store, journal, *now);
}

// The daemon's hook runs each minute: without sessions nothing is touched.
std::unique_ptr<Lock> try_to_hold(Server& server, SessionStore& store) {
  if (server.host.disk.list(server.paths.sessions()).empty()) return nullptr;
  try {
    return store.try_lock();
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

Closed close_session(Server& server, const CloseRequest& request) {
  require_root(server.host);
  const std::vector<Link> links = links_of(request);
  SessionStore store(server.host, server.paths);
  const auto lock = store.lock();
  const BreakGlass session = session_called(
      store, request.word, [&](const BreakGlass& one) { return !one.is_done(); },
      "session to be closed");
  if (server.host.machine.variable(std::string(session_variable)) == session.id)
    throw Error(Kind::refused,
                fmt::format("{} cannot be closed from within: this is a program of it", session.id),
                "leave the shell first");
  const std::string who = who_is_here(server.host).name;
  Closed closed;
  if (session.closed)
    closed = {
        .session = session,
        .changes =
            parse_json(store.read(session.id, changes_name).value_or("null")).value_or(Json()),
        .page = store.file(session.id, page_name),
        .notes = {}};
  else
    closed = close(server, store, session, who);
  tick_given(server, store, closed.session, links, who);
  return closed;
}

std::vector<std::string> settle_sessions(Server& server) {
  SessionStore store(server.host, server.paths);
  std::vector<std::string> troubles;
  const auto lock = try_to_hold(server, store);
  if (!lock) return troubles;
  for (const BreakGlass& session : store.all()) {
    try {
      settle(server, store, session);
    } catch (const Error& error) {
      troubles.push_back(fmt::format("break-glass session {}: {}", session.id, error.message()));
    }
  }
  return troubles;
}

}  // namespace ballast
