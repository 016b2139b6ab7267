#include "deploy/steps.h"
#include "live/image_pull.h"

namespace ballast::steps {

void pull(Work& work, StepRun& run) { pull_image(work, run, wanted_tag(work.operation)); }

void undo_pull(Work& work, StepRun& run) {
  give_tag_back(work, run.fact(), wanted_tag(work.operation));
}

}  // namespace ballast::steps
