#include "live/releases.h"

namespace ballast {

namespace {

constexpr const char* compose_runs = "compose_runs";

}  // namespace

HistoryEntry history_line(const Work& work, const std::string& tag, const std::string& status) {
  return history_entry(work.server.host.clock.now(), work.stack.name, tag,
                       work.operation.environment, status, work.operation.operator_name);
}

void bring_up_noted(Work& work, StepRun& run, bool whole_stack) {
  run.remember(compose_runs, true);
  try {
    bring_up(work.server, work.stack, work.composer(), whole_stack, run.progress);
  } catch (const Error&) {
    if (!work.composer().was_cut_off()) run.remember(compose_runs, false);
    throw;
  }
  run.remember(compose_runs, false);
}

EngineWork engine_work_of(const StepRun& run) {
  return flag_at(run.fact(), compose_runs) ? EngineWork::perhaps : EngineWork::none;
}

}  // namespace ballast
