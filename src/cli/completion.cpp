#include "cli/completion.h"

#include <array>

#include "cli/commands.h"
#include "cli/invocation.h"
#include "model/alerts.h"

namespace ballast {

namespace {

constexpr auto shells = std::to_array<std::string_view>({"bash", "fish", "zsh"});

constexpr auto positionals = std::to_array<Positional>(
    {{.name = "shell", .description = "bash, fish or zsh", .choices = shells}});

int print(Invocation& invocation, const std::string& text) {
  invocation.output.text(text);
  return 0;
}

std::string overridable_gates(Features& features) {
  std::string lines;
  for (const Gate& gate : features.gates())
    if (gate.overridable) lines += gate.name + "\n";
  return lines;
}

// A shell expands the words that it is offered: what could not be a stack is not offered.
bool is_plain(const std::string& name) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return name.find_first_not_of(plain) == std::string::npos;
}

std::string stacks(Features& features) {
  std::string lines;
  for (const std::string& name : features.stack_names())
    if (is_plain(name)) lines += name + "\n";
  return lines;
}

std::string alerts() {
  std::string lines;
  for (const AlertKind& kind : all_alerts()) lines += std::string(kind.id) + "\n";
  return lines;
}

}  // namespace

constinit const Signature completion_signature{"completion", positionals, {}};

int run_completion(Invocation& invocation) {
  const auto asked = invocation.arguments.text("shell");
  if (asked == "alerts") return print(invocation, alerts());
  if (asked == "stacks") return print(invocation, stacks(invocation.features()));
  if (asked == "gates") return print(invocation, overridable_gates(invocation.features()));
  const auto shell = require_choice(positionals.front(), asked);
  if (shell == "bash") return print(invocation, bash_completion());
  return print(invocation, shell == "zsh" ? zsh_completion() : fish_completion());
}

}  // namespace ballast
