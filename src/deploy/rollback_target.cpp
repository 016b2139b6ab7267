#include "deploy/rollback_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "deploy/plan.h"
#include "deploy/steps.h"
#include "deploy/way_back.h"
#include "live/configuration.h"
#include "live/records.h"
#include "restore/exchange_files.h"

namespace ballast::rollback_steps {

namespace {

constexpr const char* image_only = "image_only";

std::string command_of(const Work& work, const std::string& option) {
  return fmt::format("ballast rollback {} --to {} {}", work.stack.name,
                     steps::wanted_tag(work.operation), option);
}

// What each way costs is said with it.
std::string both_ways(Work& work) {
  const std::string alone = fmt::format("the image alone, against the databases as they are: {}",
                                        command_of(work, "--image-only"));
  const auto source = data_source(work.server, work.journal, target_of(work));
  if (!source) return alone + "; no copy of its data is left for --with-data";
  return fmt::format("there are two ways. T{}. Or {}, which loses {}: {}", alone.substr(1),
                     source->text(work.server.host.clock.now()), summary_of(loss_of(work, *source)),
                     command_of(work, "--with-data"));
}

std::string pull_again(Work& work, Progress& progress, const std::string& repository,
                       const std::string& digest) {
  Engine& engine = work.server.engine;
  if (digest.empty())
    throw Error(Kind::refused,
                fmt::format("the image of {} is gone, and no registry is known for it",
                            steps::wanted_tag(work.operation)),
                fmt::format("build or load {}:{} again, or choose another: ballast history {}",
                            repository, steps::wanted_tag(work.operation), work.stack.name));
  engine.pull(repository, digest.substr(digest.find('@') + 1),
              [&](const docker::PullProgress& pull) {
                progress.note(fmt::format("pulling {}: {}", digest.substr(0, 60), pull.status));
              });
  const auto pulled = engine.image(digest);
  if (!pulled) throw Error(Kind::refused, fmt::format("{} is not there after its pull", digest));
  return pulled->id;
}

}  // namespace

Json target_json(const RollbackRequest& request, const ReleaseRecord& target) {
  Json json = {{"tag", target.tag},
               {"release", target.id},
               {"image", target.image_id},
               {"digest", target.repo_digest},
               {"repository", target.repository},
               {"copies", target.copies},
               {"keep_configuration", request.keep_configuration}};
  if (request.image_only) json[image_only] = true;
  if (!request.via_key.empty()) json["via_key"] = request.via_key;
  return json;
}

ReleaseRecord target_of(const Work& work) {
  const Json& wanted = work.operation.request;
  return {.id = text_at(wanted, "release"),
          .stack = work.stack.name,
          .tag = steps::wanted_tag(work.operation),
          .image_id = text_at(wanted, "image"),
          .repo_digest = text_at(wanted, "digest"),
          .repository = text_at(wanted, "repository"),
          .config_hash = {},
          .environment = {},
          .operator_name = {},
          .outcome = {},
          .copies = text_at(wanted, "copies"),
          .at = {}};
}

std::string find_image(Work& work, Progress& progress) {
  const ReleaseRecord target = target_of(work);
  if (!target.image_id.empty() && work.server.engine.image(target.image_id)) return target.image_id;
  return pull_again(work, progress, target.repository, target.repo_digest);
}

void bring_back_files(Work& work, StepRun& run) {
  bring_in_files(work, run, text_at(work.operation.request, "copies"));
}

Step fit_step_of(const std::string& tag) {
  return {.name = fit_step, .title = fmt::format("compare the databases with those of {}", tag)};
}

std::string difference_of_files(Work& work) {
  return difference(
      work.server, work.stack,
      changes_to(work.server, work.stack.directory, text_at(work.operation.request, "copies")));
}

namespace {

// The refusal, and what to do.
Error databases_changed(Work& work, const Fit& fit) {
  Error error(Kind::refused,
              fmt::format("the databases of {} have changed since {}, which may not run on them; "
                          "nothing was changed",
                          work.stack.name, steps::wanted_tag(work.operation)),
              both_ways(work));
  for (const std::string& line : fit.differences) error.add_context(line);
  return error;
}

std::string unknown_text(const std::string& tag, const Fit& fit) {
  return fmt::format("whether the databases still fit {} is not known: {}", tag, fit.because);
}

}  // namespace

void preview_databases(Work& work, Preview& preview) {
  const std::string tag = steps::wanted_tag(work.operation);
  const Fit fit = fit_of(work, text_at(work.operation.request, "copies"));
  if (fit.answer == Fit::Answer::same)
    preview.databases.push_back(fmt::format("the databases are as {} left them", tag));
  if (fit.answer == Fit::Answer::unknown) preview.databases.push_back(unknown_text(tag, fit));
  std::ranges::copy(fit.differences, std::back_inserter(preview.databases));
  std::ranges::copy(fit.remarks, std::back_inserter(preview.databases));
  if (fit.answer == Fit::Answer::different && !flag_at(work.operation.request, image_only))
    preview.refusal = databases_changed(work, fit);
}

void compare_databases(Work& work, StepRun& run) {
  const std::string tag = steps::wanted_tag(work.operation);
  const Fit fit = fit_of(work, text_at(work.operation.request, "copies"));
  for (const std::string& remark : fit.remarks) run.progress.detail(remark);
  if (fit.answer == Fit::Answer::same) {
    run.summary = fmt::format("they are as {} left them", tag);
    return;
  }
  if (fit.answer == Fit::Answer::unknown) {
    run.progress.detail(unknown_text(tag, fit));
    run.summary = "not known; the image comes back alone";
    return;
  }
  if (!flag_at(work.operation.request, image_only)) throw databases_changed(work, fit);
  run.remember("differences", fit.differences);
  for (const std::string& line : fit.differences) run.progress.detail(line);
  run.summary = "they have changed; the image comes back alone, as asked";
}

std::unique_ptr<Work> begin_work(Server& server, Journal& journal, Progress& progress, int lock,
                                 const RollbackRequest& request) {
  OperationRecord operation =
      new_operation(server, request.with_data ? "rollback-with-data" : "rollback", request.stack,
                    request.operator_name, request.environment, Json::object());
  const Work looking(server, journal, progress, lock, operation);
  if (operation.environment.empty()) operation.environment = looking.stack.policy.environment;
  if (!server.engine.trouble() && lock >= 0) take_over_records(server, journal, looking.stack);
  operation.request = target_json(
      request, choose_rollback(request.stack, journal.releases(request.stack, "good"),
                               rollback_choice(looking.stack, looking.running, request.to)));
  return std::make_unique<Work>(server, journal, progress, lock, operation);
}

}  // namespace ballast::rollback_steps
