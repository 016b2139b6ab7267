#include "deploy/upgrade_steps.h"
#include "upgrade/rehearsal.h"

namespace ballast::steps {

void rehearse_upgrade(Work& work, StepRun& run) {
  if (!upgrade_is_due(run)) return run.skip("nothing is changed in a database");
  const WithFilesOfImage with_files(work, run);
  rehearse(work, run, text_at(run.fact_of("backup"), "set"), *work.inspection.image(),
           needs_of(run));
}

void undo_rehearse_upgrade(Work& work, StepRun& run) { undo_rehearse(work, run); }

}  // namespace ballast::steps
