#include "schedule/job_notes.h"

namespace ballast {

namespace {

constexpr std::string_view schema = "ballast.schedule-notes/1";

Time time_at(const Json& json, std::string_view key) {
  return parse_time(text_at(json, key)).value_or(Time{});
}

const Json& object_at(const Json& json, std::string_view key) {
  static const Json none = Json::object();
  const Json& found = member(json, key);
  return found.is_object() ? found : none;
}

Json attempt_json(const Attempt& attempt) {
  return {{"slot", iso_utc(attempt.slot)},
          {"number", attempt.number},
          {"started", iso_utc(attempt.started)},
          {"ended", attempt.ended ? Json(iso_utc(*attempt.ended)) : Json()},
          {"exit", attempt.exit_status},
          {"settled", attempt.settled},
          {"message", attempt.message}};
}

std::optional<Attempt> attempt_from(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  return Attempt{.slot = time_at(json, "slot"),
                 .number = static_cast<int>(number_at(json, "number", 1)),
                 .started = time_at(json, "started"),
                 .ended = parse_time(text_at(json, "ended")),
                 .exit_status = static_cast<int>(number_at(json, "exit")),
                 .settled = flag_at(json, "settled"),
                 .message = text_at(json, "message")};
}

}  // namespace

Json notes_json(const ScheduleNotes& notes) {
  Json jobs = Json::object();
  for (const auto& [key, note] : notes.jobs)
    jobs[key] = {{"schedule", note.schedule},
                 {"since", iso_utc(note.since)},
                 {"attempt", note.attempt ? attempt_json(*note.attempt) : Json()}};
  Json told = Json::object();
  for (const auto& [about, text] : notes.told) told[about] = text;
  return {{"schema", schema}, {"jobs", jobs}, {"told", told}};
}

std::optional<ScheduleNotes> notes_from(std::string_view text) {
  const auto json = parse_json(text);
  if (!json || text_at(*json, "schema") != schema) return std::nullopt;
  ScheduleNotes notes;
  for (const auto& [key, note] : object_at(*json, "jobs").items())
    notes.jobs[key] = {.schedule = text_at(note, "schedule"),
                       .since = time_at(note, "since"),
                       .attempt = attempt_from(member(note, "attempt"))};
  for (const auto& [about, said] : object_at(*json, "told").items())
    if (said.is_string()) notes.told[about] = said.get<std::string>();
  return notes;
}

JobNote note_of(const ScheduleNotes& notes, const Job& job, Time now) {
  const JobNote fresh{.schedule = job.time.text(),
                      .since = std::chrono::floor<std::chrono::seconds>(now),
                      .attempt = std::nullopt};
  const auto found = notes.jobs.find(job.key());
  if (found == notes.jobs.end() || found->second.schedule != fresh.schedule) return fresh;
  JobNote note = found->second;
  if (note.since > now) note.since = fresh.since;
  if (note.attempt && note.attempt->started > now) note.attempt.reset();
  return note;
}

}  // namespace ballast
