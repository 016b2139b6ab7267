#include "live/composer.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

constexpr Duration up_deadline = std::chrono::minutes(15);
constexpr Duration config_deadline = std::chrono::seconds(30);
constexpr std::size_t shown_lines = 12;

std::string version_label(const Running& running, const std::string& service) {
  if (const auto* release = running.of(service))
    return release->label(docker::label_compose_version);
  for (const docker::Container& container : running.services)
    if (auto version = container.label(docker::label_compose_version); !version.empty())
      return version;
  return {};
}

ComposeProject project_for(const Stack& stack) {
  ComposeProject project{
      .name = stack.project, .directory = stack.directory, .files = {stack.compose_path}};
  if (stack.override_path) project.files.push_back(*stack.override_path);
  return project;
}

// Compose draws over its own lines: what stands there in the end.
std::string_view last_drawn(std::string_view line) {
  line = trim(line);
  return trim(line.substr(line.rfind('\r') + 1));
}

}  // namespace

Composer::Composer(Server& server, const Stack& stack, const Running& running, int lock)
    : server_(server),
      stack_(stack),
      tool_(
          choose_compose(find_compose(server.host), version_label(running, stack.policy.service))),
      project_(project_for(stack)),
      lock_(lock) {}

void Composer::up(const UpOptions& options, Progress& progress) {
  const Outcome outcome = run(up_words(tool_, options), {}, up_deadline, &progress);
  if (outcome.ok()) cut_off_ = false;
  if (outcome.signal != 0 || outcome.timed_out || outcome.interrupted) cut_off_ = true;
  must(outcome, options.services.empty() ? "starting the stack"
                                         : "starting " + join(options.services, ", "));
}

void Composer::start_candidate(const CandidateOptions& options, std::string_view what,
                               const std::map<std::string, std::string>& environment,
                               Progress& progress) {
  must(run(candidate_words(tool_, options), environment, up_deadline, &progress),
       fmt::format("starting {}", what));
}

void Composer::remove(const std::string& service, Progress& progress) {
  must(run(remove_words(tool_, service), {}, up_deadline, &progress), "removing " + service);
}

ComposeReading Composer::read(const std::map<std::string, std::string>& environment) {
  const bool alone = stack_.stands_alone();
  const Outcome outcome = run(config_words(alone), environment, config_deadline, nullptr);
  if (!outcome.ok()) return {.trouble = refusal(outcome), .resolved = {}, .unset_variables = {}};
  ComposeReading reading{
      .trouble = {}, .resolved = {}, .unset_variables = unset_variables(outcome.errors)};
  if (!alone) reading.resolved = parse_compose(stack_.compose_path, outcome.output);
  return reading;
}

std::string Composer::resolved(const std::map<std::string, std::string>& environment) {
  const Outcome outcome = run(config_words(false), environment, config_deadline, nullptr);
  return outcome.ok() ? outcome.output : std::string();
}

Error Composer::refusal(const Outcome& outcome) const {
  const std::string said =
      printable(stack_.secrets.mask(shortened(std::string(trim(outcome.errors)), 600)));
  return Error(
      Kind::refused,
      fmt::format("{} does not take {}: {}", join(tool_.program, " "), stack_.compose_path,
                  said.empty() ? outcome.reason() : said),
      fmt::format("see it with: cd {} && {} config", stack_.directory, join(tool_.program, " ")));
}

Outcome Composer::run(const std::vector<std::string>& words,
                      const std::map<std::string, std::string>& environment, Duration deadline,
                      Progress* progress) {
  Command command{.argv = compose_argv(tool_, project_, words),
                  .environment = compose_environment(server_.host, project_, environment),
                  .directory = stack_.directory,
                  .input = {},
                  .deadline = deadline,
                  .inherited = {},
                  .on_line = {}};
  if (lock_ >= 0) command.inherited.push_back(lock_);
  if (progress != nullptr)
    command.on_line = [&, progress](std::string_view line, bool) {
      const std::string_view drawn = last_drawn(line);
      if (!drawn.empty()) progress->note(printable(stack_.secrets.mask(std::string(drawn))));
    };
  return server_.host.processes.run(command);
}

void Composer::must(const Outcome& outcome, const std::string& what) {
  if (outcome.ok()) return;
  if (outcome.interrupted) throw Error(Kind::interrupted, "interrupted while " + what);
  Error error(
      Kind::failed,
      fmt::format("{} failed: {} ended with {}", what, join(tool_.program, " "), outcome.reason()),
      fmt::format("its last words are above; try it by hand in {}", stack_.directory));
  for (const std::string& line : split_lines(last_lines(outcome.errors, shown_lines)))
    error.add_context(printable(stack_.secrets.mask(std::string(last_drawn(line)))));
  throw error;
}

}  // namespace ballast
