#include "deploy/adopt.h"

#include <fmt/format.h>

#include "base/text.h"
#include "deploy/courses.h"
#include "deploy/outcome.h"
#include "deploy/preview.h"
#include "deploy/steps.h"
#include "live/records.h"
#include "model/names.h"

namespace ballast {

namespace {

void require_request(const AdoptRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.operator_name);
  if (!request.author.empty()) require_field("the author", request.author);
  if (!request.environment.empty()) require_field("the environment", request.environment);
}

Plan plan_of(const Work& work) {
  const std::string& tag = steps::wanted_tag(work.operation);
  return {.kind = "adopt",
          .stack = work.stack.name,
          .steps = {{.name = "pull", .title = fmt::format("look at what runs as {}", tag)},
                    {.name = "verify", .title = "verify through the address of users' traffic"},
                    {.name = "commit", .title = "record it as last good", .commits = true}}};
}

// What runs is the truth; the tag line must agree with it, or the next `compose up` would change
// the release.
void look_at_what_runs(Work& work, StepRun& run) {
  const docker::Container container = work.release_container();
  const Reference reference = parse_reference(container.image);
  const std::string tag = steps::wanted_tag(work.operation);
  if (reference.tag != tag)
    throw Error(Kind::refused,
                fmt::format("{} runs {}, but .env says {}={}", work.stack.name, container.image,
                            work.stack.policy.tag_variable, tag),
                fmt::format("make them agree first: correct {}, or bring the stack up",
                            work.stack.env_path));
  const auto image = work.server.engine.image(container.image_id);
  run.remember("repository", reference.repository);
  run.remember("digest", image ? image->digest_of(reference.repository) : "");
  run.remember("image", container.image_id);
  run.summary = container.image;
}

OperationRecord adopt_operation(Server& server, const AdoptRequest& request) {
  const Stack stack = read_stack(server, request.stack);
  const std::string environment =
      request.environment.empty() ? stack.policy.environment : request.environment;
  const std::string author = request.author.empty() ? request.operator_name : request.author;
  return new_operation(
      server, "adopt", request.stack, author, environment,
      {{"tag", stack.tag()}, {"adopted_by", request.operator_name}, {"author", request.author}});
}

}  // namespace

Course adopt_course(Work& work) {
  return {
      .handlers = {{"pull", {[&](StepRun& run) { look_at_what_runs(work, run); }, {}}},
                   {"verify", {[&](StepRun& run) { steps::verify(work, run); }, {}}},
                   {"commit", {[&](StepRun& run) { steps::commit(work, run, "success"); }, {}}}},
      .ending =
          [&](const Failure& failure, const Facts& facts) {
            Ending ending = ending_of(work, failure, facts);
            if (failure.step == "verify" && failure.error.kind() == Kind::rolled_back)
              ending.error = ending.error.with_kind(Kind::verification);
            return ending;
          },
      .records_changed = [&] { sync_records(work.server, work.journal); }};
}

OperationResult adopt(Server& server, Progress& progress, const AdoptRequest& request) {
  require_request(request);
  require_readable(server, request.stack);
  HeldStack held(server, request.stack, "adopt", request.operator_name, request.wait, progress);
  require_engine(server);
  Work work(server, held.journal, progress, held.descriptor(), adopt_operation(server, request));
  take_over_records(server, held.journal, work.stack);
  return run_work(work, plan_of(work));
}

Preview preview_adopt(Server& server, const AdoptRequest& request) {
  require_request(request);
  Silence silence;
  PreviewJournal journal(server);
  Work work(server, journal.get(), silence, -1, adopt_operation(server, request));
  return {.plan = plan_of(work), .gates = {}};
}

}  // namespace ballast
