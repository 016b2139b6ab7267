#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({optional_stack_positional});
constexpr auto options = std::to_array<Option>({wait_option, json_option});

Json recovered_json(const Recovered& recovered) {
  return {{"operation", recovered.operation}, {"kind", recovered.kind},
          {"stack", recovered.stack},         {"outcome", recovered.outcome},
          {"message", recovered.message},     {"exit", recovered.exit_status}};
}

Json report_json(const std::vector<Recovered>& all, int status) {
  Json list = Json::array();
  for (const Recovered& recovered : all) list.push_back(recovered_json(recovered));
  return {{"schema", "ballast.recover/1"}, {"operations", list}, {"exit", status}};
}

bool needs_a_person(const Recovered& recovered) {
  return recovered.outcome != "finished" && recovered.outcome != "undone";
}

// An operation that was undone failed once, but its recovery did what was asked.
int status_of(const std::vector<Recovered>& all) {
  for (const Recovered& recovered : all)
    if (needs_a_person(recovered)) return exit_status(Kind::rollback_failed);
  return 0;
}

std::string line_of(Output& output, const Recovered& recovered) {
  const auto colour = needs_a_person(recovered) ? Colour::red : Colour::green;
  const auto line = fmt::format("{} {} ({}): {}", recovered.kind, recovered.stack,
                                recovered.operation, output.paint(colour, recovered.outcome));
  return recovered.message.empty() ? line
                                   : fmt::format("{}: {}", line, printable(recovered.message));
}

void show(Output& output, const std::vector<Recovered>& all) {
  if (all.empty()) output.remark("nothing was interrupted");
  for (const Recovered& recovered : all) output.line(line_of(output, recovered));
}

}  // namespace

constinit const Signature recover_signature{"recover", positionals, options};

int run_recover(Invocation& invocation) {
  const auto all = invocation.features().recover(
      *invocation.progress(), stack_of(invocation.arguments), wait_of(invocation.arguments));
  const int status = status_of(all);
  if (invocation.output.style().json)
    invocation.output.json(report_json(all, status));
  else
    show(invocation.output, all);
  return status;
}

}  // namespace ballast
