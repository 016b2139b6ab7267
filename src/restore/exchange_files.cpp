#include "restore/exchange_files.h"

#include <fmt/format.h>

#include "base/text.h"
#include "live/configuration.h"
#include "live/releases.h"

namespace ballast {

namespace {

constexpr const char* runs = "runs";

std::string folder_before(const Work& work) {
  return work.server.paths.release_copies(work.stack.name, work.operation.id) + "-before";
}

// The files may be others while the image is the same.
bool needs_new_container(const StepRun& run, const Before& before) {
  const Exchange exchange = exchange_of(run);
  return exchange.tag == before.tag && exchange.image_id == before.image_id &&
         run.fact_of(configuration_step).is_object();
}

}  // namespace

void note_what_runs(Work& work, StepRun& run) {
  run.remember(runs, before_json(observe_before(work.inspection, work.running)));
}

void bring_in_files(Work& work, StepRun& run, const std::string& copies) {
  const auto changes = changes_to(work.server, work.stack.directory, copies);
  if (changes.empty()) {
    run.summary =
        copies.empty() ? "that release kept no copies; the files stay" : "the files are the same";
    return;
  }
  if (!run.fact().is_object() || !run.fact().contains("before")) {
    keep_files(work.server, work.stack.directory, folder_before(work));
    run.remember("before", folder_before(work));
    run.remember("difference", difference(work.server, work.stack, changes));
  }
  for (const std::string& line : split_lines(text_at(run.fact(), "difference")))
    run.progress.detail(line);
  put_in_place(work.server, changes);
  work.reload();
  run.summary = fmt::format("{} changed", counted(static_cast<long long>(changes.size()), "file"));
}

void take_files_out(Work& work, StepRun& run) {
  if (put_back(work.server, work.stack.directory, run.fact_of(configuration_step))) work.reload();
}

void swap_with_files(Work& work, StepRun& run) {
  const Json& before = member(run.fact_of("look"), runs);
  if (!before.is_null()) run.remember("before", before);
  swap_over(work, run);
  if (!before.is_null() && needs_new_container(run, before_from_json(before)))
    bring_up_noted(work, run, false);
}

// Files first: what ran before is brought up from the files that it ran with.
void undo_swap_with_files(Work& work, StepRun& run) {
  take_files_out(work, run);
  undo_swap_over(work, run);
}

}  // namespace ballast
