#include "cli/shared_options.h"

#include <fmt/format.h>

#include "base/text.h"
#include "model/names.h"

namespace ballast {

namespace {

std::string default_operator(Machine& machine) {
  const auto behind_sudo = machine.variable("SUDO_USER");
  return behind_sudo && !behind_sudo->empty() ? *behind_sudo : machine.login_name();
}

}  // namespace

std::string stack_of(const Arguments& arguments) {
  const auto stack = arguments.value("stack");
  if (stack) require_stack_name(*stack);
  return stack.value_or("");
}

std::string environment_of(const Arguments& arguments) {
  const auto environment = arguments.value("--env");
  if (environment) require_field("the environment", *environment);
  return environment.value_or("");
}

std::string operator_of(Invocation& invocation) {
  const auto given = invocation.arguments.value("--operator");
  if (given) {
    require_operator("the operator", *given);
    return *given;
  }
  std::string name = default_operator(invocation.host.machine);
  require_field("the operator", name);  // a login name may be DOMAIN\ken
  return name;
}

Duration wait_of(const Arguments& arguments) {
  const auto given = arguments.value("--wait");
  if (!given) return {};
  const auto wait = parse_duration(*given);
  if (!wait)
    throw Error(Kind::usage, fmt::format("--wait `{}` is not a length of time", printable(*given)),
                "such as 90s, 5m or 1h30m; a bare number is seconds");
  return *wait;
}

}  // namespace ballast
