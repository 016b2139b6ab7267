#include "install/system_command.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

std::string_view first_line(std::string_view text) { return trim(text.substr(0, text.find('\n'))); }

}  // namespace

Command system_command(std::vector<std::string> argv, Duration deadline) {
  return {.argv = std::move(argv),
          .environment = {{"LC_ALL", "C.UTF-8"}, {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}},
          .directory = "/",
          .input = {},
          .deadline = deadline,
          .inherited = {},
          .on_line = {}};
}

std::string failure_text(const Outcome& outcome) {
  const std::string_view said =
      first_line(trim(outcome.errors.empty() ? outcome.output : outcome.errors));
  return said.empty() ? outcome.reason() : fmt::format("{}: {}", outcome.reason(), printable(said));
}

void require_ok(const Outcome& outcome, const std::string& what) {
  if (!outcome.ok()) throw Error(Kind::failed, fmt::format("{}: {}", what, failure_text(outcome)));
}

}  // namespace ballast
