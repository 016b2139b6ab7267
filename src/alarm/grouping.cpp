#include "alarm/grouping.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/kept_alert.h"

namespace ballast {

namespace {

// Long enough for ten containers to die of one cause, short enough that nobody waits for the rest.
constexpr Duration gathering = std::chrono::seconds(10);

std::string slot_of(const Alert& alert) { return fmt::format("{}/{}", alert.stack, alert.rule); }

bool contains(const std::vector<std::string>& keys, const std::string& key) {
  return std::ranges::find(keys, key) != keys.end();
}

Alert* find_alert(std::vector<Alert>& alerts, const std::string& key) {
  const auto found = std::ranges::find(alerts, key, &Alert::key);
  return found == alerts.end() ? nullptr : &*found;
}

bool is_resolved(const Alert& alert) { return alert.news == News::resolved; }

void move_some(std::vector<Alert>& from, std::vector<Alert>& to, bool resolved) {
  for (const Alert& alert : from)
    if (is_resolved(alert) == resolved) to.push_back(alert);
}

Message message_of(const std::string& group, bool closes, Severity worst,
                   std::vector<Alert> alerts) {
  return {.id = {},
          .host = {},
          .group = group,
          .closes = closes,
          .at_least = worst,
          .at = {},
          .alerts = std::move(alerts),
          .explained = {},
          .change = {},
          .lasts = {},
          .audit_head = {}};
}

}  // namespace

std::vector<Message> Grouping::add(std::span<const Alert> alerts, Instant now) {
  std::vector<Draft> drafts;
  for (const Alert& alert : alerts) take(alert, now, drafts);
  auto messages = messages_of(drafts);
  forget_what_is_over();
  return messages;
}

std::vector<Message> Grouping::due(Instant now) {
  std::vector<Draft> drafts;
  for (Group& group : groups_) {
    if (group.gathered.empty() || now < group.gathers_until) continue;
    Draft& draft = draft_for(group, drafts);
    move_some(group.gathered, draft.bad, false);
    move_some(group.gathered, draft.good, true);
    group.gathered.clear();
    for (const Alert& alert : draft.bad) group.firing.push_back(alert.key());
  }
  auto messages = messages_of(drafts);
  forget_what_is_over();
  return messages;
}

std::optional<Instant> Grouping::wakes() const {
  std::optional<Instant> earliest;
  for (const Group& group : groups_)
    if (!group.gathered.empty() && (!earliest || group.gathers_until < *earliest))
      earliest = group.gathers_until;
  return earliest;
}

void Grouping::know(const Alert& alert, const std::string& group) {
  groups_.push_back({.slot = slot_of(alert),
                     .key = group,
                     .gathers_until = {},
                     .firing = {alert.key()},
                     .gathered = {},
                     .worst = alert.severity});
}

void Grouping::take(const Alert& alert, Instant now, std::vector<Draft>& drafts) {
  if (is_resolved(alert))
    take_good(alert, now, drafts);
  else
    take_bad(alert, now, drafts);
}

// What was sent before, and now is worse or still so, waits for nothing.
void Grouping::take_bad(const Alert& alert, Instant now, std::vector<Draft>& drafts) {
  if (Group* group = group_with(alert.key())) {
    if (Alert* waiting = find_alert(group->gathered, alert.key()))
      *waiting = alert;
    else
      draft_for(*group, drafts).bad.push_back(alert);
    return;
  }
  Group* gatherer = group_that_gathers(alert, now);
  const bool opened_now = gatherer != nullptr && gatherer->gathers_until == now + gathering;
  if (gatherer != nullptr && !opened_now) {
    gatherer->gathered.push_back(alert);
    return;
  }
  Group& group = gatherer != nullptr ? *gatherer : open(alert, now);
  group.firing.push_back(alert.key());
  draft_for(group, drafts).bad.push_back(alert);
}

// One that is over before it was sent is still told, with the rest: somebody may look for the
// cause.
void Grouping::take_good(const Alert& alert, Instant now, std::vector<Draft>& drafts) {
  Group* group = group_with(alert.key());
  if (group == nullptr) group = &open(alert, now);
  if (Alert* waiting = find_alert(group->gathered, alert.key())) {
    *waiting = alert;
    return;
  }
  std::erase(group->firing, alert.key());
  draft_for(*group, drafts).good.push_back(alert);
}

Grouping::Group* Grouping::group_with(const std::string& key) {
  for (Group& group : groups_)
    if (contains(group.firing, key) || find_alert(group.gathered, key) != nullptr) return &group;
  return nullptr;
}

Grouping::Group* Grouping::group_that_gathers(const Alert& alert, Instant now) {
  for (Group& group : groups_)
    if (group.slot == slot_of(alert) && now < group.gathers_until && !group.firing.empty())
      return &group;
  return nullptr;
}

Grouping::Group& Grouping::open(const Alert& alert, Instant now) {
  groups_.push_back({.slot = slot_of(alert),
                     .key = alert.key(),
                     .gathers_until = now + gathering,
                     .firing = {},
                     .gathered = {}});
  return groups_.back();
}

Grouping::Draft& Grouping::draft_for(Group& group, std::vector<Draft>& drafts) {
  const auto found = std::ranges::find(drafts, &group, &Draft::group);
  if (found != drafts.end()) return *found;
  drafts.push_back({.group = &group, .bad = {}, .good = {}});
  return drafts.back();
}

std::vector<Message> Grouping::messages_of(std::vector<Draft>& drafts) {
  std::vector<Message> messages;
  for (Draft& draft : drafts) {
    Group& group = *draft.group;
    const bool over = group.firing.empty() && group.gathered.empty();
    for (const Alert& alert : draft.bad) group.worst = std::max(group.worst, alert.severity);
    if (!draft.bad.empty())
      messages.push_back(message_of(group.key, false, Severity::info, std::move(draft.bad)));
    if (!draft.good.empty())
      messages.push_back(message_of(group.key, over, group.worst, std::move(draft.good)));
  }
  return messages;
}

void Grouping::forget_what_is_over() {
  groups_.remove_if(
      [](const Group& group) { return group.firing.empty() && group.gathered.empty(); });
}

Json Grouping::json() const {
  Json list = Json::array();
  for (const Group& group : groups_) {
    Json gathered = Json::array();
    for (const Alert& alert : group.gathered) gathered.push_back(alert_json(alert));
    list.push_back({{"slot", group.slot},
                    {"key", group.key},
                    {"gathers_until", group.gathers_until.count()},
                    {"firing", group.firing},
                    {"worst", severity_text(group.worst)},
                    {"gathered", gathered}});
  }
  return list;
}

Grouping Grouping::parse(const Json& json) {
  Grouping grouping;
  if (!json.is_array()) return grouping;
  for (const Json& one : json) {
    Group group{.slot = text_at(one, "slot"),
                .key = text_at(one, "key"),
                .gathers_until = Instant(number_at(one, "gathers_until")),
                .firing = {},
                .gathered = {},
                .worst = parse_severity(text_at(one, "worst")).value_or(Severity::info)};
    group.firing = texts_in(member(one, "firing"));
    for (const Json& alert : member(one, "gathered"))
      if (const auto kept = kept_alert(alert)) group.gathered.push_back(*kept);
    grouping.groups_.push_back(std::move(group));
  }
  grouping.forget_what_is_over();
  return grouping;
}

}  // namespace ballast
