// For tests: a snapshot in which every metric has a value: shop has all that there is, blog is
// being deployed and most of it cannot be asked, the files of old cannot be read, new was not
// looked at yet.
#pragma once

#include "daemon/snapshot.h"
#include "watch/test_observed.h"

namespace ballast::test {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline ServiceSeen ended_well(const std::string& name) {
  ServiceSeen service{.name = name, .container = container_of(name, "exited"), .must_run = false};
  service.container->restart_policy = "no";
  return service;
}

inline ServiceSeen looping(const std::string& name) {
  ServiceSeen service{.name = name, .container = container_of(name, "running")};
  service.container->started_at = "2026-11-25T11:59:30Z";
  service.container->restart_count = 3;
  return service;
}

inline BackupsSeen backups_of_all_kinds() {
  BackupsSeen backups;
  backups.sets = {set_of("20261122T190000Z-0001", noon - hours(65), BackupKind::weekly_full),
                  set_of("20261123T180000Z-0002", noon - hours(42)),
                  set_of("20261124T180000Z-0003", noon - hours(18)),
                  set_of("20261125T110000Z-0004", noon - hours(1), BackupKind::manual),
                  set_of("20261125T113000Z-0005", noon - minutes(30), BackupKind::pre_deploy)};
  backups.sets[1].is_offsite = true;
  backups.sets[4].complete = false;
  backups.sets[4].trouble = "the dump of shop was cut off";
  backups.passed_drill = DrillReport{
      .set = backups.sets[0].id, .at = noon - days(3), .passed = true, .restored = seconds(95)};
  backups.drill = backups.passed_drill;
  return backups;
}

inline OperationRecord failed_backup() {
  OperationRecord backup = operation_of("backup", 7, noon - hours(9));
  backup.message = "the dump of shop was cut off";
  return backup;
}

inline CheckResult health_of(const std::string& name, const std::string& subject, Verdict verdict,
                             std::optional<Duration> elapsed) {
  return {.name = name,
          .subject = subject,
          .verdict = verdict,
          .measured = "measured",
          .hint = {},
          .elapsed = elapsed};
}

inline Observed everything() {
  Observed shop = well();
  shop.policy.offsite.remote = "b2:shop";
  shop.policy.alerts["backup-overdue"] = {.threshold = in_milliseconds(hours(26))};
  shop.policy.alerts["drill-overdue"] = {.severity = Severity::info,
                                         .threshold = in_milliseconds(days(8))};
  shop.services.value->insert(shop.services.value->end(),
                              {ended_well("migrate"), looping("worker"), {.name = "cron"}});
  shop.memory.value->push_back({.service = "db", .bytes = 3'600'000'000});
  shop.disks.value->uses = {
      {.paths = "/srv/stacks/shop and /var/lib/docker",
       .space = {.total = 100'000'000'000, .available = 12'400'000'000, .used_percent = 87.5}}};
  shop.health = {health_of("web-health", "", Verdict::pass, milliseconds(35)),
                 health_of("web-login", "ten_a", Verdict::fail, milliseconds(1250)),
                 health_of("web-login", "ten_b", Verdict::unknown, {})};
  shop.records.value->backup = failed_backup();
  shop.records.value->unfinished = {operation_of("restore", 0, noon - hours(2))};
  shop.backups = had(backups_of_all_kinds());
  shop.certificates = {
      {.url = "https://shop.example.com", .seen = {.expires = noon + days(30), .trouble = {}}},
      {.url = "https://mail.example.com", .seen = {.expires = {}, .trouble = "nobody answers"}}};
  shop.engine_clock = had(EngineClock{.theirs = noon - milliseconds(250), .ours = noon});
  return shop;
}

inline Observed half_known() {
  Observed blog = well();
  blog.stack = "blog";
  blog.operation = Holder{.operation = "deploy",
                          .operator_name = "ann",
                          .pid = 7,
                          .since = noon - minutes(2),
                          .alive = true};
  blog.services = not_had<std::vector<ServiceSeen>>("the engine does not answer");
  blog.memory = not_had<std::vector<MemorySeen>>("the engine does not answer");
  blog.disks.value->docker_trouble = "the engine does not answer";
  blog.database.value->refusal = PostgresRefusal::not_us;
  blog.database.value->clock = std::nullopt;
  blog.health = {health_of("web-health", "", Verdict::unknown, {})};
  blog.records = not_had<RecordsSeen>("the journal is damaged");
  blog.backups = not_had<BackupsSeen>("no such folder");
  blog.way_back = had(WayBack{.ready = "unknown", .because = "it must be pulled first"});
  blog.engine_clock = not_had<EngineClock>("the engine does not answer");
  return blog;
}

inline StackSnapshot looked_at(Observed observed) {
  StackSnapshot stack{.observed = std::move(observed), .was_looked_at = true};
  stack.lines = judge_alerts(stack.observed).lines;
  return stack;
}

inline StackSnapshot unread(const std::string& name, const std::string& trouble) {
  StackSnapshot stack{.trouble = trouble, .was_looked_at = !trouble.empty()};
  stack.observed = well();
  stack.observed.stack = name;
  return stack;
}

inline Alert firing(const std::string& stack, const std::string& rule, Severity severity,
                    bool unknown) {
  return {.rule = rule,
          .stack = stack,
          .subject = {},
          .title = {},
          .unknown = unknown,
          .severity = severity,
          .text = {},
          .hint = {},
          .since = noon - minutes(12),
          .until = {}};
}

inline Snapshot snapshot_of_all() {
  Snapshot snapshot{.now = noon + milliseconds(125), .started = noon - hours(1), .host = "server"};
  snapshot.stacks = {looked_at(half_known()), unread("new", ""), unread("old", "no compose file"),
                     looked_at(everything())};
  snapshot.firing = {firing("shop", "operation-interrupted", Severity::page, false),
                     firing("blog", "backup-failed", Severity::warn, true),
                     firing("", "notifications-failing", Severity::warn, false)};
  snapshot.channels = {{.channel = "slack", .delivered = 4},
                       {.channel = "pagerduty", .waiting = 2, .dead = 1, .trouble = "503"}};
  snapshot.gate = {{.key = "github-ci", .verdict = "allowed", .calls = 3},
                   {.key = "github-ci", .verdict = "refused", .calls = 1}};
  snapshot.looks = 7200;
  snapshot.missed_looks = 3;
  return snapshot;
}

}  // namespace ballast::test
