#include <array>

#include "cli/commands.h"
#include "cli/operation_output.h"
#include "cli/shared_options.h"
#include "deploy/deploy.h"
#include "model/names.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({
    stack_positional,
    {.name = "tag",
     .description = "tag of the image, such as sha-a1b2c3d",
     .missing_hint = "a tag is never optional: what runs must be named. Give the tag that the "
                     "build pushed, such as sha-a1b2c3d"},
});

constexpr auto options = std::to_array<Option>({
    env_option,
    operator_option,
    wait_option,
    {.name = "--override",
     .value = "GATE",
     .description = "go on although this gate refuses; needs --reason",
     .repeatable = true,
     .completes = Completes::gates},
    {.name = "--reason", .value = "TEXT", .description = "why the gate is overridden; recorded"},
    via_key_option,
    {.name = "--refuse-older",
     .value = "",
     .description = "refuse an image that is older than the one that runs"},
    {.name = "--accept",
     .value = "KIND[=VALUE]",
     .description = "let the image's files bring this, such as port=web:8443; recorded",
     .repeatable = true},
    {.name = "--upgrade",
     .value = "MODULES",
     .description = "upgrade these in the databases, or all, or none, whatever the policy says"},
    dry_run_option,
    json_option,
});

std::string upgrade_of(const Arguments& arguments) {
  if (!arguments.has("--upgrade")) return {};
  const std::string wish = arguments.text("--upgrade");
  if (wish.empty())
    throw Error(Kind::usage, "--upgrade without a word",
                "write --upgrade all, --upgrade none, or modules with commas between");
  return wish;
}

DeployRequest request_of(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  DeployRequest request{.stack = stack_of(arguments),
                        .tag = arguments.text("tag"),
                        .environment = environment_of(arguments),
                        .operator_name = operator_of(invocation),
                        .wait = wait_of(arguments),
                        .overrides = arguments.values("--override"),
                        .reason = arguments.text("--reason"),
                        .via_key = via_key_of(arguments),
                        .refuses_older = arguments.has("--refuse-older"),
                        .accept = arguments.values("--accept"),
                        .upgrade = upgrade_of(arguments)};
  require_tag(request.tag);
  if (arguments.has("--reason")) require_field("the reason", request.reason, 500);
  return request;
}

}  // namespace

constinit const Signature deploy_signature{"deploy", positionals, options};

int run_deploy(Invocation& invocation) {
  const auto request = request_of(invocation);
  if (invocation.arguments.has("--dry-run"))
    return show_preview(invocation.output, invocation.features().preview(request),
                        request.overrides);
  const auto result = invocation.features().deploy(*invocation.progress(), request);
  return show_result(invocation.output, result, "deploy");
}

}  // namespace ballast
