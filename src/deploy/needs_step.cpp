#include <fmt/format.h>

#include "deploy/steps.h"
#include "live/candidate.h"

namespace ballast::steps {

namespace {

constexpr const char* gate = "databases";

UpgradeWish wish_of(const Work& work) {
  return parse_upgrade_wish(text_at(work.operation.request, upgrade_wish));
}

// The image, where it is here and can be looked into without a question to the stack.
std::optional<docker::Image> image_ahead(Work& work) {
  const Policy& policy = work.stack.policy;
  if (!may_change_databases(policy) || work.running.services.empty()) return std::nullopt;
  if (work.server.engine.trouble()) return std::nullopt;
  return work.server.engine.image(work.stack.image_for(wanted_tag(work.operation)).text());
}

bool would_ask_the_image(const Policy& policy) {
  return policy.preset != Preset::odoo && !policy.migrate.detect.empty();
}

CheckResult refusal(const Error& error) {
  return {.name = gate,
          .subject = {},
          .verdict = Verdict::fail,
          .measured = error.message(),
          .hint = error.hint()};
}

}  // namespace

void find_what_changes(Work& work, StepRun& run) {
  const WithFilesOfImage with_files(work, run);
  const Needs needs = find_needs(work, *work.inspection.image(), wish_of(work));
  run.remember("needs", needs_json(needs));
  run.summary = needs_summary(needs);
  if (needs.unknown.empty() && !needs.anything() && !needs.due()) {
    run.skip(run.summary);
    return;
  }
  for (const std::string& line : needs_lines(needs)) run.progress.detail(line);
}

void undo_find_what_changes(Work& work, StepRun&) {
  remove_candidates(work.server, work.operation.id);
}

Needs needs_of(const StepRun& run) {
  return needs_from_json(member(run.fact_of(needs_step), "needs"));
}

void look_ahead_at_needs(Work& work, Preview& preview) {
  if (!may_change_databases(work.stack.policy)) return;
  const auto image = image_ahead(work);
  if (!image) {
    if (!work.running.services.empty())
      preview.databases = {"what the release changes in them is told once its image is pulled"};
    return;
  }
  if (would_ask_the_image(work.stack.policy)) {
    preview.databases = {
        "the deploy asks `migrate.detect` of the new image whether anything is due"};
    return;
  }
  try {
    preview.databases = needs_lines(find_needs(work, *image, wish_of(work)));
  } catch (const Error& error) {
    if (error.kind() != Kind::refused) throw;
    preview.databases = error.context();
    preview.gates.push_back(refusal(error));
  }
}

}  // namespace ballast::steps
