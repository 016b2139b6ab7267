#include "restore/drill.h"

#include <fmt/format.h>

#include <memory>

#include "backup/verify_set.h"
#include "base/text.h"
#include "live/candidate.h"
#include "model/names.h"
#include "restore/neutralise.h"
#include "restore/restore_plan.h"
#include "restore/staging.h"
#include "restore/throw_away_world.h"

namespace ballast {

namespace {

constexpr int shown_log_lines = 20;
constexpr RoomFor for_a_drill{.what = "a drill", .done = "drilled"};

StoredSet set_of(const Work& work) {
  return SetStore(work.server, work.stack.name).find(text_at(work.operation.request, "set"));
}

// One drill under way: the world, and what it has found out.
class Drill {
 public:
  explicit Drill(Work& work)
      : work_(work),
        stored_(set_of(work)),
        world_(work, stored_, for_a_drill),
        image_(world_.image_of_set()) {}

  void look(StepRun& run);
  void restore(StepRun& run);
  void prove(StepRun& run);
  void start(StepRun& run);

 private:
  const BackupSet& set() const { return stored_.set; }
  void require_space();
  void restore_databases(StepRun& run);
  void restore_volumes(StepRun& run);
  void neutralise_all(StepRun& run);
  std::vector<FilestoreCopy> filestores();

  Work& work_;
  StoredSet stored_;
  ThrowAwayWorld world_;
  docker::Image image_;
  Monotonic began_{};
};

void Drill::look(StepRun& run) {
  require_of_stack(stored_, work_.stack.name, "drilled");
  const SetVerified verified = verify_set(work_.server, stored_, work_.operation.id, run.progress);
  if (!verified.good()) throw unsound(verified, Kind::verification, "", "");
  require_space();
  run.summary = stored_.id;
}

void Drill::restore(StepRun& run) {
  began_ = work_.server.host.clock.monotonic();
  for (const SetVolume& volume : set().volumes) world_.make_folder(volume.mount);
  if (world_.has_server()) restore_databases(run);
  restore_volumes(run);
  run.summary =
      fmt::format("{}, {}, {}", counted(static_cast<long long>(set().databases.size()), "database"),
                  counted(static_cast<long long>(set().attachment_count()), "attachment"),
                  counted(static_cast<long long>(set().volumes.size()), "volume"));
}

// The database server of the drill keeps its files where Docker does.
void Drill::require_space() {
  Need databases{.folder = {}};
  Need files{.folder = work_.server.paths.backups(work_.stack.name)};
  if (world_.has_server()) databases.folder = work_.server.engine.info().root_directory;
  for (const SetDatabase& database : set().databases) {
    databases.bytes += database.size;
    files.bytes += database.attachment_bytes;
  }
  for (const SetVolume& volume : set().volumes)
    files.bytes += unpacked_size(work_.server, stored_, volume.archive);
  require_room(work_.server.host.disk, {databases, files},
               fmt::format("free some: ballast prune {} --dry-run", work_.stack.name), for_a_drill);
}

void Drill::restore_databases(StepRun& run) {
  run.progress.note("starting a throw-away database server");
  world_.start_server();
  Postgres postgres(work_.server.engine, world_.server());
  const docker::Container& server = world_.server();
  DumpReader reader(work_.server, work_.operation.id, &server, stored_.folder);
  for (const SetDatabase& database : set().databases) {
    run.progress.note("restoring " + printable(database.name));
    create_as_in_set(postgres, database);
    fill_database(postgres, reader, database, database.name);
  }
}

void Drill::restore_volumes(StepRun& run) {
  for (const SetVolume& volume : set().volumes) {
    run.progress.note("unpacking " + volume.archive);
    work_.server.host.archives.extract(fmt::format("{}/{}", stored_.folder, volume.archive),
                                       world_.folder_for(volume.mount.path));
  }
  for (FilestoreCopy& copy : filestores()) copy.fill(run.progress);
}

std::vector<FilestoreCopy> Drill::filestores() {
  std::vector<FilestoreCopy> copies;
  if (!set().filestore) return copies;
  const std::string folder = world_.folder_for(set().filestore->mount.path);
  for (const SetDatabase& database : set().databases)
    copies.emplace_back(work_.server, stored_, database, folder, "filestore/" + database.name);
  return copies;
}

void Drill::prove(StepRun& run) {
  if (world_.has_server()) {
    Postgres postgres(work_.server.engine, world_.server());
    for (const SetDatabase& database : set().databases)
      prove_database(postgres, database, database.name);
  }
  for (FilestoreCopy& copy : filestores()) copy.prove(run.progress);
  run.summary = "rows and attachments as in the manifest";
}

void Drill::neutralise_all(StepRun& run) {
  for (const SetDatabase& database : set().databases) {
    if (!database.odoo) continue;
    run.progress.note("neutralising " + printable(database.name));
    neutralise(work_, world_.release_container(image_, {}), database.name);
  }
}

void Drill::start(StepRun& run) {
  neutralise_all(run);
  const docker::Container container = world_.start_release(image_);
  Inspection inspection(work_.server, work_.journal, work_.stack, work_.operation.id);
  inspection.look_at_image(container.image_id);
  if (!world_.server().id.empty()) inspection.use_database(world_.server());
  inspection.find_databases(Running{});
  const Policy::Verify& policy = work_.stack.policy.verify;
  Verification verification;
  work_.server.host.machine.in_network_of(container.process, [&] {
    verification =
        verify_until_good(inspection, set().release.tag, container.id, Asked::copy,
                          {.timeout = policy.timeout, .settle = policy.settle}, run.progress);
  });
  Json checks = Json::array();
  for (const CheckResult& check : verification.checks) checks.push_back(line_of(check));
  run.remember("checks", checks);
  run.remember(
      "restored_ms",
      std::chrono::duration_cast<Duration>(work_.server.host.clock.monotonic() - began_).count());
  run.summary =
      fmt::format("{} pass", counted(static_cast<long long>(verification.checks.size()), "check"));
  if (verification.passed) return;
  show_log(work_.server, work_.stack, container.id, shown_log_lines, run.progress);
  Error error(Kind::failed,
              fmt::format("the release does not verify on the copy: {}", verification.trouble));
  for (const std::string& line : failing_lines(verification.checks)) error.add_context(line);
  throw error;
}

Plan plan_of(const std::string& stack, const std::string& set) {
  return {.kind = "drill",
          .stack = stack,
          .steps = {{.name = "look", .title = "verify " + set, .undo = "remove its container"},
                    {.name = "restore",
                     .title = "restore it into throw-away containers",
                     .undo = "remove them, and their files"},
                    {.name = "prove", .title = "prove the copy"},
                    {.name = "start", .title = "start the release on it, verify"},
                    {.name = "remove",
                     .title = "remove the containers and files of the drill, write the report",
                     .commits = true}}};
}

std::optional<Duration> age_at(Time now, const BackupSet& set) {
  if (set.started > now) return std::nullopt;
  return std::chrono::duration_cast<Duration>(now - set.started);
}

DrillReport report_of(const Work& work) {
  const StoredSet stored = set_of(work);
  return {.id = work.operation.id,
          .stack = work.stack.name,
          .set = stored.id,
          .at = work.server.host.clock.now(),
          .operator_name = work.operation.operator_name,
          .passed = false,
          .trouble = {},
          .tag = stored.set.release.tag,
          .databases = stored.set.databases.size(),
          .attachments = stored.set.attachment_count(),
          .checks = {},
          .restored = {},
          .age = age_at(work.operation.started, stored.set)};
}

void take_facts(const Json& start, DrillReport& report) {
  for (const Json& check : member(start, "checks"))
    report.checks.push_back(check.get<std::string>());
  report.restored = Duration(number_at(start, "restored_ms"));
}

void keep_passed(Work& work, StepRun& run) {
  remove_throw_away_world(work);
  DrillReport report = report_of(work);
  report.passed = true;
  take_facts(run.fact_of("start"), report);
  keep_report(work.server, report);
}

// One that was refused or cut off says nothing of the set, nor does one that could not read it.
bool tells_of_the_set(const Failure& failure) {
  const Kind kind = failure.error.kind();
  return kind == Kind::verification || (kind == Kind::failed && failure.step != "look");
}

DrillReport report_of_failure(const Work& work, const Error& error, const Facts& facts) {
  DrillReport report = report_of(work);
  if (const auto start = facts.find("start"); start != facts.end())
    take_facts(start->second, report);
  report.trouble = error.message();
  for (const std::string& line : error.context()) report.checks.push_back(line);
  return report;
}

Error without_report(const Work& work, const Error& error, const Error& why) {
  Error told(error.kind(),
             fmt::format("the drill for {} failed: {}; {} itself was not touched", work.stack.name,
                         error.message(), work.stack.name),
             error.hint());
  for (const std::string& line : error.context()) told.add_context(line);
  return told.add_context("its report could not be kept: " + why.message());
}

Ending ending_of_drill(const Work& work, const Failure& failure, const Facts& facts) {
  Ending ending{.error = failure.error, .history = {}, .release = std::nullopt};
  if (!tells_of_the_set(failure)) return ending;
  try {
    keep_report(work.server, report_of_failure(work, failure.error, facts));
  } catch (const Error& error) {
    ending.error = without_report(work, failure.error, error);
  }
  return ending;
}

std::optional<DrillReport> report_of_operation(Server& server, const OperationRecord& operation) {
  for (DrillReport& report : drill_reports(server, operation.stack))
    if (report.id == operation.id) return std::move(report);
  return std::nullopt;
}

}  // namespace

Course drill_course(Work& work) {
  auto under_way = std::make_shared<std::unique_ptr<Drill>>();
  const auto step = [&work, under_way](void (Drill::*part)(StepRun&)) {
    return [&work, under_way, part](StepRun& run) {
      if (!*under_way) *under_way = std::make_unique<Drill>(work);
      ((**under_way).*part)(run);
    };
  };
  const auto remove = [&work](StepRun&) { remove_throw_away_world(work); };
  return {.handlers = {{"look", {step(&Drill::look), remove}},
                       {"restore", {step(&Drill::restore), remove}},
                       {"prove", {step(&Drill::prove), {}}},
                       {"start", {step(&Drill::start), remove}},
                       {"remove", {[&work](StepRun& run) { keep_passed(work, run); }, remove}}},
          .ending = [&work](const Failure& failure,
                            const Facts& facts) { return ending_of_drill(work, failure, facts); },
          .records_changed = [] {}};
}

DrillReport drill(Server& server, Progress& progress, const DrillRequest& request) {
  require_stack_name(request.stack);
  require_field("the operator", request.operator_name);
  const Stack stack = read_stack(server, request.stack);
  HeldStack held(server, request.stack, "drill", request.operator_name, request.wait, progress);
  require_engine(server);
  const StoredSet stored = SetStore(server, request.stack).find(request.set);
  Work work(server, held.journal, progress, held.descriptor(),
            new_operation(server, "drill", request.stack, request.operator_name,
                          stack.policy.environment, {{"set", stored.id}}));
  const Course course = course_of(work);
  try {
    Runner(server.host, held.journal, progress, course)
        .run(work.operation, plan_of(request.stack, stored.id));
  } catch (const Error& error) {
    if (!report_of_operation(server, work.operation)) throw;
  }
  const auto report = report_of_operation(server, work.operation);
  if (!report) throw Error(Kind::failed, "the report of the drill is gone");
  return *report;
}

}  // namespace ballast
