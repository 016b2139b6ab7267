#include "cli/after.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/shared_options.h"
#include "notify/after_operation.h"

namespace ballast {

namespace {

constexpr auto that_change = std::to_array<std::string_view>(
    {"adopt", "backup", "deploy", "drill", "prune", "recover", "rehearse", "restore", "rollback"});

// What stands where else the stack does.
constexpr auto words_of_backup = std::to_array<std::string_view>(
    {"export", "import", "list", "prune", "send", "show", "verify"});

bool contains(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool changes(const CommandEntry& entry, const Arguments& arguments) {
  if (!contains(that_change, entry.name) || arguments.has("--dry-run")) return false;
  return entry.name != "backup" || !contains(words_of_backup, arguments.text("stack"));
}

Ended ended_of(Invocation& invocation, const CommandEntry& entry, int status,
               const std::optional<Error>& error) {
  const Arguments& arguments = invocation.arguments;
  return {.command = std::string(entry.name),
          .stack = stack_of(arguments),
          .tag = arguments.text("tag"),
          .operator_name = operator_of(invocation),
          .status = status,
          .message = error ? error->message() : invocation.trouble(),
          .hint = error ? error->hint() : "",
          .watched = invocation.host.terminal.error_is_terminal()};
}

}  // namespace

void tell_after_command(Invocation& invocation, const CommandEntry& entry, int status,
                        const std::optional<Error>& error) {
  if (!changes(entry, invocation.arguments)) return;
  try {
    const Ended ended = ended_of(invocation, entry, status, error);
    for (const std::string& note : tell_after(invocation.host, Paths{invocation.root()}, ended))
      invocation.output.note(printable(note));
  } catch (const Error&) {
    // Its words were wrong, and it has said so itself.
  }
}

}  // namespace ballast
