#include "cli/break_glass_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/table.h"
#include "session/incident.h"

namespace ballast {

namespace {

std::string to_do_text(const BreakGlass& session) {
  std::vector<std::string> names;
  for (const FollowUp& one : session.follow_ups)
    if (!one.done) names.push_back(one.name);
  return join(names, ", ");
}

std::string changed_text(const BreakGlass& session) {
  if (!session.closed) return "";
  if (!session.changed) return "unknown";
  return *session.changed ? "yes" : "no";
}

std::string person_text(const Person& person) {
  return fmt::format("{} (uid {}{})", printable(person.name), person.user,
                     person.from_kernel ? "" : ", nobody logged in");
}

std::string status_text(const Recording& recording) {
  if (!recording.ended) return "runs";
  const std::string status = recording.status ? std::to_string(*recording.status) : "unknown";
  return recording.ending == "itself" ? status : fmt::format("{} ({})", status, recording.ending);
}

void print_recordings(Output& output, const std::vector<Recording>& recordings) {
  if (recordings.empty()) return;
  Table table({"RECORDING", "BY", "BEGAN", "WHAT", "EXIT"});
  for (const Recording& recording : recordings)
    table.row({recording_file(recording.number, "cast"), recording.by.name,
               iso_local(recording.began), words_of(recording), status_text(recording)});
  output.line("");
  table.print(output);
}

void print_list(Output& output, const Json& list) {
  for (const Json& text : list)
    if (text.is_string()) output.line("  " + printable(text.get<std::string>()));
}

}  // namespace

Json session_json(const SessionReport& report, Time now) {
  Json json = break_glass_json(report.session);
  json.erase("schema");
  json["state"] = report.session.state(now);
  json["folder"] = report.folder;
  Json recordings = Json::array();
  for (const Recording& recording : report.recordings) {
    recordings.push_back(recording_json(recording));
    recordings.back().erase("schema");
  }
  json["recordings"] = recordings;
  json["changes"] = report.changes;
  return json;
}

void print_sessions(Output& output, const std::vector<SessionReport>& sessions, Time now) {
  if (sessions.empty()) return output.remark("no break-glass session is known");
  Table table({"ID", "STACK", "STATE", "BY", "UNTIL", "CHANGED", "TO DO", "REASON"});
  for (const SessionReport& report : sessions) {
    const BreakGlass& session = report.session;
    table.row({session.id, session.stack, std::string(session.state(now)), session.opened_by.name,
               iso_local(session.closed.value_or(session.until())), changed_text(session),
               to_do_text(session), session.reason});
  }
  table.print(output);
}

void print_changes(Output& output, const Json& changes) {
  for (const Json& file : member(changes, "files")) {
    const std::string patch = text_at(file, "patch");
    output.line(fmt::format("  {} in {}: {}, {}", printable(text_at(file, "path")),
                            text_at(file, "service"), text_at(file, "change"),
                            patch.empty() ? text_at(file, "content") : "see " + patch));
  }
  for (const Json& variable : member(changes, "variables"))
    output.line(fmt::format("  {} in .env: {}", printable(text_at(variable, "name")),
                            text_at(variable, "change")));
  for (const Json& name : member(changes, "stack_files"))
    if (name.is_string())
      output.line(fmt::format("  {}: changed", printable(name.get<std::string>())));
  print_list(output, member(changes, "containers"));
  for (const Json& trouble : member(changes, "troubles"))
    if (trouble.is_string())
      output.line("  not compared: " + printable(trouble.get<std::string>()));
}

void print_to_do(Output& output, const BreakGlass& session) {
  for (const FollowUp& one : session.follow_ups)
    output.line(fmt::format("  [{}] {}{}", one.done ? 'x' : ' ', follow_up_title(one.name),
                            one.link.empty() ? "" : ": " + printable(one.link)));
}

void print_session(Output& output, const SessionReport& report, Time now) {
  const BreakGlass& session = report.session;
  output.line(fmt::format("{} on {}: {}", session.id, session.stack, session.state(now)));
  output.line(fmt::format("  reason: {}", printable(session.reason)));
  if (!session.ticket.empty()) output.line("  ticket: " + printable(session.ticket));
  output.line(
      fmt::format("  opened: {} by {}", iso_local(session.opened), person_text(session.opened_by)));
  if (session.approved)
    output.line(fmt::format("  approved: {} by {}", iso_local(*session.approved),
                            person_text(*session.approved_by)));
  if (session.closed)
    output.line(fmt::format("  closed: {} by {}", iso_local(*session.closed),
                            printable(session.closed_by)));
  else
    output.line("  until: " + iso_local(session.until()));
  output.line("  folder: " + report.folder);
  print_recordings(output, report.recordings);
  if (!session.closed) return;
  output.line(fmt::format("\nchanged: {}", changed_text(session)));
  print_changes(output, report.changes);
  if (session.follow_ups.empty()) return;
  output.line("to do:");
  print_to_do(output, session);
}

}  // namespace ballast
