#include "alarm/book.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "model/kept_alert.h"

namespace ballast {

namespace {

AlertName name_of(const Alert& alert) {
  return {.rule = alert.rule, .stack = alert.stack, .subject = alert.subject};
}

// Causes come before what they explain, so that in one round both do not page.
bool comes_first(const Watched* left, const Watched* right) {
  return explains_more(left->alert.rule, right->alert.rule);
}

std::vector<const Watched*> causes_first(std::span<const Watched> watched) {
  std::vector<const Watched*> order;
  for (const Watched& one : watched) order.push_back(&one);
  std::ranges::stable_sort(order, comes_first);
  return order;
}

}  // namespace

void AlarmBook::add(const Round& round) {
  const Instant now = timeline_.advance(round.clocks);
  auto pages = pages_of(round);
  for (Alert& gone : pages_of_the_gone(round)) pages.push_back(std::move(gone));
  send(grouping_.add(pages, now), round);
  send(grouping_.due(now), round);
}

void AlarmBook::know(const Message& message) {
  for (const Alert& alert : message.alerts) {
    if (alert.news == News::resolved) continue;
    Entry& entry = entries_[alert.key()];
    if (entry.alarm.is_told()) continue;
    entry.alarm = Alarm::told_before(timeline_.now());
    entry.alert = alert;
    grouping_.know(alert, message.group);
  }
}

std::vector<Alert> AlarmBook::pages_of(const Round& round) {
  std::vector<Alert> pages;
  for (const Watched* one : causes_first(round.watched)) {
    const Mute mute =
        mute_of(name_of(one->alert), round.silences, round.works, causes(), round.clocks.wall);
    if (auto page = observe(*one, mute, round.clocks)) pages.push_back(*std::move(page));
  }
  return pages;
}

std::optional<Alert> AlarmBook::observe(const Watched& watched, Mute mute, const Clocks& clocks) {
  Entry& entry = entries_[watched.alert.key()];
  const bool was_bad = entry.alarm.is_bad();
  const Alert before = std::exchange(entry.alert, watched.alert);
  const Mute mute_before = std::exchange(entry.mute, mute);
  if (mute_before == Mute::suppressed && mute != Mute::suppressed)
    entry.unexplained = clocks.monotonic;
  const Instant now = timeline_.now();
  const auto verdict = verdict_that_counts(entry, watched);
  const auto page = verdict ? entry.alarm.observe(watched.rule, *verdict, mute, now)
                            : entry.alarm.wait(watched.rule, mute, now);
  entry.alert.since = was_bad ? before.since : clocks.wall;
  if (!page) return std::nullopt;
  Alert told = entry.alert;
  told.news = page->news;
  told.unknown = page->unknown;
  // Who was told that it began, by whatever severity it had then, hears of its end.
  if (page->news == News::resolved) told.severity = std::max(told.severity, before.severity);
  if (page->news == News::resolved) told.until = clocks.wall;
  return told;
}

// What was seen while something explained it may be over by now.
std::optional<Verdict> AlarmBook::verdict_that_counts(const Entry& entry, const Watched& watched) {
  const bool is_good = watched.verdict == Verdict::pass;
  return is_good || watched.seen >= entry.unexplained ? watched.verdict : std::nullopt;
}

std::vector<Alert> AlarmBook::pages_of_the_gone(const Round& round) {
  std::set<std::string> listed;
  for (const Watched& one : round.watched) listed.insert(one.alert.key());
  const auto is_unseen = [&](const Alert& alert) {
    return std::ranges::find(round.unseen, alert.stack) != round.unseen.end();
  };
  std::vector<Alert> pages;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (listed.contains(entry->first) || is_unseen(entry->second.alert)) {
      ++entry;
      continue;
    }
    Watched gone{.alert = entry->second.alert, .rule = {}, .verdict = Verdict::pass};
    gone.alert.text = "it is not there any more";
    if (auto page = observe(gone, Mute::none, round.clocks)) pages.push_back(*std::move(page));
    entry = entries_.erase(entry);
  }
  return pages;
}

std::vector<AlertName> AlarmBook::causes() const {
  std::vector<AlertName> names;
  // One that a person silenced is known as well.
  for (const auto& [key, entry] : entries_) {
    const bool is_known = entry.alarm.is_told() || entry.mute == Mute::silenced;
    if (is_known && entry.alarm.state() == AlarmState::firing)
      names.push_back(name_of(entry.alert));
  }
  return names;
}

void AlarmBook::send(std::vector<Message> messages, const Round& round) {
  for (Message& message : messages) {
    message.id = fmt::format("{}-{:08x}", compact_utc(round.clocks.wall), ++count_);
    message.host = round.host;
    message.at = round.clocks.wall;
    if (message.firing()) {
      const auto change = round.changes.find(message.lead().stack);
      if (change != round.changes.end()) message.change = change->second;
      message.explained = explained_by(message.lead());
    }
    outbox_.push_back(std::move(message));
  }
}

std::vector<std::string> AlarmBook::explained_by(const Alert& cause) const {
  std::vector<std::string> names;
  for (const auto& [key, entry] : entries_)
    if (entry.alarm.is_bad() && explains(name_of(cause), name_of(entry.alert)))
      names.push_back(entry.alert.name());
  return names;
}

std::vector<Alert> AlarmBook::firing() const {
  std::vector<Alert> alerts;
  for (const auto& [key, entry] : entries_) {
    if (!entry.alarm.is_told()) continue;
    alerts.push_back(entry.alert);
    alerts.back().unknown = entry.alarm.state() == AlarmState::unknown;
  }
  return alerts;
}

std::optional<Duration> AlarmBook::wakes(std::span<const Watched> watched) const {
  std::optional<Instant> earliest = grouping_.wakes();
  for (const Watched& one : watched) {
    const auto entry = entries_.find(one.alert.key());
    const auto wakes = entry == entries_.end() ? std::nullopt : entry->second.alarm.wakes(one.rule);
    if (wakes && (!earliest || *wakes < *earliest)) earliest = wakes;
  }
  if (!earliest) return std::nullopt;
  return std::max(Duration(*earliest - timeline_.now()), Duration::zero());
}

Json AlarmBook::json() const {
  Json entries = Json::array();
  for (const auto& [key, entry] : entries_)
    if (entry.alarm.has_anything_to_keep())
      entries.push_back({{"alert", alert_json(entry.alert)}, {"alarm", entry.alarm.json()}});
  Json outbox = Json::array();
  for (const Message& message : outbox_) outbox.push_back(message_json(message));
  return {{"schema", "ballast.alarms/1"},
          {"timeline", timeline_.json()},
          {"alarms", entries},
          {"groups", grouping_.json()},
          {"outbox", outbox},
          {"count", count_}};
}

AlarmBook AlarmBook::parse(const Json& json) {
  AlarmBook book;
  book.timeline_ = Timeline::parse(member(json, "timeline"));
  book.grouping_ = Grouping::parse(member(json, "groups"));
  book.count_ = static_cast<unsigned long long>(std::max(number_at(json, "count"), 0LL));
  for (const Json& one : member(json, "alarms"))
    if (const auto alert = kept_alert(member(one, "alert")))
      book.entries_[alert->key()] = {.alarm = Alarm::parse(member(one, "alarm")), .alert = *alert};
  for (const Json& one : member(json, "outbox"))
    if (auto message = kept_message(one)) book.outbox_.push_back(*std::move(message));
  return book;
}

}  // namespace ballast
