// What a stack under watch is looked at for, part by part.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "daemon/stack_watch.h"
#include "watch/disk_forecasts.h"
#include "watch/impatient.h"
#include "watch/measured.h"

namespace ballast {

namespace {

std::string trace_of(Disk& disk, const std::string& path) {
  const auto info = disk.info(path);
  if (!info) return "-;";
  return fmt::format("{}.{}.{};", info->number, info->size,
                     info->modified.time_since_epoch().count());
}

// Whoever wants to know whether anything is new compares this.
std::string verdicts_of(const std::vector<AlertLine>& lines) {
  std::string text;
  for (const AlertLine& line : lines)
    text += fmt::format("{}/{}={}{};", line.kind->id, line.finding.subject,
                        static_cast<int>(line.finding.verdict),
                        static_cast<int>(line.settings.severity));
  return text;
}

// What is asked of a site or a database hangs on these.
std::string states_of(const Seen<Running>& running) {
  std::string text;
  if (!running.value) return text;
  for (const docker::Container& one : running.value->services)
    text += fmt::format("{}/{}/{};", one.id, one.state, one.health);
  return text;
}

}  // namespace

void StackWatch::see(Part part, const Operation& before) {
  if (part == Part::files) return see_files(before);
  std::shared_ptr<const Stack> stack;
  std::shared_ptr<const ballast::Seen<Running>> known;
  ballast::Seen<DatabaseSeen> database;
  std::string docker_folder;
  {
    const std::lock_guard lock(mutex_);
    stack = seen_.stack;
    docker_folder = known_docker_folder();
    known = seen_.running;
    if (part == Part::health) database = seen_.database;
  }
  const ballast::Seen<Running>& running = *known;
  const Duration patience = patience_of(*stack, part);
  ImpatientServer impatient(server_, patience);
  switch (part) {
    case Part::files: break;
    case Part::containers: return see_containers(before, *stack);
    case Part::database: return see_database(before, *stack, running);
    case Part::health: return see_health(before, *stack, running, database);
    case Part::records: return see_records(before, *stack, running);
    case Part::history: return write_history();
    case Part::forecast: return see_forecast(before);
    case Part::memory: {
      if (!running.value) return;
      auto memory = see_memory(impatient.get(), *running.value);
      return take(before, [&](Observed& observed) { observed.memory = std::move(memory); });
    }
    case Part::disks: {
      auto disks = see_disks(impatient.get(), *stack, docker_folder);
      return take(before, [&](Observed& observed) {
        if (disks.value && observed.disks.value)
          disks.value->forecasts = observed.disks.value->forecasts;
        observed.disks = std::move(disks);
      });
    }
    case Part::certificates: {
      auto certificates = see_certificates(stack->policy, patience);
      return take(before,
                  [&](Observed& observed) { observed.certificates = std::move(certificates); });
    }
  }
}

void StackWatch::see_files(const Operation& before) {
  std::shared_ptr<const Stack> read;
  std::string trouble;
  bool is_known = false;
  {
    const std::lock_guard lock(mutex_);
    is_known = seen_.stack != nullptr && trouble_.empty();
  }
  if (files_changed() || !is_known) try {
      read = std::make_shared<const Stack>(read_stack(server_, name_));
    } catch (const Error& error) {
      trouble = error.message();
    }
  if (!read && trouble.empty() && !begins_or_ends(before)) return;
  take(before, [&](Observed& observed) {
    if (read || !trouble.empty()) set_trouble(trouble);
    if (!read) return;
    seen_.stack = read;
    observed.policy = read->policy;
    observed.tag = read->tag();
  });
  if (read) want_all();
}

bool StackWatch::begins_or_ends(const Operation& operation) const {
  const std::lock_guard lock(mutex_);
  return seen_.observed.is_busy() != (operation && operation->alive);
}

// The past may be lost: it is no trouble of the stack.
void StackWatch::write_history() {
  std::vector<Measured> measured;
  {
    const std::lock_guard lock(mutex_);
    measured = measured_of(seen_.observed, lines_);
  }
  try {
    measurements_.add(server_.host.clock.now(), measured);
  } catch (const Error&) {
    return;
  }
}

void StackWatch::see_forecast(const Operation& before) {
  std::vector<DiskUse> uses;
  {
    const std::lock_guard lock(mutex_);
    if (!seen_.observed.disks.value) return;
    uses = seen_.observed.disks.value->uses;
  }
  auto forecasts = read_disk_forecasts(server_.host.disk, server_.paths.measurements(name_), uses,
                                       server_.host.clock.now());
  take(before, [&](Observed& observed) {
    if (observed.disks.value) observed.disks.value->forecasts = std::move(forecasts);
  });
}

std::string StackWatch::known_docker_folder() const {
  const Observed& observed = seen_.observed;
  if (observed.engine_clock.value) return observed.engine_clock.value->folder;
  return observed.disks.value ? observed.disks.value->docker_folder : std::string();
}

// The policy speaks of sites and databases; an engine that is busy is not one that is down.
Duration StackWatch::patience_of(const Stack& stack, Part part) const {
  const Duration most = patience_with(part, interval_);
  const bool is_probe =
      part == Part::health || part == Part::database || part == Part::certificates;
  return is_probe ? std::min(stack.policy.verify.probe_deadline, most) : most;
}

bool StackWatch::files_changed() {
  std::string trace;
  for (const std::string& path : paths_of_files()) trace += trace_of(server_.host.disk, path);
  if (trace == files_) return false;
  files_ = std::move(trace);
  return true;
}

// Of the folder, too: what is replaced, added or taken away changes it.
std::vector<std::string> StackWatch::paths_of_files() const {
  std::vector<std::string> paths{server_.paths.stack(name_)};
  const std::lock_guard lock(mutex_);
  if (!seen_.stack) return paths;
  const Stack& stack = *seen_.stack;
  paths.insert(paths.end(), {stack.compose_path, stack.env_path, stack.policy_path});
  if (stack.override_path) paths.push_back(*stack.override_path);
  return paths;
}

Operation StackWatch::operation_now() {
  return server_.host.locks.held(server_.paths.stack_lock(name_));
}

void StackWatch::see_containers(const Operation& before, const Stack& stack) {
  ImpatientServer impatient(server_, patience_of(stack, Part::containers));
  ballast::Seen<Running> running;
  try {
    running = {.value = observe(impatient.get(), stack), .trouble = {}, .hint = {}};
  } catch (const Error& error) {
    running = {.value = {}, .trouble = error.message(), .hint = error.hint()};
  }
  bool is_first = false;
  bool is_other = false;
  take(before, [&](Observed& observed) {
    is_first = running.value && !seen_.running->value;
    is_other = states_of(running) != states_of(*seen_.running);
    observed.services = see_services(stack, running);
    seen_.running = std::make_shared<const ballast::Seen<Running>>(std::move(running));
  });
  if (is_first) return want_all();
  if (!is_other) return;
  for (const Part part : {Part::database, Part::health}) want(part);
}

void StackWatch::see_database(const Operation& before, const Stack& stack,
                              const ballast::Seen<Running>& running) {
  if (!has_database(stack.policy)) return;
  const Duration patience = patience_of(stack, Part::database);
  const std::string& service = stack.policy.database_service;
  ballast::Seen<DatabaseSeen> database{
      .value = {}, .trouble = running.trouble, .hint = running.hint};
  if (service.empty() || running.value)
    database = {.value = observe_database(server_, stack,
                                          service.empty() ? nullptr : running.value->of(service),
                                          patience, &database_memory_),
                .trouble = {},
                .hint = {}};
  bool has_others = false;
  take(before, [&](Observed& observed) {
    const auto names = [](const ballast::Seen<DatabaseSeen>& one) {
      return one.value ? one.value->odoo : std::vector<std::string>();
    };
    has_others = names(seen_.database) != names(database);
    seen_.database = database;
    observed.database = std::move(database);
  });
  if (has_others) want(Part::health);
}

void StackWatch::see_health(const Operation& before, const Stack& stack,
                            const ballast::Seen<Running>& running,
                            const ballast::Seen<DatabaseSeen>& database) {
  if (!running.value) return;
  const Duration patience = patience_of(stack, Part::health);
  const docker::Container* release = running.value->of(stack.policy.service);
  const auto ask = [&](AboutDatabases which) {
    return observe_health(server_, stack, release, which, database, patience, false);
  };
  auto health = ask(AboutDatabases::no);
  std::ranges::move(ask(AboutDatabases::yes), std::back_inserter(health));
  take(before, [&](Observed& observed) { observed.health = std::move(health); });
}

void StackWatch::see_records(const Operation& before, const Stack& stack,
                             const ballast::Seen<Running>& running) {
  const Monotonic began = server_.host.clock.monotonic();
  ImpatientServer impatient(server_, patience_of(stack, Part::records));
  Server& server = impatient.get();
  auto records = ballast::see_records(server, name_);
  auto backups = see_backups(server, stack);
  auto clock = see_engine_clock(server);
  ballast::Seen<WayBack> back{.value = {}, .trouble = running.trouble, .hint = running.hint};
  if (running.value) back = see_way_back(server, stack, *running.value);
  take(before, [&](Observed& observed) {
    // What was noted while the journal was read may be missing there.
    if (modified_noted_ > began && records.value && observed.records.value)
      records.value->modified = observed.records.value->modified;
    observed.records = std::move(records);
    observed.backups = std::move(backups);
    observed.engine_clock = std::move(clock);
    observed.way_back = std::move(back);
  });
}

// Who was at work before or after may have caused what was seen in between. An operation that is
// over has changed what there is to see.
template <typename Change>
void StackWatch::take(const Operation& before, const Change& change) {
  const Operation after = operation_now();
  bool is_over = false;
  {
    const std::lock_guard lock(mutex_);
    Observed& observed = seen_.observed;
    const bool was_busy = observed.is_busy();
    observed.operation = after ? after : before;
    observed.now = server_.host.clock.now();
    change(observed);
    is_over = was_busy && !observed.is_busy();
    // What was under way when the journal was read is so no more.
    if (is_over && observed.records.value) observed.records.value->unfinished.clear();
    if (seen_.stack) judge();
  }
  if (is_over) want_all();
}

void StackWatch::set_trouble(const std::string& trouble) {
  has_news_ |= trouble != trouble_;
  trouble_ = trouble;
}

bool StackWatch::is_seen_wholly() const { return std::ranges::all_of(slots_, &Slot::seen); }

void StackWatch::judge() {
  lines_ = with_unanswered(judge_alerts(seen_.observed).lines, lines_);
  if (seen_.observed.was_never_started())
    std::erase_if(
        lines_, [](const AlertLine& line) { return part_of_alert(line.kind->id) != Part::disks; });
  std::string verdicts = verdicts_of(lines_);
  has_news_ |= verdicts != verdicts_;
  verdicts_ = std::move(verdicts);
}

}  // namespace ballast
