#include "drift/book.h"

#include <fmt/format.h>

#include <algorithm>

#include "live/modified_by_hand.h"
#include "live/records.h"

namespace ballast {

namespace {

constexpr const char* fact_name = "drift";
constexpr const char* session_fact = "session-open";
constexpr std::string_view audit_kind = "drift";
// Its end is written down a moment after what it did last.
constexpr Duration end_of_a_session = std::chrono::seconds(10);

std::set<std::string> texts(const Json& list) {
  std::set<std::string> found;
  if (!list.is_array()) return found;
  for (const Json& one : list)
    if (one.is_string()) found.insert(one.get<std::string>());
  return found;
}

std::vector<LoggedIn> users_of(const Json& list) {
  std::vector<LoggedIn> users;
  if (!list.is_array()) return users;
  for (const Json& one : list)
    users.push_back({.user = text_at(one, "user"),
                     .terminal = text_at(one, "terminal"),
                     .address = text_at(one, "address"),
                     .since = parse_time(text_at(one, "since")).value_or(Time{})});
  return users;
}

Json pending_json(const PendingFinding& pending) {
  Json json = {{"id", pending.id}};
  json.update(finding_json(pending.finding, pending.users));
  return json;
}

PendingFinding pending_of(const Json& json) {
  return {.id = text_at(json, "id"),
          .finding = {.what = text_at(json, "what"),
                      .subject = text_at(json, "subject"),
                      .text = text_at(json, "text"),
                      .at = parse_time(text_at(json, "at")).value_or(Time{}),
                      .changes_release = flag_at(json, "changes_release"),
                      .key = {}},
          .users = users_of(member(json, "logged_in"))};
}

// Only what is new of the files in a container.
DriftFinding finding_of(const Difference& difference, const std::set<std::string>& known,
                        Time now) {
  Difference fresh = difference;
  if (fresh.paths.size() == fresh.keys.size()) {
    fresh.paths.clear();
    for (std::size_t number = 0; number < difference.paths.size(); ++number)
      if (!known.contains(difference.keys[number])) fresh.paths.push_back(difference.paths[number]);
  }
  return {.what = fresh.what,
          .subject = fresh.subject,
          .text = fresh.text(),
          .at = now,
          .changes_release = fresh.changes_release,
          .key = {}};
}

// Of a container that was made by then.
bool was_seen_to_be_made(const Difference& difference, const DriftState& state) {
  constexpr Duration slack = std::chrono::seconds(10);
  if (difference.what == "files" || difference.what == "env") return false;
  const auto replaced = state.replaced.find(difference.subject);
  if (replaced == state.replaced.end()) return false;
  return !difference.changed || *difference.changed <= replaced->second + slack;
}

}  // namespace

Json state_json(const DriftState& state) {
  Json own = Json::object();
  for (const auto& [container, paths] : state.own) own[container] = paths;
  Json pending = Json::array();
  for (const PendingFinding& one : state.pending) pending.push_back(pending_json(one));
  Json replaced = Json::object();
  for (const auto& [service, time] : state.replaced) replaced[service] = iso_utc(time);
  return {{"known", state.known},
          {"session", state.session},
          {"own", own},
          {"replaced", replaced},
          {"deed", state.deed ? Json(iso_utc(*state.deed)) : Json()},
          {"pending", pending}};
}

DriftState parse_state(const Json& json) {
  DriftState state{.known = texts(member(json, "known")),
                   .session = text_at(json, "session"),
                   .own = {},
                   .replaced = {},
                   .deed = parse_time(text_at(json, "deed")),
                   .pending = {}};
  if (const Json& own = member(json, "own"); own.is_object())
    for (const auto& [container, paths] : own.items()) state.own[container] = texts(paths);
  if (const Json& replaced = member(json, "replaced"); replaced.is_object())
    for (const auto& [service, time] : replaced.items())
      if (const auto when = parse_time(time.is_string() ? time.get<std::string>() : ""))
        state.replaced[service] = *when;
  if (const Json& pending = member(json, "pending"); pending.is_array())
    for (const Json& one : pending) state.pending.push_back(pending_of(one));
  return state;
}

DriftState drift_state(const Journal& journal, const std::string& stack) {
  const auto fact = journal.fact(stack, fact_name);
  return fact ? parse_state(fact->value) : DriftState{};
}

std::vector<DriftFinding> news_of(const DriftReport& report, const std::string& session,
                                  DriftState& state) {
  const bool is_the_sessions = !session.empty() && session != state.session;
  std::vector<DriftFinding> news;
  std::set<std::string> keys;
  for (const Difference& difference : report.differences) {
    const bool is_known = std::ranges::all_of(
        difference.keys, [&](const std::string& key) { return state.known.contains(key); });
    keys.insert(difference.keys.begin(), difference.keys.end());
    if (!is_known && !is_the_sessions && !was_seen_to_be_made(difference, state))
      news.push_back(finding_of(difference, state.known, report.at));
  }
  // What could not be compared now may be there still.
  if (report.unknown.empty()) state.known.clear();
  state.known.insert(keys.begin(), keys.end());
  if (!session.empty()) state.session = session;
  return news;
}

DriftBook::DriftBook(Host& host, Journal& journal, std::string stack)
    : host_(host),
      journal_(journal),
      stack_(std::move(stack)),
      state_(drift_state(journal, stack_)) {
  for (const PendingFinding& one : state_.pending) record(one);
}

void DriftBook::add(const std::vector<DriftFinding>& findings, const std::vector<LoggedIn>& users) {
  const std::size_t before = state_.pending.size();
  for (const DriftFinding& finding : findings)
    state_.pending.push_back({.id = new_operation_id(host_), .finding = finding, .users = users});
  keep();
  for (std::size_t number = before; number < state_.pending.size(); ++number)
    record(state_.pending[number]);
}

void DriftBook::keep() {
  journal_.set_fact(stack_, fact_name, state_json(state_), host_.clock.now());
}

// A kill may have come between the record and what follows it: it stands there once.
void DriftBook::record(const PendingFinding& pending) {
  const auto records = recorded_findings(journal_, stack_, pending.finding.at);
  const bool stands_there = std::ranges::any_of(
      records, [&](const Json& one) { return text_at(one, "id") == pending.id; });
  if (!stands_there)
    journal_.append_audit({.kind = std::string(audit_kind),
                           .stack = stack_,
                           .who = author_text(pending.users),
                           .content = pending_json(pending),
                           .at = host_.clock.now()});
  if (pending.finding.changes_release && !modified_by_hand(journal_, stack_))
    note_modified_by_hand(
        journal_, stack_,
        {.since = host_.clock.now(), .session = {}, .reason = pending.finding.text, .release = {}});
}

void DriftBook::told() {
  if (state_.pending.empty()) return;
  state_.pending.clear();
  keep();
}

std::optional<Period> session_period(const Journal& journal, const std::string& stack, Time now) {
  const auto fact = journal.fact(stack, session_fact);
  if (!fact) return std::nullopt;
  if (!fact->value.is_object())
    return Period{.from = fact->at - end_of_a_session, .until = fact->at};
  const auto until = parse_time(text_at(fact->value, "until"));
  if (until && *until + end_of_a_session < now) return Period{.from = fact->at, .until = *until};
  return Period{.from = fact->at, .until = Time::max()};
}

std::vector<Period> operation_periods(const Journal& journal, const std::string& stack,
                                      Time since) {
  constexpr Duration longest = std::chrono::hours(24);
  std::vector<Period> periods;
  journal.newest_operation(stack, [&](const OperationRecord& operation) {
    periods.push_back({.from = operation.started, .until = operation.ended.value_or(Time::max())});
    return operation.started < since - longest;
  });
  return periods;
}

std::vector<Json> recorded_findings(const Journal& journal, const std::string& stack, Time since) {
  std::vector<Json> found;
  for (const AuditRecord& record : journal.audit_records()) {
    if (record.kind != audit_kind || record.stack != stack || record.at < since) continue;
    Json content = record.content;
    content["who"] = record.who;
    found.push_back(std::move(content));
  }
  return found;
}

}  // namespace ballast
