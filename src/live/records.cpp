#include "live/records.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/version.h"
#include "host/brief_lock.h"
#include "operation/plan.h"

namespace ballast {

namespace {

constexpr std::uint64_t history_limit = 1u << 30;
constexpr Duration history_wait = std::chrono::seconds(20);

std::unique_ptr<Lock> history_lock(Server& server) {
  return hold_briefly(server.host, server.paths.history_lock(), "history", history_wait);
}

std::vector<std::string> journal_lines(const Journal& journal) {
  std::vector<std::string> lines;
  for (const HistoryRow& row : journal.history_rows()) lines.push_back(row.entry.line());
  return lines;
}

bool is_taken_over(const Journal& journal) {
  return journal.audit_record("history", std::string(history_file_event)).has_value();
}

// Lines of an older tool or ballast: from now on the audit chain tells when one of them changes.
void take_over_history_file(Server& server, Journal& journal, const std::string& file) {
  if (is_taken_over(journal)) return;
  journal.append_audit({.kind = "history",
                        .stack = {},
                        .who = "ballast",
                        .content = history_file_content(file),
                        .at = server.host.clock.now()});
}

void sync_history(Server& server, Journal& journal) {
  const std::vector<std::string> rows = journal_lines(journal);
  if (rows.empty() && is_taken_over(journal)) return;
  const auto lock = history_lock(server);
  const std::string file =
      server.host.disk.read(server.paths.history(), history_limit).value_or("");
  take_over_history_file(server, journal, file);
  const std::string missing = missing_history(file, rows);
  if (missing.empty()) return;
  server.host.disk.make_directories(
      server.paths.history().substr(0, server.paths.history().rfind('/')));
  server.host.disk.append(server.paths.history(), missing);
}

void sweep(Disk& disk, const std::string& folder, std::string_view prefix) {
  for (const std::string& name : disk.list(folder))
    if (name.starts_with(prefix) && is_torn_write(name))
      disk.remove(fmt::format("{}/{}", folder, name));
}

// What last_good_sha should hold, where it does not.
std::optional<std::string> wanted_last_good(Server& server, const Journal& journal,
                                            const std::string& stack) {
  const auto good = journal.releases(stack, "good");
  if (good.empty()) return std::nullopt;
  std::string content = good.front().tag + "\n";
  if (server.host.disk.read(server.paths.last_good(stack)) == content) return std::nullopt;
  return content;
}

// A write that was torn never got its name: the file still differs then.
void sync_last_good(Server& server, const Journal& journal, const std::string& stack) {
  if (!wanted_last_good(server, journal, stack)) return;
  const auto lock = history_lock(server);
  const auto content = wanted_last_good(server, journal, stack);
  if (!content) return;
  const std::string path = server.paths.last_good(stack);
  const std::string folder = path.substr(0, path.rfind('/'));
  server.host.disk.make_directories(folder);
  sweep(server.host.disk, folder, fmt::format(".{}.ballast-", stack));
  server.host.disk.replace(path, *content);
}

}  // namespace

void sync_records(Server& server, Journal& journal) {
  sync_history(server, journal);
  for (const std::string& stack : journal.stacks()) sync_last_good(server, journal, stack);
}

std::optional<ReleaseRecord> release_to_take_over(Server& server, const Stack& stack) {
  const auto text = server.host.disk.read(server.paths.last_good(stack.name));
  if (!text || trim(*text).empty()) return std::nullopt;
  const std::string tag(trim(*text));
  const Reference reference = stack.image_for(tag);
  const auto image = server.engine.image(reference.text());
  return ReleaseRecord{.id = {},
                       .stack = stack.name,
                       .tag = tag,
                       .image_id = image ? image->id : "",
                       .repo_digest = {},
                       .repository = reference.repository,
                       .config_hash = {},
                       .environment = stack.policy.environment,
                       .operator_name = "unknown",
                       .outcome = "good",
                       .copies = {},
                       .at = server.host.clock.now()};
}

void take_over_records(Server& server, Journal& journal, const Stack& stack) {
  if (!journal.releases(stack.name, "good").empty()) return;
  auto release = release_to_take_over(server, stack);
  if (!release) return;
  const Time now = server.host.clock.now();
  release->id = new_operation_id(server.host);
  journal.record({.id = release->id,
                  .kind = "take-over",
                  .stack = stack.name,
                  .operator_name = server.host.machine.login_name(),
                  .environment = stack.policy.environment,
                  .request = {{"last_good", release->tag}},
                  .plan = plan_json({.kind = "take-over", .stack = stack.name, .steps = {}}),
                  .state = OperationState::finished,
                  .ballast_version = std::string(version),
                  .process = server.host.machine.process(),
                  .boot = server.host.machine.boot(),
                  .started = now,
                  .ended = now,
                  .message = "last_good_sha taken over"},
                 release);
}

void remove_torn_writes(Server& server, const std::string& stack) {
  Disk& disk = server.host.disk;
  sweep(disk, server.paths.stack(stack), ".");
  const std::string copies = server.paths.release_copies(stack, "");
  for (const std::string& release : disk.list(copies))
    sweep(disk, fmt::format("{}/{}", copies, release), ".");
  for (const char* below : {"", "/drills", "/rehearsals"})
    sweep(disk, server.paths.backups(stack) + below, ".");
}

bool is_torn_write(std::string_view name) {
  constexpr std::string_view mark = ".ballast-";
  constexpr std::size_t random_letters = 6;
  if (!name.starts_with('.') || name.size() < 1 + mark.size() + random_letters) return false;
  return name.substr(name.size() - random_letters - mark.size(), mark.size()) == mark;
}

std::string operation_id(Time time, unsigned random) {
  const auto milliseconds = time.time_since_epoch().count() % 1000;
  return fmt::format("{}-{:04x}", compact_utc(time), milliseconds * 64 + random % 64);
}

std::string new_operation_id(Host& host) {
  const auto random = std::stoul(host.machine.random_hex(2), nullptr, 16);
  return operation_id(host.clock.now(), static_cast<unsigned>(random));
}

}  // namespace ballast
