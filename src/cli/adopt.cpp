#include <array>

#include "cli/commands.h"
#include "cli/operation_output.h"
#include "cli/shared_options.h"
#include "deploy/adopt.h"
#include "model/names.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({stack_positional});

constexpr auto options = std::to_array<Option>({
    {.name = "--author", .value = "NAME", .description = "who made the change, if it is known"},
    operator_option,
    env_option,
    wait_option,
    dry_run_option,
    json_option,
});

AdoptRequest request_of(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  AdoptRequest request{.stack = stack_of(arguments),
                       .operator_name = operator_of(invocation),
                       .author = arguments.text("--author"),
                       .environment = environment_of(arguments),
                       .wait = wait_of(arguments)};
  if (arguments.has("--author")) require_operator("the author", request.author);
  return request;
}

}  // namespace

constinit const Signature adopt_signature{"adopt", positionals, options};

int run_adopt(Invocation& invocation) {
  const auto request = request_of(invocation);
  if (invocation.arguments.has("--dry-run"))
    return show_preview(invocation.output, invocation.features().preview(request));
  const auto result = invocation.features().adopt(*invocation.progress(), request);
  return show_result(invocation.output, result, "adopt");
}

}  // namespace ballast
