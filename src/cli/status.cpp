#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/status_alerts.h"
#include "cli/status_past.h"
#include "cli/table.h"
#include "model/paths.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({optional_stack_positional});
constexpr auto options =
    std::to_array<Option>({{.name = "--since",
                            .value = "DURATION",
                            .description = "draw what was measured in that time: 1h, 24h, 30d"},
                           json_option});

Duration asked_past(const std::string& given) {
  const auto past = parse_duration(given);
  if (!past || *past == Duration::zero())
    throw Error(Kind::usage, fmt::format("--since `{}` is not a length of time", printable(given)),
                "such as 1h, 24h or 30d");
  if (*past > longest_past)
    throw Error(Kind::usage,
                fmt::format("--since `{}` is longer than measurements are kept", printable(given)),
                fmt::format("at most {}", human_duration(longest_past)));
  return *past;
}

Json time_json(const std::optional<Time>& time) {
  return time ? Json(iso_local(*time)) : Json(nullptr);
}

Json service_json(const ServiceStatus& service) {
  return {{"name", service.name},
          {"container", text_or_null(service.container)},
          {"image", service.image},
          {"state", service.state},
          {"health", text_or_null(service.health)},
          {"since", text_or_null(service.since)}};
}

Json backup_json(const std::optional<BackupStatus>& backup) {
  if (!backup) return nullptr;
  return {{"set", text_or_null(backup->set)},
          {"at", time_json(backup->at)},
          {"drilled_at", time_json(backup->drilled_at)},
          {"drill_passed", backup->drilled_at ? Json(backup->drill_passed) : Json()}};
}

Json stack_json(const StackStatus& stack, const WatchView& view) {
  Json services = Json::array();
  for (const ServiceStatus& service : stack.services) services.push_back(service_json(service));
  Json json = {{"name", stack.name},
               {"tag", stack.tag},
               {"digest", text_or_null(stack.digest)},
               {"last_good", text_or_null(stack.last_good)},
               {"environment", text_or_null(stack.environment)},
               {"operator", text_or_null(stack.operator_name)},
               {"deployed_at", time_json(stack.deployed_at)},
               {"services", services},
               {"rollback",
                {{"ready", stack.ready_to_roll_back},
                 {"because", text_or_null(stack.ready_because)},
                 {"kind", text_or_null(stack.ready_kind)},
                 {"known_at", time_json(stack.ready_known_at)}}},
               {"backup", backup_json(stack.backup)},
               {"operation", text_or_null(stack.operation)},
               {"modified_by_hand", modified_json(stack.modified)},
               {"troubles", stack.troubles},
               {"degraded", stack.degraded}};
  add_watch_json(json, view, stack.name);
  return json;
}

Json report_json(const std::vector<StackStatus>& stacks, const WatchView& view, int status) {
  Json list = Json::array();
  for (const StackStatus& stack : stacks) list.push_back(stack_json(stack, view));
  Json report = {{"schema", "ballast.status/1"}, {"stacks", list}};
  add_watch_json(report, view);
  report["exit"] = status;
  return report;
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string since_text(const StackStatus& stack) {
  return stack.deployed_at ? iso_local(*stack.deployed_at) : "-";
}

Cell state_cell(const StackStatus& stack) {
  if (stack.degraded) return {"degraded", Colour::red};
  if (!stack.operation.empty()) return {"busy", Colour::yellow};
  return {"ok", Colour::green};
}

Cell ready_cell(const StackStatus& stack) {
  const bool ready = stack.ready_to_roll_back == "yes";
  if (ready && stack.ready_kind == "data") return {"yes, with data", Colour::yellow};
  if (ready && stack.ready_kind == "image-only") return {"only --image-only", Colour::yellow};
  return {or_dash(stack.ready_to_roll_back), ready ? Colour::green : Colour::yellow};
}

std::string remarks_text(Output& output, const std::vector<StackStatus>& stacks,
                         const WatchView& view) {
  std::string text;
  for (const StackStatus& stack : stacks) {
    if (!stack.operation.empty())
      text += fmt::format("{}: {}\n", stack.name, printable(stack.operation));
    for (const std::string& trouble : stack.troubles)
      text += fmt::format("{}: {}\n", output.paint(Colour::red, stack.name), printable(trouble));
  }
  return "\n" + text + watch_lines(output, view);
}

void show_all(Output& output, const std::vector<StackStatus>& stacks, const WatchView& view) {
  Table table({"NAME", "TAG", "SINCE", "BY", "STATE", "READY TO ROLL BACK"});
  for (const StackStatus& stack : stacks)
    table.row({stack.name, or_dash(stack.tag), since_text(stack), or_dash(stack.operator_name),
               state_cell(stack), ready_cell(stack)});
  table.print(output);
  output.text(remarks_text(output, stacks, view));
}

std::string release_text(const StackStatus& stack) {
  if (!stack.deployed_at) return "no release is recorded";
  const auto by = stack.operator_name.empty() ? "" : " by " + stack.operator_name;
  const auto environment = stack.environment.empty() ? "" : ", " + stack.environment;
  return since_text(stack) + by + environment;
}

std::string ready_text(const StackStatus& stack, Time now) {
  std::string text = or_dash(stack.ready_to_roll_back);
  if (!stack.ready_because.empty()) text += ", " + stack.ready_because;
  if (stack.ready_known_at)
    text += fmt::format(" (asked {})", human_age(now - *stack.ready_known_at));
  return text;
}

std::string backup_text(const BackupStatus& backup, Time now) {
  if (backup.set.empty()) return "none that is complete";
  std::string text = fmt::format("{}, {}", backup.set, human_age(now - *backup.at));
  if (!backup.drilled_at) return text + "; never drilled";
  return text + fmt::format("; drill {} {}", backup.drill_passed ? "passed" : "failed",
                            human_age(now - *backup.drilled_at));
}

Table sheet(const StackStatus& stack, Time now) {
  Table table({"", ""}, 2);
  table.row({"tag", or_dash(stack.tag)});
  table.row({"digest", or_dash(stack.digest)});
  table.row({"released", release_text(stack)});
  table.row({"last good", or_dash(stack.last_good)});
  table.row({"roll back", ready_text(stack, now)});
  if (stack.backup) table.row({"backup", backup_text(*stack.backup, now)});
  if (!stack.operation.empty()) table.row({"operation", {stack.operation, Colour::yellow}});
  for (const std::string& trouble : stack.troubles) table.row({"trouble", {trouble, Colour::red}});
  return table;
}

Table services_table(const StackStatus& stack) {
  Table table({"SERVICE", "STATE", "HEALTH", "SINCE", "CONTAINER", "IMAGE"}, 2);
  for (const ServiceStatus& service : stack.services)
    table.row({service.name, or_dash(service.state), or_dash(service.health),
               or_dash(service.since), or_dash(service.container), or_dash(service.image)});
  return table;
}

void show_one(Output& output, const StackStatus& stack, const WatchView& view, Time now) {
  const Cell state = state_cell(stack);
  output.line(fmt::format("{}: {}", output.paint(Colour::bold, stack.name),
                          output.paint(state.colour, state.text)));
  sheet(stack, now).print(output);
  if (!stack.services.empty()) {
    output.line("");
    services_table(stack).print(output);
  }
  show_alerts(output, view, stack.name);
}

void show_none(Invocation& invocation) {
  const auto folder = Paths{.root = invocation.root()}.stacks();
  invocation.output.line(fmt::format("no stacks in {}", folder));
  invocation.output.line(
      fmt::format("a stack is a folder {}/NAME with docker-compose.yml and .env; "
                  "`ballast init NAME` then writes its policy",
                  folder));
}

void show(Invocation& invocation, const std::vector<StackStatus>& stacks, const WatchView& view,
          bool one) {
  if (stacks.empty()) return show_none(invocation);
  if (one) return show_one(invocation.output, stacks.front(), view, invocation.host.clock.now());
  show_all(invocation.output, stacks, view);
}

int run_past(Invocation& invocation, const std::string& stack, Duration past) {
  const Time now = invocation.host.clock.now();
  const PastReport report{.since = now - past,
                          .until = now,
                          .stacks = invocation.features().past(stack, now - past, now)};
  if (invocation.output.style().json)
    invocation.output.json(past_json(report));
  else if (report.stacks.empty())
    show_none(invocation);
  else
    show_past(invocation.output, report, draws_blocks(invocation.host.machine));
  return 0;
}

}  // namespace

constinit const Signature status_signature{"status", positionals, options};

int run_status(Invocation& invocation) {
  const auto stack = stack_of(invocation.arguments);
  if (const auto since = invocation.arguments.value("--since"))
    return run_past(invocation, stack, asked_past(*since));
  const auto stacks = invocation.features().status(stack);
  const bool degraded = std::ranges::any_of(stacks, &StackStatus::degraded);
  const int status = degraded ? exit_status(Kind::degraded) : 0;
  const WatchView view = look_at_watch(invocation);
  if (invocation.output.style().json)
    invocation.output.json(report_json(stacks, view, status));
  else
    show(invocation, stacks, view, !stack.empty());
  return status;
}

}  // namespace ballast
