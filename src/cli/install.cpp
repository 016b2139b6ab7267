#include "install/install.h"

#include <array>

#include "cli/commands.h"
#include "cli/install_output.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr auto options = std::to_array<Option>({
    {.name = "--daemon",
     .value = "",
     .description = "the daemon keeps the schedule (with systemd)"},
    {.name = "--timers", .value = "", .description = "a timer of systemd calls the schedule"},
    {.name = "--cron", .value = "", .description = "cron calls the schedule"},
    {.name = "--dry-run",
     .value = "",
     .description = "show every file as a difference, change nothing"},
    json_option,
});

std::optional<Starter> starter_of(const Arguments& arguments) {
  std::optional<Starter> chosen;
  for (const Starter starter : {Starter::daemon, Starter::timers, Starter::cron}) {
    if (!arguments.has("--" + std::string(starter_name(starter)))) continue;
    if (chosen)
      throw Error(Kind::usage, "one of --daemon, --timers and --cron, not several",
                  "the daemon keeps the schedule itself; with a timer or cron nobody watches");
    chosen = starter;
  }
  return chosen;
}

}  // namespace

constinit const Signature install_signature{"install", {}, options};

int run_install(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  return tell_of_installation(
      invocation, invocation.features().install(
                      {.starter = starter_of(arguments), .dry_run = arguments.has("--dry-run")}));
}

}  // namespace ballast
