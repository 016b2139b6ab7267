#include <fmt/format.h>

#include "backup/making.h"
#include "backup/prune.h"
#include "base/text.h"
#include "deploy/upgrade_steps.h"

namespace ballast::steps {

namespace {

BackupSet make_set(Work& work, const std::string& what) {
  const SetWanted wanted{.kind = BackupKind::pre_deploy,
                         .note = fmt::format("before {}", what),
                         .operator_name = work.operation.operator_name,
                         .databases = {}};
  SetMaker maker(work.server, work.stack, work.running, work.operation.id, wanted, work.progress);
  maker.begin();
  maker.take_files();
  maker.take_databases();
  maker.take_volumes();
  return maker.finish();
}

// A set that stays too long must not keep the release back.
void prune_after(Work& work, StepRun& run) {
  try {
    const Pruned pruned = prune_backups(work, false);
    if (!pruned.trouble.empty()) run.progress.detail(pruned.trouble);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    run.progress.detail("old backups were not removed: " + error.message());
  }
}

void require_complete(const BackupSet& set) {
  if (set.is_complete()) return;
  throw Error(Kind::refused, "it is incomplete: " + join(set.reasons, "; "));
}

// A release that changes the databases has its way back in the set.
std::string wish_of(const Work& work, const StepRun& run) {
  return upgrade_is_due(run) ? "required" : work.stack.policy.before_deploy;
}

Error refusal(const Work& work, const Error& error) {
  return Error(Kind::refused,
               fmt::format("the backup before the deploy of {} failed: {}; nothing was changed",
                           work.stack.name, error.message()),
               fmt::format("mend it, and see that it works: ballast backup {}", work.stack.name));
}

}  // namespace

void backup(Work& work, StepRun& run) {
  const std::string wish = wish_of(work, run);
  if (wish == "off") {
    run.summary = "no backup configured";
    return;
  }
  if (work.running.services.empty() && !upgrade_is_due(run)) {
    run.summary = "nothing runs yet: there is nothing to back up";
    return;
  }
  try {
    const BackupSet set = make_set(work, wanted_tag(work.operation));
    require_complete(set);
    run.remember("set", set.id);
    run.summary = fmt::format("set {}, complete", set.id);
    for (const std::string& remark : set.remarks) run.progress.detail(remark);
    prune_after(work, run);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    if (wish == "required") throw refusal(work, error);
    undo_backup(work, run);
    run.summary = "it failed, and the policy lets the deploy go on: " + error.message();
  }
}

// No retention afterwards: the set that is about to be restored may be an old one.
void backup_before(Work& work, StepRun& run, const std::string& what) {
  try {
    const BackupSet set = make_set(work, what);
    require_complete(set);
    run.remember("set", set.id);
    run.summary = fmt::format("set {}, complete", set.id);
    for (const std::string& remark : set.remarks) run.progress.detail(remark);
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    throw Error(
        Kind::refused,
        fmt::format("the backup before {} failed: {}; nothing was changed", what, error.message()),
        fmt::format("mend it, and see that it works: ballast backup {}", work.stack.name));
  }
}

// A finished set stays: it is a backup, whatever becomes of the release.
void undo_backup(Work& work, StepRun& run) {
  if (wish_of(work, run) != "off")
    sweep_set(work.server, work.stack, work.running, work.operation.id);
}

}  // namespace ballast::steps
