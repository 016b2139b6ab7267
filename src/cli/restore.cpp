#include "restore/restore.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/table.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({
    stack_positional,
    {.name = "set",
     .description = "the set, the beginning of its name, or latest (default)",
     .required = false},
});

constexpr auto options = std::to_array<Option>({
    {.name = "--database",
     .value = "NAME",
     .description = "this database only, while the others go on; may be given again",
     .repeatable = true},
    {.name = "--as",
     .value = "NAME",
     .description = "a neutralised copy of the one database beside the live ones; nothing is "
                    "replaced"},
    {.name = "--keep-tag",
     .value = "",
     .description = "go on with the release that runs now, not with the set's"},
    {.name = "--from",
     .value = "PLACE",
     .description = "a folder with sets/ and pool/, or an off-site remote, name:path (default: the "
                    "stack's own backups)",
     .completes = Completes::directories},
    {.name = "--yes", .value = "", .description = "do not ask"},
    {.name = "--undo", .value = "", .description = "swap back what the newest restore replaced"},
    {.name = "--confirm", .value = "", .description = "drop what restores replaced"},
    operator_option,
    wait_option,
    json_option,
});

constexpr std::string_view usual_operator = "disaster-recovery";

std::string restore_operator(Invocation& invocation) {
  return invocation.arguments.has("--operator") ? operator_of(invocation)
                                                : std::string(usual_operator);
}

std::optional<Remote> remote_of(const Arguments& arguments) {
  return parse_remote(arguments.text("--from"));
}

std::string folder_of(const Arguments& arguments) {
  std::string folder = remote_of(arguments) ? "" : arguments.text("--from");
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  if (!folder.empty() && !folder.starts_with('/'))
    throw Error(Kind::usage, fmt::format("--from `{}` is not absolute", printable(folder)),
                "give the whole path of a folder that has sets/ and pool/ in it, or a remote of "
                "rclone: name:path");
  return folder;
}

RestoreRequest restore_request(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  return {.stack = stack_of(arguments),
          .set = arguments.has("set") ? arguments.text("set") : "latest",
          .databases = arguments.values("--database"),
          .keep_tag = arguments.has("--keep-tag"),
          .as = arguments.text("--as"),
          .from = folder_of(arguments),
          .remote = remote_of(arguments),
          .operator_name = restore_operator(invocation),
          .wait = wait_of(arguments)};
}

ParkedRequest parked_request(Invocation& invocation) {
  return {.stack = stack_of(invocation.arguments),
          .operator_name = restore_operator(invocation),
          .wait = wait_of(invocation.arguments)};
}

std::string preview_text(Output& output, const RestorePreview& preview) {
  const bool is_of_past = preview.age >= Duration(0);
  std::string text = fmt::format(
      "restore {} from {}, {}\n", preview.set.stack, preview.set.id,
      is_of_past ? "taken " + human_age(preview.age)
                 : "dated after now: the clock of this server is wrong, or was wrong then");
  Table table({"database", "live now", "in the set", ""}, 2);
  for (const RestorePreview::Line& line : preview.databases)
    table.row({line.database, line.is_live ? human_bytes(line.live_size) : "-",
               human_bytes(line.set_size), line.is_live ? "is replaced" : "is new"});
  text += table.text(static_cast<std::size_t>(output.columns()), output.colours());
  for (const std::string& volume : preview.volumes)
    text += fmt::format("  the content of {} is replaced\n", printable(volume));
  if (preview.tag_now.empty())
    text += fmt::format("  the stack's files are put back, release {}\n", preview.tag_then);
  else if (preview.tag_now != preview.tag_then)
    text += fmt::format("  the release goes from {} to {}\n", preview.tag_now, preview.tag_then);
  text += fmt::format("  what was written {} is no longer live; it is kept aside\n",
                      is_of_past ? "in the last " + human_duration(preview.age) : "since");
  for (const std::string& reason : preview.set.reasons)
    text += fmt::format("  the set is incomplete: {}\n", printable(reason));
  return text;
}

void require_consent(Invocation& invocation, const std::string& what, const std::string& question) {
  if (invocation.arguments.has("--yes")) return;
  Output& output = invocation.output;
  const auto answer =
      output.style().json ? std::nullopt : invocation.host.terminal.ask(question + " [y/N] ");
  if (!answer)
    throw Error(Kind::usage, fmt::format("{}, and nobody can be asked", what),
                "say so: --yes; nothing was changed");
  if (!answer->starts_with('y') && !answer->starts_with('Y'))
    throw Error(Kind::refused, "not confirmed; nothing was changed");
}

int show_restored(Output& output, const RestoreResult& result, const std::string& stack,
                  std::string_view schema) {
  if (output.style().json) {
    output.json({{"schema", schema},
                 {"operation", result.operation},
                 {"stack", stack},
                 {"set", text_or_null(result.set)},
                 {"tag", result.tag},
                 {"databases", result.databases},
                 {"seconds", static_cast<double>(result.elapsed.count()) / 1000},
                 {"exit", 0}});
    return 0;
  }
  output.line(
      fmt::format("{} {}: {} ({})", stack,
                  result.set.empty() ? "has its data of before" : "restored from " + result.set,
                  counted(static_cast<long long>(result.databases.size()), "database"),
                  human_duration(result.elapsed)));
  output.remark(
      fmt::format("  what was live is kept aside. Back: ballast restore {0} --undo; drop "
                  "it: ballast restore {0} --confirm",
                  stack));
  return 0;
}

int run_undo(Invocation& invocation) {
  const ParkedRequest request = parked_request(invocation);
  const Parked parked = invocation.features().parked(request.stack);
  require_consent(invocation, "an undo replaces live data",
                  fmt::format("swap back what was live until {}?", iso_local(parked.at)));
  const auto result = invocation.features().undo_restore(*invocation.progress(), request);
  return show_restored(invocation.output, result, request.stack, "ballast.restore-undo/1");
}

int run_confirm(Invocation& invocation) {
  const ParkedRequest request = parked_request(invocation);
  invocation.features().parked(request.stack);
  require_consent(invocation, "this drops the data that restores replaced",
                  fmt::format("drop what restores of {} replaced?", request.stack));
  const auto dropped = invocation.features().confirm_restore(*invocation.progress(), request);
  if (invocation.output.style().json) {
    invocation.output.json({{"schema", "ballast.restore-confirm/1"},
                            {"stack", request.stack},
                            {"dropped", dropped},
                            {"exit", 0}});
    return 0;
  }
  for (const std::string& name : dropped) invocation.output.line("dropped " + printable(name));
  return 0;
}

int run_copy(Invocation& invocation, const RestoreRequest& request) {
  const auto result = invocation.features().restore(*invocation.progress(), request);
  if (invocation.output.style().json)
    return show_restored(invocation.output, result, request.stack, "ballast.restore/1");
  invocation.output.line(fmt::format("{}: {} is a copy from {} ({})", request.stack,
                                     printable(request.as), result.set,
                                     human_duration(result.elapsed)));
  return 0;
}

void require_one_action(const Arguments& arguments) {
  if (arguments.has("--undo") && arguments.has("--confirm"))
    throw Error(Kind::usage, "--undo and --confirm exclude each other");
  if ((arguments.has("--undo") || arguments.has("--confirm")) && arguments.has("set"))
    throw Error(Kind::usage, "--undo and --confirm take no set",
                "they work on what the newest restore replaced");
}

}  // namespace

constinit const Signature restore_signature{"restore", positionals, options};

int run_restore(Invocation& invocation) {
  require_one_action(invocation.arguments);
  if (invocation.arguments.has("--undo")) return run_undo(invocation);
  if (invocation.arguments.has("--confirm")) return run_confirm(invocation);
  const RestoreRequest request = restore_request(invocation);
  if (!request.as.empty()) return run_copy(invocation, request);
  const RestorePreview preview = invocation.features().preview(request);
  if (!invocation.output.style().json)
    invocation.output.text(preview_text(invocation.output, preview));
  require_consent(invocation, "a restore replaces live data", "restore?");
  const auto result = invocation.features().restore(*invocation.progress(), request);
  return show_restored(invocation.output, result, request.stack, "ballast.restore/1");
}

}  // namespace ballast
