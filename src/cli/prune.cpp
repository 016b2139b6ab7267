#include "cli/prune.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/table.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({optional_stack_positional});

constexpr auto options = std::to_array<Option>({
    {.name = "--dry-run", .value = "", .description = "say what would go, remove nothing"},
    operator_option,
    wait_option,
    json_option,
});

std::string size_text(std::uint64_t bytes) { return bytes == 0 ? "" : human_bytes(bytes); }

Json report_json(const PruneReport& report, bool dry_run) {
  Json stacks = Json::array();
  for (const StackPruned& stack : report.stacks) {
    Json parts = Json::array();
    for (const PrunePart& part : stack.parts)
      parts.push_back({{"what", part.what}, {"reason", part.reason}, {"bytes", part.bytes}});
    stacks.push_back({{"stack", stack.stack},
                      {"removed", parts},
                      {"bytes", stack.bytes()},
                      {"trouble", text_or_null(stack.trouble)}});
  }
  Json logs = Json::array();
  for (const LargeLog& log : report.logs)
    logs.push_back({{"container", log.container}, {"stack", log.stack}, {"bytes", log.bytes}});
  return {{"schema", "ballast.prune/1"},
          {"dry_run", dry_run},
          {"stacks", stacks},
          {"large_logs", logs},
          {"exit", 0}};
}

void show(Output& output, const PruneReport& report, bool dry_run) {
  std::uint64_t bytes = 0;
  std::size_t parts = 0;
  Table table({"stack", dry_run ? "would go" : "removed", "size", "because"});
  for (const StackPruned& stack : report.stacks) {
    for (const PrunePart& part : stack.parts)
      table.row({stack.stack, part.what, size_text(part.bytes), part.reason});
    if (!stack.trouble.empty())
      table.row(
          {stack.stack, Cell("not everything was looked at", Colour::yellow), "", stack.trouble});
    bytes += stack.bytes();
    parts += stack.parts.size();
  }
  if (!table.empty()) table.print(output);
  output.line(parts == 0 ? "nothing to remove"
                         : fmt::format("at most {} {}", human_bytes(bytes),
                                       dry_run ? "would be freed" : "freed"));
  for (const LargeLog& log : report.logs)
    output.line(
        fmt::format("the log of {} ({}) is {}: give the service a `logging:` with `max-size`",
                    printable(log.container), log.stack, human_bytes(log.bytes)));
}

}  // namespace

constinit const Signature prune_signature{"prune", positionals, options};

int run_prune(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  return prune_and_tell(invocation, {.stack = stack_of(arguments),
                                     .operator_name = operator_of(invocation),
                                     .dry_run = arguments.has("--dry-run"),
                                     .wait = wait_of(arguments)});
}

int prune_and_tell(Invocation& invocation, const PruneRequest& request) {
  const PruneReport report = invocation.features().prune(*invocation.progress(), request);
  if (invocation.output.style().json)
    invocation.output.json(report_json(report, request.dry_run));
  else
    show(invocation.output, report, request.dry_run);
  return 0;
}

}  // namespace ballast
