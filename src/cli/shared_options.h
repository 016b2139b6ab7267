// Words that several commands take, described once.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.h"
#include "cli/invocation.h"

namespace ballast {

inline constexpr Positional stack_positional{
    .name = "stack", .description = "name of the stack's folder", .completes = Completes::stacks};
inline constexpr Positional optional_stack_positional{
    .name = "stack",
    .description = "name of the stack's folder (default: all stacks)",
    .required = false,
    .completes = Completes::stacks};

inline constexpr Option env_option{.name = "--env",
                                   .value = "ENV",
                                   .description = "environment to record (default: the policy's)"};
inline constexpr Option operator_option{
    .name = "--operator",
    .value = "NAME",
    .description = "who does it (default: SUDO_USER, else the login name)"};
inline constexpr Option wait_option{
    .name = "--wait",
    .value = "DURATION",
    .description = "how long to wait for another operation (default: not at all)"};
inline constexpr Option dry_run_option{
    .name = "--dry-run",
    .value = "",
    .description = "print the plan and the gates, change nothing"};
inline constexpr Option since_option{
    .name = "--since",
    .value = "TIME",
    .description = "only from then on: 2026-11-25, an ISO time, or an age such as 7d-ago"};
inline constexpr Option limit_option{
    .name = "--limit", .value = "N", .description = "only the newest N entries"};
inline constexpr Option via_key_option{
    .name = "--via-key",
    .value = "KEY",
    .description = "key of the gate by which it came; recorded beside the operator"};
inline constexpr Option json_option{
    .name = "--json", .value = "", .description = "print one JSON object on stdout"};

// Each reads its option and checks it: Error(usage).
std::string stack_of(const Arguments& arguments);  // empty when it was not given
std::string environment_of(const Arguments& arguments);
std::string operator_of(Invocation& invocation);
std::string via_key_of(const Arguments& arguments);  // empty when it was not given
Duration wait_of(const Arguments& arguments);
std::optional<Time> since_of(Invocation& invocation);
std::size_t limit_of(const Arguments& arguments);  // 0 when it was not given

}  // namespace ballast
