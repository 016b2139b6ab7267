#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "deploy/steps.h"

namespace ballast::steps {

namespace {

std::vector<std::string> added_services(const StepRun& run) {
  const Json& added = member(run.fact_of(files_step), "added");
  return added.is_array() ? added.get<std::vector<std::string>>() : std::vector<std::string>();
}

// Compose is told never to pull: what is not here is got first.
void get_image(Work& work, StepRun& run, const std::string& name) {
  const ComposeService* service = work.stack.compose.service(name);
  if (service == nullptr || service->image.empty()) return;
  auto values = work.stack.env.values();
  values[work.stack.policy.tag_variable] = wanted_tag(work.operation);
  const Reference reference = parse_reference(expand_variables(service->image, values));
  if (work.server.engine.image(reference.text())) return;
  const std::string tag = reference.tag.empty() ? "latest" : reference.tag;
  work.server.engine.pull(
      reference.repository, reference.digest.empty() ? tag : reference.digest,
      [&](const docker::PullProgress& progress) {
        run.progress.note(fmt::format("pulling {}: {}", reference.text(), progress.status));
      });
}

}  // namespace

void start_added_services(Work& work, StepRun& run) {
  const std::vector<std::string> names = added_services(run);
  if (names.empty()) return;
  for (const std::string& name : names) get_image(work, run, name);
  work.composer().up(
      {.services = names, .dependencies = false, .recreate = false, .stop_timeout = {}},
      run.progress);
  run.progress.detail(fmt::format("started, as these files want: {}", join(names, ", ")));
}

void remove_added_services(Work& work, StepRun& run) {
  const std::vector<std::string> names = added_services(run);
  if (names.empty()) return;
  for (const docker::Container& container : observe(work.server, work.stack).services)
    if (std::ranges::find(names, container.label(docker::label_service)) != names.end())
      work.server.engine.remove_container(container.id);
}

}  // namespace ballast::steps
