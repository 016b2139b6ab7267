#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/text.h"
#include "cli/break_glass_text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "model/names.h"
#include "session/incident.h"

namespace ballast {

namespace {

constexpr std::string_view schema = "ballast.break-glass/1";

constexpr auto actions =
    std::to_array<std::string_view>({"approve", "close", "exec", "list", "open", "shell", "show"});

constexpr auto positionals = std::to_array<Positional>({
    {.name = "action",
     .description = "open, approve, exec, shell, close, list (default) or show",
     .required = false,
     .choices = actions},
    {.name = "stack",
     .description = "name of the stack's folder, or the id of a session",
     .required = false,
     .completes = Completes::stacks},
});

constexpr auto options = std::to_array<Option>({
    {.name = "--reason", .value = "TEXT", .description = "why, for all who are told"},
    {.name = "--ticket", .value = "URL", .description = "where it is written about"},
    {.name = "--for", .value = "DURATION", .description = "how long (default: 1h)"},
    {.name = "--service",
     .value = "NAME",
     .description = "in the container of this service (default: the one that is released)"},
    {.name = "--user", .value = "NAME", .description = "as this user of the container"},
    {.name = "--host", .value = "", .description = "on the server, in the stack's folder"},
    {.name = "--pull-request", .value = "URL", .description = "done: the change is in this one"},
    {.name = "--review", .value = "URL", .description = "done: it was reviewed there"},
    {.name = "--notes", .value = "URL", .description = "done: the incident is written up there"},
    json_option,
});

// --- words ---

struct Belongs {
  std::string_view option;
  std::array<std::string_view, 2> actions;
};

constexpr auto belongings = std::to_array<Belongs>({
    {"--for", {"open", ""}},
    {"--host", {"exec", "shell"}},
    {"--notes", {"close", ""}},
    {"--pull-request", {"close", ""}},
    {"--reason", {"open", ""}},
    {"--review", {"close", ""}},
    {"--service", {"exec", "shell"}},
    {"--ticket", {"open", ""}},
    {"--user", {"exec", "shell"}},
});

void refuse_strange_options(const Arguments& arguments, std::string_view action) {
  for (const Belongs& one : belongings)
    if (arguments.has(one.option) && std::ranges::find(one.actions, action) == one.actions.end())
      throw Error(Kind::usage, fmt::format("{} does not go with {}", one.option, action),
                  "see: ballast help break-glass");
  if (arguments.has(separator) && action != "exec")
    throw Error(Kind::usage, fmt::format("a command does not go with {}", action),
                "to run one: ballast break-glass exec STACK -- COMMAND");
  const bool shows_a_program = action == "exec" || action == "shell";
  if (arguments.has("--json") && shows_a_program)
    throw Error(Kind::usage, fmt::format("--json does not go with {}", action),
                "what a program says goes to the terminal; its exit status is that of ballast");
}

std::string target_of(const Arguments& arguments, std::string_view action) {
  const std::string target = arguments.text("stack");
  if (target.empty())
    throw Error(
        Kind::usage, "no stack was given",
        fmt::format("usage: ballast break-glass {} STACK; sessions: ballast break-glass list",
                    action));
  return target;
}

std::optional<Duration> length_of(const Arguments& arguments) {
  const auto given = arguments.value("--for");
  if (!given) return std::nullopt;
  const auto length = parse_duration(*given);
  if (!length || *length <= Duration::zero())
    throw Error(Kind::usage, fmt::format("--for `{}` is not a length of time", printable(*given)),
                "such as 30m or 2h; a bare number is seconds");
  return length;
}

// --- answers ---

void note_all(Invocation& invocation, const std::vector<std::string>& notes) {
  for (const std::string& note : notes) invocation.output.note(printable(note));
}

// What waits in the queues is sent by the daemon, where one runs.
void poke(Invocation& invocation) {
  try {
    invocation.features().poke_daemon();
  } catch (const Error& error) {
    invocation.output.note(printable(error.message()));
  }
}

int print_json(Output& output, const Json& about, const std::vector<std::string>& notes) {
  Json json = {{"schema", schema}};
  json.update(about);
  json["notes"] = notes;
  json["exit"] = 0;
  output.json(json);
  return 0;
}

int answer(Invocation& invocation, const BreakGlass& session,
           const std::vector<std::string>& notes) {
  const Time now = invocation.host.clock.now();
  poke(invocation);
  Output& output = invocation.output;
  if (output.style().json)
    return print_json(
        output,
        {{"session",
          session_json({.session = session, .recordings = {}, .changes = {}, .folder = {}}, now)}},
        notes);
  note_all(invocation, notes);
  if (session.awaits_approval()) {
    output.line(fmt::format("{} awaits the approval of a second person", session.id));
    output.line("they type: ballast break-glass approve " + session.id);
    return 0;
  }
  output.line(fmt::format("{}: {} is open to {} until {}", session.id, session.stack,
                          printable(session.opened_by.name), iso_local(session.until())));
  output.line(
      fmt::format("what is run so is recorded: ballast break-glass shell {0}; ballast "
                  "break-glass exec {0} -- COMMAND",
                  session.stack));
  output.line("end it: ballast break-glass close " + session.stack);
  return 0;
}

int run_open(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const std::string stack = target_of(arguments, "open");
  require_stack_name(stack);
  if (arguments.text("--reason").empty())
    throw Error(Kind::usage, "no reason was given",
                "such as --reason \"customers cannot pay\": everybody who is told reads it");
  const Opened opened = invocation.features().open_session({.stack = stack,
                                                            .reason = arguments.text("--reason"),
                                                            .ticket = arguments.text("--ticket"),
                                                            .length = length_of(arguments)});
  return answer(invocation, opened.session, opened.notes);
}

int run_approve(Invocation& invocation) {
  const Opened approved =
      invocation.features().approve_session(target_of(invocation.arguments, "approve"));
  return answer(invocation, approved.session, approved.notes);
}

// --- programs ---

int status_of(const RunResult& result) {
  const Recording& recording = result.recording;
  const std::string what = words_of(recording);
  if (recording.ending == "time-up")
    throw Error(Kind::failed,
                fmt::format("the time of {} is up: {} was ended", result.session.id, what),
                "what it changed: ballast break-glass close " + result.session.id);
  if (recording.ending == "interrupted")
    throw Error(Kind::interrupted, fmt::format("interrupted: {} was ended", what));
  if (recording.ending == "hung-up")
    throw Error(Kind::failed, fmt::format("the terminal is gone: {} was ended", what));
  return recording.status.value_or(exit_status(Kind::failed));
}

int run_program_in(Invocation& invocation, std::string_view action) {
  const Arguments& arguments = invocation.arguments;
  const std::string target = target_of(arguments, action);
  const auto argv = arguments.values(separator);
  if (action == "exec" && (argv.empty() || argv.front().empty()))
    throw Error(Kind::usage, "no command was given",
                fmt::format("usage: ballast break-glass exec {} -- COMMAND", printable(target)));
  if (arguments.has("--host"))
    for (const char* option : {"--service", "--user"})
      if (arguments.has(option))
        throw Error(Kind::usage, fmt::format("{} does not go with --host", option),
                    "--host is the server itself, as root");
  return status_of(invocation.features().run_in_session({.word = target,
                                                         .argv = argv,
                                                         .service = arguments.text("--service"),
                                                         .user = arguments.text("--user"),
                                                         .on_host = arguments.has("--host")}));
}

// --- the end ---

int run_close(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const Closed closed =
      invocation.features().close_session({.word = target_of(arguments, "close"),
                                           .pull_request = arguments.value("--pull-request"),
                                           .review = arguments.value("--review"),
                                           .notes = arguments.value("--notes")});
  poke(invocation);
  Output& output = invocation.output;
  if (output.style().json) {
    const SessionReport report{
        .session = closed.session, .recordings = {}, .changes = closed.changes, .folder = {}};
    return print_json(
        output,
        {{"session", session_json(report, invocation.host.clock.now())}, {"page", closed.page}},
        closed.notes);
  }
  note_all(invocation, closed.notes);
  output.line(fmt::format("{} on {} is closed", closed.session.id, closed.session.stack));
  print_changes(output, closed.changes);
  if (closed.session.changed == true)
    output.line(
        fmt::format("{} is modified by hand until a deploy replaces it", closed.session.stack));
  output.line("incident page: " + closed.page);
  if (closed.session.follow_ups.empty()) return 0;
  output.line("to do:");
  print_to_do(output, closed.session);
  return 0;
}

int run_list(Invocation& invocation) {
  const std::string stack = stack_of(invocation.arguments);
  const auto sessions = invocation.features().sessions(stack);
  const Time now = invocation.host.clock.now();
  if (!invocation.output.style().json) {
    print_sessions(invocation.output, sessions, now);
    return 0;
  }
  Json list = Json::array();
  for (const SessionReport& report : sessions) list.push_back(session_json(report, now));
  return print_json(invocation.output, {{"sessions", list}}, {});
}

int run_show(Invocation& invocation) {
  const SessionReport report =
      invocation.features().session_called(target_of(invocation.arguments, "show"));
  const Time now = invocation.host.clock.now();
  if (invocation.output.style().json)
    return print_json(invocation.output, {{"session", session_json(report, now)}}, {});
  print_session(invocation.output, report, now);
  return 0;
}

}  // namespace

constinit const Signature break_glass_signature{"break-glass", positionals, options, "COMMAND"};

int run_break_glass(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const std::string action = arguments.has("action")
                                 ? require_choice(positionals.front(), arguments.text("action"))
                                 : "list";
  refuse_strange_options(arguments, action);
  note_all(invocation, invocation.features().settle_sessions());
  if (action == "open") return run_open(invocation);
  if (action == "approve") return run_approve(invocation);
  if (action == "close") return run_close(invocation);
  if (action == "list") return run_list(invocation);
  if (action == "show") return run_show(invocation);
  return run_program_in(invocation, action);
}

}  // namespace ballast
