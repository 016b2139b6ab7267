// The table of commands. A new command is one file, its manual page, and one row.
#pragma once

#include <span>
#include <string_view>

#include "cli/arguments.h"

namespace ballast {

class Invocation;

enum class Group { releases, backups, looking, care, help };

struct CommandEntry {
  std::string_view name;
  std::string_view summary;
  Group group;
  const Signature* signature;
  int (*run)(Invocation& invocation);  // returns the exit status
};

std::span<const CommandEntry> all_commands();  // sorted by name
// Error(usage) with the nearest name when there is none.
const CommandEntry& require_command(std::string_view name);

std::string_view group_title(Group group);

extern const Signature adopt_signature;
extern const Signature audit_signature;
extern const Signature backup_signature;
extern const Signature break_glass_signature;
extern const Signature check_signature;
extern const Signature completion_signature;
extern const Signature config_signature;
extern const Signature deploy_signature;
extern const Signature doctor_signature;
extern const Signature drift_signature;
extern const Signature drill_signature;
extern const Signature gate_signature;
extern const Signature help_signature;
extern const Signature history_signature;
extern const Signature init_signature;
extern const Signature install_signature;
extern const Signature notify_signature;
extern const Signature prune_signature;
extern const Signature recover_signature;
extern const Signature rehearse_signature;
extern const Signature restore_signature;
extern const Signature rollback_signature;
extern const Signature schedule_signature;
extern const Signature silence_signature;
extern const Signature status_signature;
extern const Signature uninstall_signature;
extern const Signature verify_signature;
extern const Signature watch_signature;

int run_adopt(Invocation& invocation);
int run_audit(Invocation& invocation);
int run_backup(Invocation& invocation);
int run_break_glass(Invocation& invocation);
int run_check(Invocation& invocation);
int run_completion(Invocation& invocation);
int run_config(Invocation& invocation);
int run_deploy(Invocation& invocation);
int run_doctor(Invocation& invocation);
int run_drift(Invocation& invocation);
int run_drill(Invocation& invocation);
int run_gate(Invocation& invocation);
int run_help(Invocation& invocation);
int run_history(Invocation& invocation);
int run_init(Invocation& invocation);
int run_install(Invocation& invocation);
int run_notify(Invocation& invocation);
int run_prune(Invocation& invocation);
int run_recover(Invocation& invocation);
int run_rehearse(Invocation& invocation);
int run_restore(Invocation& invocation);
int run_rollback(Invocation& invocation);
int run_schedule(Invocation& invocation);
int run_silence(Invocation& invocation);
int run_status(Invocation& invocation);
int run_uninstall(Invocation& invocation);
int run_verify(Invocation& invocation);
int run_watch(Invocation& invocation);

}  // namespace ballast
