#include "drift/deed.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace ballast {

namespace {

using std::chrono::seconds;

// In it the rest of a restart, or of a recreation, has come.
constexpr Duration togetherness = seconds(3);
// A container may take that long to end once it is told to.
constexpr Duration longest_end = seconds(120);
// The engine waits at most a minute before it starts again what ended.
constexpr Duration longest_pause_of_the_engine = seconds(90);
constexpr Duration start_of_the_engine = seconds(20);

struct Alone {
  std::string_view action;
  DeedKind kind;
};

// Each a deed by itself.
constexpr auto alone = std::to_array<Alone>({
    {"archive-path", DeedKind::copied_out},
    {"exec_start", DeedKind::executed},
    {"export", DeedKind::copied_out},
    {"extract-to-dir", DeedKind::copied_in},
    {"update", DeedKind::updated},
});

constexpr auto texts = std::to_array<std::string_view>(
    {"committed", "copied in", "copied out", "created", "executed", "killed", "paused", "recreated",
     "removed", "renamed", "restarted", "ran once", "started", "stopped", "unpaused", "updated"});

// Those by which a stop begins: of the engine, and what images ask for instead.
bool asks_to_end(std::string_view signal) {
  return signal == "15" || signal == "2" || signal == "3" || signal == "9" || signal.empty();
}

bool is_ballasts_own(const docker::Event& event) {
  return std::ranges::any_of(event.attributes, [](const auto& one) {
    return one.first.starts_with("tools.ballast.candidate") ||
           one.first.starts_with("tools.ballast.operation");
  });
}

bool is_one_off(const docker::Event& event) {
  return lower(event.attribute(docker::label_one_off)) == "true";
}

Deed deed_of(DeedKind kind, const docker::Event& event) {
  return {.kind = kind,
          .container = event.id,
          .name = event.attribute("name"),
          .project = event.project,
          .service = event.attribute(docker::label_service),
          .detail = std::string(trim(event.detail)),  // without arguments a blank is left
          .exec = event.attribute("execID"),
          .from = event.at,
          .until = event.at};
}

bool has(const std::vector<docker::Event>& events, std::string_view action) {
  return std::ranges::any_of(events,
                             [&](const docker::Event& event) { return event.action == action; });
}

const docker::Event& last_of(const std::vector<docker::Event>& events, std::string_view action) {
  return *std::find_if(events.rbegin(), events.rend(),
                       [&](const docker::Event& event) { return event.action == action; });
}

bool is_of_a_group(std::string_view action) {
  constexpr auto actions =
      std::to_array<std::string_view>({"commit", "create", "destroy", "die", "kill", "pause",
                                       "rename", "restart", "start", "stop", "unpause"});
  return std::ranges::find(actions, action) != actions.end();
}

// Another one started where one was removed.
bool is_replaced(const std::vector<docker::Event>& events) {
  return has(events, "start") && last_of(events, "start").id != last_of(events, "destroy").id;
}

// The engine pauses a container for as long as it makes an image of it.
bool is_of_a_pause(std::string_view action) {
  return action == "commit" || action == "pause" || action == "unpause";
}

DeedKind kind_of_pause(const std::vector<docker::Event>& events) {
  if (has(events, "commit")) return DeedKind::committed;
  return has(events, "pause") ? DeedKind::paused : DeedKind::unpaused;
}

std::optional<DeedKind> kind_of(const std::vector<docker::Event>& events) {
  if (is_of_a_pause(events.front().action)) return kind_of_pause(events);
  const bool ended = has(events, "stop") || has(events, "die");
  if (has(events, "create"))
    return has(events, "destroy") || has(events, "rename") ? DeedKind::recreated
                                                           : DeedKind::created;
  if (has(events, "destroy")) return is_replaced(events) ? DeedKind::recreated : DeedKind::removed;
  if (has(events, "restart")) return DeedKind::restarted;
  if (has(events, "rename")) return DeedKind::renamed;
  if (has(events, "stop")) return has(events, "start") ? DeedKind::restarted : DeedKind::stopped;
  if (has(events, "kill"))
    return ended || !asks_to_end(last_of(events, "kill").attribute("signal"))
               ? std::optional(DeedKind::killed)
               : std::nullopt;
  if (has(events, "start") && !ended) return DeedKind::started;
  return std::nullopt;
}

// The event that names what is there afterwards.
const docker::Event& telling_event(DeedKind kind, const std::vector<docker::Event>& events) {
  if (has(events, "create")) return last_of(events, "create");
  if (kind == DeedKind::recreated) return last_of(events, "start");
  if (kind == DeedKind::killed) return last_of(events, "kill");
  return events.back();
}

std::optional<Deed> conclude(const std::vector<docker::Event>& events) {
  const auto kind = kind_of(events);
  if (!kind) return std::nullopt;
  const docker::Event& telling = telling_event(*kind, events);
  Deed deed = deed_of(*kind, telling);
  if (*kind == DeedKind::killed) deed.detail = telling.attribute("signal");
  deed.from = events.front().at;
  deed.until = events.back().at;
  return deed;
}

}  // namespace

std::string_view deed_text(DeedKind kind) { return texts.at(static_cast<std::size_t>(kind)); }

void DeedReader::take(const docker::Event& event, Monotonic now) {
  if (event.project.empty() || is_ballasts_own(event)) return;
  if (event.action == "die") ended_[event.id] = now;
  if (is_one_off(event)) {
    if (event.action == "create") whole_.push_back(deed_of(DeedKind::ran_once, event));
    return;
  }
  const auto* found = std::ranges::find(alone, event.action, &Alone::action);
  if (found != alone.end())
    whole_.push_back(deed_of(found->kind, event));
  else if (is_of_a_group(event.action))
    hold(event, now);
}

void DeedReader::hold(const docker::Event& event, Monotonic now) {
  if (starts_by_itself(event, now)) return;
  Group& group = groups_[group_of(event)];
  const bool only_begins = event.action == "kill" && asks_to_end(event.attribute("signal"));
  if (!group.due && !only_begins) group.due = now + togetherness;
  group.events.push_back(event);
  group.last = now;
}

std::string DeedReader::group_of(const docker::Event& event) {
  return event.project + "/" + event.attribute(docker::label_service) +
         (is_of_a_pause(event.action) ? "/paused" : "");
}

bool DeedReader::starts_by_itself(const docker::Event& event, Monotonic now) const {
  if (event.action != "start") return false;
  if (line_began_ && now - *line_began_ < start_of_the_engine) return true;
  const auto group = groups_.find(group_of(event));
  if (group != groups_.end()) return false;  // it belongs to what goes on
  const auto ended = ended_.find(event.id);
  return ended != ended_.end() && now - ended->second < longest_pause_of_the_engine;
}

std::vector<Deed> DeedReader::finished(Monotonic now) {
  std::vector<Deed> deeds = std::exchange(whole_, {});
  for (auto group = groups_.begin(); group != groups_.end();) {
    const bool is_due =
        group->second.due ? now >= *group->second.due : now - group->second.last > longest_end;
    if (!is_due) {
      ++group;
      continue;
    }
    if (auto deed = conclude(group->second.events)) {
      // A later start is somebody's, too.
      if (deed->kind == DeedKind::stopped || deed->kind == DeedKind::killed)
        ended_.erase(deed->container);
      deeds.push_back(*std::move(deed));
    }
    group = groups_.erase(group);
  }
  forget_old(now);
  return deeds;
}

std::optional<Monotonic> DeedReader::wakes() const {
  std::optional<Monotonic> earliest;
  if (!whole_.empty()) earliest = Monotonic{};
  for (const auto& [key, group] : groups_) {
    const Monotonic due = group.due.value_or(group.last + longest_end);
    if (!earliest || due < *earliest) earliest = due;
  }
  return earliest;
}

void DeedReader::line_began(Monotonic now) {
  groups_.clear();
  line_began_ = now;
}

void DeedReader::forget_old(Monotonic now) {
  std::erase_if(ended_,
                [&](const auto& one) { return now - one.second > longest_pause_of_the_engine; });
}

}  // namespace ballast
