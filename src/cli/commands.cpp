#include "cli/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ballast {

namespace {

constexpr auto table = std::to_array<CommandEntry>({
    {"adopt", "record what runs, after a change by hand, as a release", Group::releases,
     &adopt_signature, run_adopt},
    {"audit",
     "hold the records against their chain: who did what, and whether it was changed since",
     Group::looking, &audit_signature, run_audit},
    {"backup",
     "back up database and files as one proved set; list, send, verify, prune, export, import",
     Group::backups, &backup_signature, run_backup},
    {"break-glass", "work on production by hand, for a while and a reason, recorded", Group::care,
     &break_glass_signature, run_break_glass},
    {"check", "ask every alert once: what is wrong now, and what to do", Group::looking,
     &check_signature, run_check},
    {"completion", "print a completion script for bash, zsh or fish", Group::help,
     &completion_signature, run_completion},
    {"config", "check the configuration of a stack, or show it", Group::care, &config_signature,
     run_config},
    {"deploy", "deploy a tag, prove it, and undo it when it is not good", Group::releases,
     &deploy_signature, run_deploy},
    {"doctor", "name every weakness of a server or a stack, with its mend", Group::looking,
     &doctor_signature, run_doctor},
    {"drift", "what was changed by hand since the last release", Group::looking, &drift_signature,
     run_drift},
    {"drill", "rehearse a restore in throw-away containers, and time it", Group::backups,
     &drill_signature, run_drill},
    {"gate", "what a deploy key may do: the forced command of its line in authorized_keys",
     Group::releases, &gate_signature, run_gate},
    {"help", "print the manual of a command", Group::help, &help_signature, run_help},
    {"history", "list what was deployed, when, by whom, and how it ended", Group::looking,
     &history_signature, run_history},
    {"init", "write the policy of a stack, or a repository from a template", Group::care,
     &init_signature, run_init},
    {"install", "set up the server: schedule, gate, old names, log rotation, folders", Group::care,
     &install_signature, run_install},
    {"notify", "show where notifications go and what waits, send a test", Group::care,
     &notify_signature, run_notify},
    {"prune", "free space: old sets, attachments, replaced data, images", Group::care,
     &prune_signature, run_prune},
    {"recover", "finish or undo what was interrupted", Group::care, &recover_signature,
     run_recover},
    {"rehearse", "upgrade copies of the databases with a release, and run it on them",
     Group::releases, &rehearse_signature, run_rehearse},
    {"restore", "bring a backup set back, keeping what it replaces", Group::backups,
     &restore_signature, run_restore},
    {"rollback", "return to a release that was good", Group::releases, &rollback_signature,
     run_rollback},
    {"schedule", "what the schedule runs next, what it ran last; or run what is due",
     Group::backups, &schedule_signature, run_schedule},
    {"silence", "tell nobody of an alert for a while, and say why", Group::looking,
     &silence_signature, run_silence},
    {"status", "what runs, since when, and whether there is a way back", Group::looking,
     &status_signature, run_status},
    {"uninstall", "take back what `install` wrote; stacks and backups stay", Group::care,
     &uninstall_signature, run_uninstall},
    {"verify", "ask once more whether what runs is good", Group::looking, &verify_signature,
     run_verify},
    {"watch", "watch every stack, keep the schedule, tell who is to be told", Group::looking,
     &watch_signature, run_watch},
});

static_assert(std::ranges::is_sorted(table, {}, &CommandEntry::name));

}  // namespace

std::span<const CommandEntry> all_commands() { return table; }

const CommandEntry& require_command(std::string_view name) {
  const auto found = std::ranges::find(table, name, &CommandEntry::name);
  if (found != table.end()) return *found;
  std::vector<std::string> names;
  for (const CommandEntry& entry : table) names.emplace_back(entry.name);
  const auto near = nearest(name, names);
  throw Error(Kind::usage, fmt::format("unknown command `{}`", printable(name)),
              near ? fmt::format("did you mean `ballast {}`?", *near)
                   : std::string("`ballast --help` lists the commands"));
}

std::string_view group_title(Group group) {
  switch (group) {
    case Group::releases: return "releases";
    case Group::backups: return "backups";
    case Group::looking: return "looking";
    case Group::care: return "care";
    case Group::help: return "help";
  }
  return "";
}

}  // namespace ballast
