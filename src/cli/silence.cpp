#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/silence_text.h"
#include "cli/table.h"
#include "daemon/daemon_status.h"
#include "model/alerts.h"
#include "model/names.h"
#include "model/paths.h"

namespace ballast {

namespace {

constexpr Duration shortest = std::chrono::minutes(1);
constexpr Duration longest = std::chrono::hours(30 * 24);
constexpr std::size_t longest_reason = 256;

constexpr auto positionals = std::to_array<Positional>({
    {.name = "stack",
     .description = "name of the stack's folder; with --all the alert",
     .required = false,
     .completes = Completes::stacks},
    {.name = "alert",
     .description = "such as disk-full or \"Disk Full\" (default: every alert)",
     .required = false,
     .completes = Completes::alerts},
});

constexpr auto options = std::to_array<Option>({
    {.name = "--for", .value = "DURATION", .description = "how long, from 1m to 30d"},
    {.name = "--reason", .value = "TEXT", .description = "why, for whoever is on call"},
    {.name = "--all", .value = "", .description = "every stack, and the server itself"},
    {.name = "--end", .value = "ID", .description = "end this silence now"},
    operator_option,
    json_option,
});

// --- what is asked for ---

const AlertKind* alert_called(std::string_view word) {
  if (const AlertKind* kind = find_alert(word)) return kind;
  const auto alerts = all_alerts();
  const auto found = std::ranges::find_if(
      alerts, [&](const AlertKind& kind) { return lower(kind.title) == lower(word); });
  return found == alerts.end() ? nullptr : &*found;
}

[[noreturn]] void unknown_alert(std::string_view word) {
  std::vector<std::string> ids;
  for (const AlertKind& kind : all_alerts()) ids.emplace_back(kind.id);
  const auto near = nearest(replace_all(lower(word), " ", "-"), ids);
  throw Error(Kind::usage, fmt::format("no alert `{}`", printable(word)),
              near ? fmt::format("did you mean `{}`?", *near) : "alerts: " + join(ids, ", "));
}

// Empty: every alert.
std::string rule_called(const std::string& word) {
  if (word.empty()) return {};
  const AlertKind* kind = alert_called(word);
  if (kind == nullptr) unknown_alert(word);
  return std::string(kind->id);
}

void require_stack(Invocation& invocation, const std::string& stack) {
  require_stack_name(stack);
  const auto known = invocation.features().stack_names();
  if (std::ranges::find(known, stack) != known.end()) return;
  const auto near = nearest(stack, known);
  throw Error(
      Kind::usage,
      fmt::format("no stack `{}` in {}", stack, Paths{.root = invocation.root()}.stacks()),
      near ? fmt::format("did you mean `{}`?", *near) : "for every stack: ballast silence --all");
}

Duration length_of(const Arguments& arguments) {
  const auto given = arguments.value("--for");
  if (!given)
    throw Error(Kind::usage, "no length of time was given", "such as --for 1h; from 1m to 30d");
  const auto length = parse_duration(*given);
  if (!length)
    throw Error(Kind::usage, fmt::format("--for `{}` is not a length of time", printable(*given)),
                "such as 30m, 2h or 7d; a bare number is seconds");
  if (*length < shortest || *length > longest)
    throw Error(Kind::usage,
                fmt::format("--for `{}` is too {}", printable(*given),
                            *length < shortest ? "short" : "long"),
                "from 1m to 30d; what shall never be told is `off` in the policy, under `alerts:`");
  return *length;
}

std::string reason_of(const Arguments& arguments) {
  const std::string reason = arguments.text("--reason");
  if (reason.empty())
    throw Error(Kind::usage, "no reason was given",
                "such as --reason \"the new disk comes today\": whoever is on call reads it");
  require_field("the reason", reason, longest_reason);
  return reason;
}

AlertSilence wanted_silence(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const bool all = arguments.has("--all");
  if (all && arguments.has("alert"))
    throw Error(Kind::usage, "--all goes without a stack",
                "usage: ballast silence --all [alert] --for DURATION --reason TEXT");
  const std::string rule = rule_called(arguments.text(all ? "stack" : "alert"));
  if (!all) require_stack(invocation, arguments.text("stack"));
  const Time now = invocation.host.clock.now();
  return {.stack = all ? std::string() : arguments.text("stack"),
          .rule = rule,
          .from = now,
          .until = now + length_of(arguments),
          .reason = reason_of(arguments),
          .operator_name = operator_of(invocation),
          .id = {}};
}

// --- what is answered ---

// nullopt: it could not be asked. The silence is in the file in any case.
std::optional<bool> tell_daemon(Invocation& invocation) {
  try {
    return invocation.features().poke_daemon();
  } catch (const Error& error) {
    invocation.output.note(printable(error.message()));
    return std::nullopt;
  }
}

Json answer_json(const std::vector<AlertSilence>& silences) {
  Json list = Json::array();
  for (const AlertSilence& silence : silences) list.push_back(standing_json(silence));
  return {{"schema", "ballast.silence/1"}, {"silences", list}};
}

void print_json(Output& output, Json json) {
  json["exit"] = 0;
  output.json(json);
}

void print_json(Output& output, const AlertSilence& silence, std::optional<bool> watched) {
  Json json = answer_json({silence});
  json["watched"] = watched ? Json(*watched) : Json();
  print_json(output, std::move(json));
}

int run_add(Invocation& invocation) {
  const AlertSilence silence = invocation.features().silence(wanted_silence(invocation));
  const auto watched = tell_daemon(invocation);
  Output& output = invocation.output;
  if (output.style().json) {
    print_json(output, silence, watched);
    return 0;
  }
  output.line(
      fmt::format("{} is silenced until {}", silenced_text(silence), iso_local(silence.until)));
  output.line(fmt::format("to end it early: ballast silence --end {}", silence.id));
  if (watched == false) output.line("nobody watches now: systemctl start ballast");
  return 0;
}

void refuse_other_words(const Arguments& arguments) {
  for (const char* word : {"stack", "--for", "--reason", "--all"})
    if (arguments.has(word))
      throw Error(Kind::usage, fmt::format("{} does not go with --end", word),
                  "usage: ballast silence --end ID");
}

int run_end(Invocation& invocation, const std::string& id) {
  refuse_other_words(invocation.arguments);
  const auto ended = invocation.features().end_silence(id, operator_of(invocation));
  if (!ended)
    throw Error(Kind::usage, fmt::format("no silence `{}` is in force", printable(id)),
                "list them: ballast silence");
  const auto watched = tell_daemon(invocation);
  Output& output = invocation.output;
  if (output.style().json) {
    print_json(output, *ended, watched);
    return 0;
  }
  output.line(silenced_text(*ended) + " is no longer silenced");
  return 0;
}

int run_list(Invocation& invocation) {
  const auto silences = invocation.features().silences();
  Output& output = invocation.output;
  if (output.style().json) {
    print_json(output, answer_json(silences));
    return 0;
  }
  if (silences.empty()) output.remark("nothing is silenced");
  Table table({"ID", "STACK", "ALERT", "UNTIL", "BY", "REASON"});
  for (const AlertSilence& silence : silences)
    table.row({silence.id, silence.stack.empty() ? "(all)" : silence.stack,
               silence.rule.empty() ? "(every)" : silence.rule, iso_local(silence.until),
               silence.operator_name, silence.reason});
  if (!table.empty()) table.print(output);
  return 0;
}

bool asks_for_a_list(const Arguments& arguments) {
  return std::ranges::none_of(std::to_array({"stack", "--all", "--for", "--reason", "--operator"}),
                              [&](const char* word) { return arguments.has(word); });
}

}  // namespace

constinit const Signature silence_signature{"silence", positionals, options};

int run_silence(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  if (arguments.has("--end")) return run_end(invocation, arguments.text("--end"));
  if (asks_for_a_list(arguments)) return run_list(invocation);
  if (!arguments.has("stack") && !arguments.has("--all"))
    throw Error(Kind::usage, "no stack was given", "for every stack, and the server: --all");
  return run_add(invocation);
}

}  // namespace ballast
