#include "deploy/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/text.h"
#include "deploy/outcome.h"
#include "deploy/preview.h"
#include "deploy/steps.h"
#include "live/records.h"
#include "live/workbench.h"
#include "model/names.h"

namespace ballast {

namespace {

constexpr std::uint64_t history_limit = 1u << 30;

OperationRecord looking(Server& server, const std::string& stack, const std::string& tag) {
  return new_operation(server, "look", stack, server.host.machine.login_name(), "", {{"tag", tag}});
}

bool wanted(const HistoryEntry& entry, const HistoryQuery& query) {
  if (!query.stack.empty() && entry.stack != query.stack) return false;
  if (!query.operator_name.empty() && entry.operator_name != query.operator_name) return false;
  return !query.since || (entry.time && *entry.time >= *query.since);
}

bool says_that_it_is_good(const HistoryEntry& entry) {
  return entry.status == "success" || entry.status == "rollback";
}

// At the newest entry of the release that runs.
void mark_modified(HistoryReport& report, const std::string& stack, const std::string& tag,
                   const ModifiedByHand& modified) {
  for (std::size_t at = report.entries.size(); at-- > 0;) {
    const HistoryEntry& entry = report.entries[at];
    if (entry.stack != stack || !says_that_it_is_good(entry)) continue;
    if (entry.version == tag) report.marks.push_back({.entry = at, .modified = modified});
    return;
  }
}

void mark_modified(HistoryReport& report, const Journal& journal) {
  for (const std::string& stack : journal.stacks()) {
    const auto modified = modified_by_hand(journal, stack);
    const auto good = journal.releases(stack, "good");
    if (modified && !good.empty()) mark_modified(report, stack, good.front().tag, *modified);
  }
}

std::string way_of(const Journal& journal, const ReleaseRecord& release) {
  const auto operation = journal.operation(release.id);
  if (!operation) return {};
  if (operation->kind == "rollback-with-data") return "with data";
  return flag_at(operation->request, "image_only") ? "image only" : "";
}

// The line and the record of a release are of one moment.
const ReleaseRecord* release_at(const std::vector<ReleaseRecord>& good, const HistoryEntry& entry) {
  const auto is_it = [&](const ReleaseRecord& release) {
    return release.tag == entry.version && entry.time &&
           std::chrono::abs(release.at - *entry.time) < std::chrono::seconds(5);
  };
  const auto found = std::ranges::find_if(good, is_it);
  return found == good.end() ? nullptr : &*found;
}

void mark_ways(HistoryReport& report, const Journal& journal) {
  std::map<std::string, std::vector<ReleaseRecord>> good;
  for (const std::string& stack : journal.stacks()) good[stack] = journal.releases(stack, "good");
  for (std::size_t at = 0; at < report.entries.size(); ++at) {
    const HistoryEntry& entry = report.entries[at];
    const auto known = good.find(entry.stack);
    if (entry.status != "rollback" || known == good.end()) continue;
    const ReleaseRecord* release = release_at(known->second, entry);
    const std::string way = release == nullptr ? "" : way_of(journal, *release);
    if (!way.empty()) report.ways.push_back({.entry = at, .text = way});
  }
}

// history.log is everybody's, the journal root's alone.
void mark_modified(Server& server, HistoryReport& report) {
  try {
    const auto journal = Journal::open_for_reading(server.paths.journal());
    if (!journal) return;
    mark_modified(report, *journal);
    mark_ways(report, *journal);
  } catch (const Error& error) {
    report.marks_unknown = error.message();
  }
}

// What is asked for, and the marks of that.
HistoryReport selected(HistoryReport all, const HistoryQuery& query) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < all.entries.size(); ++at)
    if (wanted(all.entries[at], query)) places.push_back(at);
  if (query.limit != 0 && places.size() > query.limit)
    places.erase(places.begin(), places.end() - static_cast<std::ptrdiff_t>(query.limit));
  HistoryReport report{.entries = {},
                       .marks = {},
                       .ways = {},
                       .marks_unknown = all.marks_unknown,
                       .unreadable_lines = all.unreadable_lines};
  for (const std::size_t place : places) {
    const auto mark = std::ranges::find(all.marks, place, &HistoryMark::entry);
    if (mark != all.marks.end())
      report.marks.push_back({.entry = report.entries.size(), .modified = mark->modified});
    const auto way = std::ranges::find(all.ways, place, &HistoryWay::entry);
    if (way != all.ways.end())
      report.ways.push_back({.entry = report.entries.size(), .text = way->text});
    report.entries.push_back(std::move(all.entries[place]));
  }
  return report;
}

std::string outcome_text(const std::optional<Error>& error) {
  if (!error) return "finished";
  return error->kind() == Kind::rollback_failed ? "needs a person" : "undone";
}

std::vector<Recovered> recover_one(Server& server, Journal& journal, Progress& progress,
                                   const std::string& stack, Duration wait) {
  std::vector<Recovered> recovered;
  const auto lock =
      hold_stack(server, stack, "recover", server.host.machine.login_name(), wait, progress);
  for (const OperationRecord& operation : journal.unfinished(stack)) {
    const auto error = recover_operation(server, journal, progress, *lock, operation);
    recovered.push_back({.operation = operation.id,
                         .kind = operation.kind,
                         .stack = stack,
                         .outcome = outcome_text(error),
                         .message = error ? error->message() : "done",
                         .exit_status = error && error->kind() == Kind::rollback_failed
                                            ? exit_status(error->kind())
                                            : 0});
  }
  return recovered;
}

void remove_left_by_readers(Server& server, const std::string& stack) {
  if (server.engine.trouble()) return;
  const auto names = stack.empty() ? stack_names(server) : std::vector{stack};
  for (const std::string& name : names)
    for (const docker::Container& bench : benches_of_dead_readers(server, name))
      server.engine.remove_container(bench.id);
}

}  // namespace

VerifyReport verify(Server& server, Progress& progress, const std::string& name) {
  const Stack stack = read_stack(server, name);
  if (const auto trouble = server.engine.trouble()) throw *trouble;
  PreviewJournal journal(server);
  const std::string tag = stack.tag();
  Work work(server, journal.get(), progress, -1, looking(server, name, tag));
  const docker::Container* container = work.running.of(stack.policy.service);
  if (container == nullptr)
    throw Error(Kind::verification,
                fmt::format("service `{}` of {} has no container", stack.policy.service, name),
                fmt::format("start it: ballast deploy {} {}", name, tag));
  work.inspection.look_at_image(container->image_id);
  work.inspection.find_databases(work.running);
  const Verification verification = verify_once(work.inspection, tag, *container, Asked::live);
  return {.stack = name,
          .tag = parse_reference(container->image).tag,
          .how = verification.how,
          .checks = verification.checks,
          .passed = verification.passed};
}

HistoryReport history(Server& server, const HistoryQuery& query) {
  if (!query.stack.empty()) require_stack_name(query.stack);
  HistoryReport report;
  const std::string text =
      server.host.disk.read(server.paths.history(), history_limit).value_or("");
  for (const std::string& line : split_lines(text)) {
    if (trim(line).empty()) continue;
    const auto entry = parse_history_line(line);
    if (!entry)
      ++report.unreadable_lines;
    else
      report.entries.push_back(*entry);
  }
  mark_modified(server, report);
  return selected(std::move(report), query);
}

std::vector<Recovered> recover(Server& server, Progress& progress, const std::string& stack,
                               Duration wait) {
  if (!stack.empty()) require_known_stack(server, stack);
  remove_left_by_readers(server, stack);
  if (!server.host.disk.info(server.paths.journal())) return {};
  Journal journal(server.paths.journal());
  std::vector<Recovered> all;
  std::vector<std::string> stacks;
  for (const OperationRecord& operation : journal.unfinished(stack)) {
    const bool noted = std::find(stacks.begin(), stacks.end(), operation.stack) != stacks.end();
    if (!noted && !(stack.empty() && is_going_on(server, operation.stack)))
      stacks.push_back(operation.stack);
  }
  for (const std::string& name : stacks) {
    auto recovered = recover_one(server, journal, progress, name, wait);
    all.insert(all.end(), recovered.begin(), recovered.end());
  }
  sync_records(server, journal);
  return all;
}

InitReport init(Server& server, const std::string& name, bool write) {
  const Stack stack = read_stack(server, name);
  if (stack.policy_text)
    throw Error(Kind::refused,
                fmt::format("{} is there already; nothing was changed", stack.policy_path),
                fmt::format("check it with: ballast config validate {}", name));
  InitReport report{
      .path = stack.policy_path, .text = print_policy(stack.policy), .written = write};
  if (write) server.host.disk.replace(report.path, report.text, 0644);
  return report;
}

ConfigReport validate_config(Server& server, const std::string& name) {
  const Stack stack = read_stack(server, name);
  Silence silence;
  PreviewJournal journal(server);
  Work work(server, journal.get(), silence, -1, looking(server, name, stack.tag()));
  ConfigReport report{
      .stack = name, .path = stack.policy_path, .results = {}, .policy = policy_json(stack.policy)};
  for (const CheckResult& result : steps::ask_gates(work, stack.tag(), Moment::host_gate))
    if (result.name == "compose-valid" || result.name == "stack-files" ||
        result.name == "variables" || result.name == "tag-pattern")
      report.results.push_back(result);
  return report;
}

}  // namespace ballast
