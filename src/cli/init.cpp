#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({stack_positional});
constexpr auto options = std::to_array<Option>(
    {{.name = "--dry-run", .value = "", .description = "print the policy, write nothing"}});

}  // namespace

constinit const Signature init_signature{"init", positionals, options};

int run_init(Invocation& invocation) {
  const bool write = !invocation.arguments.has("--dry-run");
  const auto report = invocation.features().init(stack_of(invocation.arguments), write);
  if (!write) {
    invocation.output.note(fmt::format("{} would be:", report.path));
    invocation.output.text(report.text);
    return 0;
  }
  invocation.output.remark(fmt::format("wrote {}", report.path));
  invocation.output.remark("its values are those that held without it: change what should differ");
  return 0;
}

}  // namespace ballast
