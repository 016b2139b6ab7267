#include <array>

#include "base/text.h"
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
    {.name = "--image-only",
     .value = "",
     .description = "the image alone, also where the databases have changed since"},
    {.name = "--with-data",
     .value = "",
     .description = "image and data: of the fallback copy, else of a backup set; what was written "
                    "since is kept aside"},
    {.name = "--yes", .value = "", .description = "do not ask before --with-data"},
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
                          .image_only = arguments.has("--image-only"),
                          .with_data = arguments.has("--with-data"),
                          .operator_name = operator_of(invocation),
                          .environment = environment_of(arguments),
                          .wait = wait_of(arguments),
                          .via_key = via_key_of(arguments)};
  if (arguments.has("--to")) require_tag(request.to);
  if (request.image_only && request.with_data)
    throw Error(Kind::usage, "--image-only and --with-data exclude each other",
                "with --with-data the image comes back as well");
  return request;
}

// Asked is who sits there; for all others the option itself is the word.
void require_consent(Invocation& invocation, const RollbackRequest& request) {
  if (!request.with_data || invocation.arguments.has("--yes")) return;
  if (invocation.output.style().json || !invocation.host.terminal.in_is_terminal()) return;
  for (const std::string& line : invocation.features().preview(request).databases)
    invocation.output.line(printable(line));
  const auto answer = invocation.host.terminal.ask("roll back with data? [y/N] ");
  if (!answer || (!answer->starts_with('y') && !answer->starts_with('Y')))
    throw Error(Kind::refused, "not confirmed; nothing was changed");
}

}  // namespace

constinit const Signature rollback_signature{"rollback", positionals, options};

int run_rollback(Invocation& invocation) {
  const auto request = request_of(invocation);
  if (invocation.arguments.has("--dry-run"))
    return show_preview(invocation.output, invocation.features().preview(request));
  require_consent(invocation, request);
  const auto result = invocation.features().rollback(*invocation.progress(), request);
  return show_result(invocation.output, result, "rollback");
}

}  // namespace ballast
