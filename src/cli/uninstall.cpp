#include <array>

#include "cli/commands.h"
#include "cli/install_output.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto options = std::to_array<Option>({
    {.name = "--dry-run", .value = "", .description = "say what would go, remove nothing"},
    json_option,
});

}  // namespace

constinit const Signature uninstall_signature{"uninstall", {}, options};

int run_uninstall(Invocation& invocation) {
  return tell_of_installation(
      invocation, invocation.features().uninstall(invocation.arguments.has("--dry-run")));
}

}  // namespace ballast
