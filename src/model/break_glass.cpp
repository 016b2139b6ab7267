#include "model/break_glass.h"

#include <fmt/format.h>

#include <algorithm>

namespace ballast {

namespace {

constexpr std::string_view session_schema = "ballast.session/1";
constexpr std::string_view recording_schema = "ballast.recording/1";

Json time_json(const std::optional<Time>& time) { return time ? Json(iso_utc(*time)) : Json(); }

std::optional<Time> time_at(const Json& json, std::string_view key) {
  return parse_time(text_at(json, key));
}

Json person_json(const Person& person) {
  return {{"name", person.name}, {"user", person.user}, {"from_kernel", person.from_kernel}};
}

Json person_json(const std::optional<Person>& person) {
  return person ? person_json(*person) : Json();
}

Person person_at(const Json& json, std::string_view key) {
  const Json& person = member(json, key);
  return {.name = text_at(person, "name"),
          .user = static_cast<unsigned>(number_at(person, "user")),
          .from_kernel = flag_at(person, "from_kernel")};
}

Json follow_up_json(const FollowUp& follow_up) {
  return {{"name", follow_up.name},
          {"link", follow_up.link},
          {"by", follow_up.by},
          {"done", time_json(follow_up.done)}};
}

FollowUp parse_follow_up(const Json& json) {
  return {.name = text_at(json, "name"),
          .link = text_at(json, "link"),
          .by = text_at(json, "by"),
          .done = time_at(json, "done")};
}

Json list_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

long long milliseconds(Duration duration) { return duration.count(); }

std::optional<Json> of_schema(std::string_view text, std::string_view schema) {
  auto json = parse_json(text);
  if (!json || text_at(*json, "schema") != schema) return std::nullopt;
  return json;
}

}  // namespace

std::string_view BreakGlass::state(Time now) const {
  if (closed) return "closed";
  if (now >= until()) return "expired";
  return awaits_approval() ? "awaiting-approval" : "open";
}

bool BreakGlass::is_done() const {
  return closed && std::ranges::all_of(follow_ups, [](const FollowUp& follow_up) {
           return follow_up.done.has_value();
         });
}

Json break_glass_json(const BreakGlass& session) {
  Json follow_ups = Json::array();
  for (const FollowUp& follow_up : session.follow_ups)
    follow_ups.push_back(follow_up_json(follow_up));
  return {{"schema", session_schema},
          {"id", session.id},
          {"stack", session.stack},
          {"project", session.project},
          {"reason", session.reason},
          {"ticket", session.ticket},
          {"opened_by", person_json(session.opened_by)},
          {"opened", iso_utc(session.opened)},
          {"until", iso_utc(session.until())},
          {"length_ms", milliseconds(session.length)},
          {"keep_ms", milliseconds(session.keep)},
          {"needs_approval", session.needs_approval},
          {"approved_by", person_json(session.approved_by)},
          {"approved", time_json(session.approved)},
          {"closed", time_json(session.closed)},
          {"closed_by", session.closed_by},
          {"changed", session.changed ? Json(*session.changed) : Json()},
          {"follow_ups", follow_ups}};
}

Json recording_json(const Recording& recording) {
  return {{"schema", recording_schema},
          {"number", recording.number},
          {"place", recording.place},
          {"container", recording.container},
          {"argv", list_json(recording.argv)},
          {"by", person_json(recording.by)},
          {"began", iso_utc(recording.began)},
          {"ended", time_json(recording.ended)},
          {"exit", recording.status ? Json(*recording.status) : Json()},
          {"ending", recording.ending},
          {"sha256", recording.sha256},
          {"process", recording.process},
          {"boot", recording.boot}};
}

std::optional<BreakGlass> parse_break_glass(std::string_view text) {
  const auto json = of_schema(text, session_schema);
  const auto opened = json ? time_at(*json, "opened") : std::nullopt;
  if (!opened) return std::nullopt;
  BreakGlass session{.id = text_at(*json, "id"),
                     .stack = text_at(*json, "stack"),
                     .project = text_at(*json, "project"),
                     .reason = text_at(*json, "reason"),
                     .ticket = text_at(*json, "ticket"),
                     .opened_by = person_at(*json, "opened_by"),
                     .opened = *opened,
                     .length = Duration(number_at(*json, "length_ms")),
                     .keep = Duration(number_at(*json, "keep_ms")),
                     .needs_approval = flag_at(*json, "needs_approval"),
                     .approved_by = {},
                     .approved = time_at(*json, "approved"),
                     .closed = time_at(*json, "closed"),
                     .closed_by = text_at(*json, "closed_by"),
                     .changed = {},
                     .follow_ups = {}};
  if (session.approved) session.approved_by = person_at(*json, "approved_by");
  if (member(*json, "changed").is_boolean()) session.changed = flag_at(*json, "changed");
  for (const Json& follow_up : member(*json, "follow_ups"))
    session.follow_ups.push_back(parse_follow_up(follow_up));
  return session;
}

std::optional<Recording> parse_recording(std::string_view text) {
  const auto json = of_schema(text, recording_schema);
  const auto began = json ? time_at(*json, "began") : std::nullopt;
  if (!began) return std::nullopt;
  Recording recording{.number = static_cast<int>(number_at(*json, "number")),
                      .place = text_at(*json, "place"),
                      .container = text_at(*json, "container"),
                      .argv = {},
                      .by = person_at(*json, "by"),
                      .began = *began,
                      .ended = time_at(*json, "ended"),
                      .status = {},
                      .ending = text_at(*json, "ending"),
                      .sha256 = text_at(*json, "sha256"),
                      .process = number_at(*json, "process"),
                      .boot = text_at(*json, "boot")};
  if (member(*json, "exit").is_number())
    recording.status = static_cast<int>(number_at(*json, "exit"));
  recording.argv = texts_in(member(*json, "argv"));
  return recording;
}

std::string recording_file(int number, std::string_view kind) {
  return fmt::format("{:03}.{}", number, kind);
}

}  // namespace ballast
