#include "upgrade/run_upgrade.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/text.h"
#include "live/candidate.h"

namespace ballast {

namespace {

constexpr Duration time_to_end = std::chrono::seconds(10);
constexpr Duration pause = std::chrono::milliseconds(50);
constexpr int status_questions = 200;
constexpr int signal_base = 128;
constexpr int killed = signal_base + 9;
constexpr std::size_t told_at_most = 5;

// Gone with this object, whatever happens; what is left by a kill has its label.
class UpgradeContainer {
 public:
  UpgradeContainer(Engine& engine, std::string id) : engine_(engine), id_(std::move(id)) {}
  UpgradeContainer(const UpgradeContainer&) = delete;
  UpgradeContainer& operator=(const UpgradeContainer&) = delete;
  ~UpgradeContainer() {
    try {
      engine_.remove_container(id_);
    } catch (const std::exception&) {
      return;
    }
  }

  const std::string& id() const { return id_; }

 private:
  Engine& engine_;
  std::string id_;
};

bool starts_odoo(const std::string& word) {
  const std::string program = word.substr(word.rfind('/') + 1);
  return word.starts_with('-') || program == "odoo" || program == "odoo-bin" ||
         program == "openerp-server";
}

bool is_odoo(const Work& work) { return work.stack.policy.preset == Preset::odoo; }

std::string what_is_upgraded(const UpgradeWork& wanted) {
  return wanted.database.empty() ? std::string("the data") : printable(wanted.database);
}

// The stream of the log may end a moment before the engine knows the exit status.
std::optional<docker::Container> ended_container(Server& server, const std::string& id) {
  for (int asked = 0; asked < status_questions; ++asked) {
    const auto container = server.engine.container(id);
    if (!container || !container->running()) return container;
    server.host.clock.sleep(pause);
  }
  throw Error(Kind::failed, "the Docker Engine does not tell how it ended",
              "look at it: journalctl -u docker");
}

std::string line_of(const LogFinding& finding) {
  std::string line =
      finding.module.empty() ? finding.text : fmt::format("{}: {}", finding.module, finding.text);
  if (!finding.cause.empty()) line += fmt::format(" ({})", finding.cause);
  return line;
}

std::string trouble_of_status(const docker::Container& container, const UpgradeLog& log) {
  const int status = container.exit_code;
  if (!container.error.empty())
    return fmt::format("it did not start: {}", printable(container.error));
  if (status != 0 && log.ran_out_of_disk()) return "it ran out of disk: no space left on device";
  if (container.out_of_memory_killed) return "it was killed: it ran out of memory";
  if (status == killed)
    return "it was killed (SIGKILL): by the kernel for want of memory, or by hand";
  if (status > signal_base && status < signal_base + NSIG)
    return fmt::format("it was ended by signal {}", status - signal_base);
  if (status != 0) return fmt::format("it ended with exit status {}", status);
  return {};
}

// The line that tells most: the first that comes with a traceback.
std::string first_error(const UpgradeLog& log) {
  std::string first;
  for (const LogFinding& finding : log.findings()) {
    if (!finding.is_error()) continue;
    if (!finding.cause.empty()) return line_of(finding);
    if (first.empty()) first = line_of(finding);
  }
  return first;
}

std::string with_error(std::string text, const UpgradeLog& log) {
  const std::string error = first_error(log);
  return error.empty() ? text : fmt::format("{}: {}", text, error);
}

std::string trouble_of_run(const docker::Container& container, const UpgradeLog& log) {
  if (std::string trouble = trouble_of_status(container, log); !trouble.empty())
    return with_error(std::move(trouble), log);
  const auto errors = std::ranges::count_if(log.findings(), &LogFinding::is_error);
  if (errors == 0) return {};
  if (log.ran_out_of_disk()) return with_error("it ran out of disk", log);
  return with_error(fmt::format("it ended with 0, but logged {}", counted(errors, "error")), log);
}

std::string first_of(const std::vector<std::string>& names) {
  std::vector<std::string> told(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                   names.size(), told_at_most)));
  if (names.size() > told_at_most)
    told.push_back(fmt::format("{} more", names.size() - told_at_most));
  return join(told, ", ");
}

// One run: what it said while it ran, and how it ended.
class UpgradeRun {
 public:
  UpgradeRun(Work& work, const UpgradeWork& wanted, const UpgradePlace& place, Progress& progress)
      : work_(work),
        wanted_(wanted),
        place_(place),
        progress_(progress),
        log_(work.stack.secrets) {}

  std::string run();
  const UpgradeLog& log() const { return log_; }

 private:
  std::string run_in(const std::string& container);
  std::string end_late(const std::string& container);
  [[noreturn]] void end_interrupted(const std::string& container);
  void take(std::string_view line);

  Work& work_;
  const UpgradeWork& wanted_;
  const UpgradePlace& place_;
  Progress& progress_;
  UpgradeLog log_;
  std::string told_;
};

std::string UpgradeRun::run() {
  progress_.note("upgrading " + what_is_upgraded(wanted_));
  const UpgradeContainer container(
      work_.server.engine,
      place_.start(upgrade_program(work_.stack.policy, place_.service_words, wanted_)));
  return run_in(container.id());
}

std::string UpgradeRun::run_in(const std::string& container) {
  Engine& engine = work_.server.engine;
  const Engine::LogEnd end = engine.follow_log(
      container, work_.stack.policy.upgrade.timeout, [&](std::string_view line) { take(line); },
      [&] { return !work_.server.host.interrupts.cuts_short(); });
  if (end == Engine::LogEnd::deadline) return end_late(container);
  if (end == Engine::LogEnd::told_to_stop) end_interrupted(container);
  const auto ended = ended_container(work_.server, container);
  if (!ended) return "its container was removed while it ran";
  return is_odoo(work_) ? trouble_of_run(*ended, log_) : trouble_of_status(*ended, log_);
}

// First the program, which may still close its transaction; the container goes with it.
std::string UpgradeRun::end_late(const std::string& container) {
  progress_.note("ending the upgrade of " + what_is_upgraded(wanted_));
  work_.server.engine.stop_container(container, time_to_end);
  return fmt::format("it did not end within {} (upgrade-timeout) and was ended{}",
                     human_duration(work_.stack.policy.upgrade.timeout),
                     log_.loading().empty() ? "" : ", while loading " + log_.loading());
}

void UpgradeRun::end_interrupted(const std::string& container) {
  work_.server.engine.stop_container(container, time_to_end);
  throw Error(Kind::interrupted, "interrupted while upgrading " + what_is_upgraded(wanted_));
}

void UpgradeRun::take(std::string_view line) {
  log_.take(line);
  if (log_.loading() == told_ || log_.loading().empty()) return;
  told_ = log_.loading();
  progress_.note(fmt::format("upgrading {}: {}", what_is_upgraded(wanted_), told_));
}

bool is_wanted(const UpgradeWork& wanted, const std::string& module) {
  return std::ranges::any_of(
      wanted.modules, [&](const std::string& name) { return name == "all" || name == module; });
}

// Of an Addon; empty where nothing can be held against it.
std::string version_in(const std::optional<std::vector<Addon>>& image, const std::string& name,
                       const std::string& series) {
  if (!image || series.empty()) return {};
  const auto found = std::ranges::find(*image, name, &Addon::name);
  if (found == image->end() || !found->trouble.empty() || found->version.empty()) return {};
  return stored_version(found->version, series);
}

// Empty where one of them does not: each is asked alone then.
InstalledModules modules_where_all_answer(Postgres& postgres,
                                          const std::vector<UpgradeOutcome>& outcomes) {
  std::vector<std::string> databases;
  for (const UpgradeOutcome& outcome : outcomes) databases.push_back(outcome.database);
  try {
    return installed_modules(postgres, databases);
  } catch (const Error&) {
    return {};
  }
}

void judge_modules(Postgres& postgres, const UpgradePlace& place, const UpgradeWork& wanted,
                   const InstalledModules& known, UpgradeOutcome& outcome) {
  try {
    const auto found = known.find(outcome.database);
    outcome.left = modules_left(
        found != known.end() ? found->second : installed_modules(postgres, outcome.database),
        place.addons, wanted);
  } catch (const Error& error) {
    if (outcome.passed())
      outcome.trouble = "its modules could not be asked for: " + error.message();
    return;
  }
  if (outcome.passed() && !outcome.left.empty())
    outcome.trouble = "it ended with 0, but left modules behind: " + first_of(outcome.left);
}

}  // namespace

std::vector<std::string> modules_left(const std::vector<InstalledModule>& modules,
                                      const std::optional<std::vector<Addon>>& image,
                                      const UpgradeWork& wanted) {
  std::vector<std::string> left;
  const std::string series = series_of(modules);
  for (const InstalledModule& module : modules) {
    const std::string version = version_in(image, module.name, series);
    if (module.state != "installed")
      left.push_back(printable(fmt::format("{} ({})", module.name, module.state)));
    else if (is_wanted(wanted, module.name) && !version.empty() && version != module.version)
      left.push_back(
          printable(fmt::format("{} ({} instead of {})", module.name, module.version, version)));
  }
  return left;
}

UpgradeProgram upgrade_program(const Policy& policy, const std::vector<std::string>& service_words,
                               const UpgradeWork& wanted) {
  if (wanted.modules.empty()) return {.entrypoint = "sh", .words = {"-c", policy.migrate.run}};
  UpgradeProgram program{.entrypoint = {}, .words = {"odoo"}};
  if (!service_words.empty() && starts_odoo(service_words.front())) program.words = service_words;
  for (const std::string& word : {std::string("-d"), wanted.database, std::string("-u"),
                                  join(wanted.modules, ","), std::string("--stop-after-init"),
                                  std::string("--no-http"), std::string("--max-cron-threads=0")})
    program.words.push_back(word);
  return program;
}

UpgradeOutcome run_upgrade(Work& work, const UpgradeWork& wanted, const UpgradePlace& place,
                           Progress& progress) {
  const Monotonic began = work.server.host.clock.monotonic();
  UpgradeRun run(work, wanted, place, progress);
  UpgradeOutcome outcome;
  outcome.database = wanted.database;
  try {
    outcome.trouble = run.run();
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    outcome.trouble = error.message();
    outcome.last_lines = error.context();
  }
  outcome.findings = run.log().findings();
  if (outcome.last_lines.empty()) outcome.last_lines = run.log().last_lines();
  outcome.elapsed =
      std::chrono::duration_cast<Duration>(work.server.host.clock.monotonic() - began);
  return outcome;
}

void judge_outcomes(Work& work, Postgres* postgres, const UpgradePlace& place,
                    const std::vector<UpgradeWork>& wanted, std::vector<UpgradeOutcome>& outcomes) {
  if (is_odoo(work) && postgres != nullptr) {
    const InstalledModules known = modules_where_all_answer(*postgres, outcomes);
    for (std::size_t number = 0; number < outcomes.size(); ++number)
      judge_modules(*postgres, place, wanted[number], known, outcomes[number]);
  }
  for (UpgradeOutcome& outcome : outcomes)
    if (outcome.passed()) outcome.last_lines.clear();
}

UpgradePlace in_production(Work& work, const std::string& tag, const docker::Image& image) {
  work.inspection.look_at_image(image.id);
  const ComposeService service = work.resolved_service(tag);
  return {.service_words = service_words(work.stack, service),
          .addons = work.inspection.image_addons(),
          .start = [&work, tag, image, service](const UpgradeProgram& program) {
            return start_one_off(work.server, work.stack, work.composer(), service, image, tag,
                                 work.operation.id,
                                 {.what = "the upgrade",
                                  .name = "upgrade",
                                  .entrypoint = program.entrypoint,
                                  .command = program.words},
                                 work.progress)
                .id;
          }};
}

Json outcome_json(const UpgradeOutcome& outcome) {
  return {{"database", outcome.database},
          {"passed", outcome.passed()},
          {"trouble", outcome.trouble},
          {"findings", findings_json(outcome.findings)},
          {"left", outcome.left},
          {"last_lines", outcome.last_lines},
          {"upgrade_ms", outcome.elapsed.count()}};
}

UpgradeOutcome outcome_from_json(const Json& json) {
  UpgradeOutcome outcome;
  outcome.database = text_at(json, "database");
  outcome.trouble = text_at(json, "trouble");
  outcome.findings = findings_from_json(member(json, "findings"));
  outcome.left = texts_in(member(json, "left"));
  outcome.last_lines = texts_in(member(json, "last_lines"));
  outcome.elapsed = Duration(number_at(json, "upgrade_ms"));
  return outcome;
}

}  // namespace ballast
