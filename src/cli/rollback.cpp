#include <array>

#include "cli/commands.h"
#include "cli/operation_output.h"
#include "cli/shared_options.h"
#include "deploy/rollback.h"
#include "model/names.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({stack_positional});

constexpr auto options = std::to_array<Option>({
    {.name = "--to", .value = "TAG", .description = "a good release (default: the last good one)"},
    {.name = "--keep-config",
     .value = "",
     .description = "leave compose file, policy and .env as they are, but for the tag"},
    env_option,
    operator_option,
    wait_option,
    via_key_option,
    dry_run_option,
    json_option,
});

RollbackRequest request_of(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  RollbackRequest request{.stack = stack_of(arguments),
                          .to = arguments.text("--to"),
                          .keep_configuration = arguments.has("--keep-config"),
                          .operator_name = operator_of(invocation),
                          .environment = environment_of(arguments),
                          .wait = wait_of(arguments),
                          .via_key = via_key_of(arguments)};
  if (arguments.has("--to")) require_tag(request.to);
  return request;
}

}  // namespace

constinit const Signature rollback_signature{"rollback", positionals, options};

int run_rollback(Invocation& invocation) {
  const auto request = request_of(invocation);
  if (invocation.arguments.has("--dry-run"))
    return show_preview(invocation.output, invocation.features().preview(request));
  const auto result = invocation.features().rollback(*invocation.progress(), request);
  return show_result(invocation.output, result, "rollback");
}

}  // namespace ballast
