#include "cli/shared_options.h"

#include <fmt/format.h>

#include <charconv>

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

std::string via_key_of(const Arguments& arguments) {
  const auto given = arguments.value("--via-key");
  if (given) require_operator("the key", *given);
  return given.value_or("");
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

namespace {

std::optional<Time> parse_since(std::string_view text, Time now) {
  constexpr std::string_view ago = "-ago";
  if (!text.ends_with(ago)) return parse_time(text);
  const auto age = parse_duration(text.substr(0, text.size() - ago.size()));
  if (!age) return std::nullopt;
  return now - *age;
}

}  // namespace

std::optional<Time> since_of(Invocation& invocation) {
  const auto given = invocation.arguments.value("--since");
  if (!given) return std::nullopt;
  const auto since = parse_since(*given, invocation.host.clock.now());
  if (!since)
    throw Error(Kind::usage, fmt::format("--since `{}` is not a time", printable(*given)),
                "such as 2026-11-25, 2026-11-25T11:27:07+09:00, or an age such as 7d-ago");
  return since;
}

std::size_t limit_of(const Arguments& arguments) {
  const auto given = arguments.value("--limit");
  if (!given) return 0;
  std::size_t limit = 0;
  const char* end = given->data() + given->size();
  const auto [stop, error] = std::from_chars(given->data(), end, limit);
  if (error != std::errc{} || stop != end || limit == 0)
    throw Error(Kind::usage,
                fmt::format("--limit `{}` is not a positive number", printable(*given)));
  return limit;
}

}  // namespace ballast
