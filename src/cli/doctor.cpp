#include <array>

#include "cli/commands.h"
#include "cli/doctor_output.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({optional_stack_positional});
constexpr auto options = std::to_array<Option>({
    {.name = "--folder",
     .value = "DIR",
     .description = "look at a stack's folder in a repository; needs no server and no engine",
     .completes = Completes::directories},
    json_option,
});

doctor::Report examined(Invocation& invocation) {
  const auto folder = invocation.arguments.value("--folder");
  const std::string stack = stack_of(invocation.arguments);
  if (!folder) return invocation.features().doctor(stack);
  if (!stack.empty())
    throw Error(Kind::usage, "--folder goes without a stack", "usage: ballast doctor --folder DIR");
  return doctor::examine_folder(invocation.host, *folder);
}

}  // namespace

constinit const Signature doctor_signature{"doctor", positionals, options};

int run_doctor(Invocation& invocation) {
  const doctor::Report report = examined(invocation);
  const int status = report.all_good() ? 0 : exit_status(Kind::degraded);
  if (invocation.output.style().json)
    invocation.output.json(doctor_json(report, status));
  else
    show_examined(invocation.output, report);
  return status;
}

}  // namespace ballast
