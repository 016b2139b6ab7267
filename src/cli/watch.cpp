#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "daemon/daemon.h"
#include "host/own_program.h"

namespace ballast {

constinit const Signature watch_signature{"watch", {}, {}};

// Under systemd each line is the journal's, which has a clock of its own.
int run_watch(Invocation& invocation) {
  const bool has_clock = invocation.host.machine.variable("JOURNAL_STREAM").has_value();
  Output& output = invocation.output;
  invocation.features().watch(
      {.program = own_program(),
       .operator_name = operator_of(invocation),
       .say = [&](std::string_view line) {
         const std::string text = printable(line);
         output.line(
             has_clock ? text : fmt::format("{} {}", iso_local(invocation.host.clock.now()), text));
       }});
  return 0;
}

}  // namespace ballast
