// For tests: a stack as it should be; each test spoils what it is about.
#pragma once

#include "watch/conditions.h"
#include "watch/round.h"

namespace ballast::test {

inline const Time noon = *parse_time("2026-11-25T12:00:00Z");

inline docker::Container container_of(const std::string& service, const std::string& state) {
  docker::Container container;
  container.id = "0123456789ab";
  container.name = "shop-" + service + "-1";
  container.image = "acme/" + service + ":sha-a2";
  container.image_id = "sha256:two";
  container.state = state;
  container.started_at = "2026-11-25T10:00:00Z";
  container.restart_policy = "unless-stopped";
  return container;
}

inline OperationRecord operation_of(const std::string& kind, int status, Time when) {
  OperationRecord operation;
  operation.id = "one";
  operation.kind = kind;
  operation.stack = "shop";
  operation.operator_name = "ken";
  operation.request = {{"tag", "sha-a2"}};
  operation.state = status == 0 ? OperationState::finished : OperationState::undone;
  operation.started = when;
  operation.ended = when;
  operation.exit_status = status;
  operation.message = "not good within 2 min; shop runs sha-a1 again";
  return operation;
}

inline SetSeen set_of(const std::string& id, Time when, BackupKind kind = BackupKind::daily) {
  return {.id = id, .kind = kind, .started = when, .complete = true, .trouble = {}};
}

template <typename T>
Seen<T> had(T value) {
  return {.value = std::move(value), .trouble = {}, .hint = {}};
}

template <typename T>
Seen<T> not_had(const std::string& trouble, const std::string& hint = "start it") {
  return {.value = {}, .trouble = trouble, .hint = hint};
}

inline Observed well() {
  Observed observed;
  observed.stack = "shop";
  observed.now = noon;
  observed.policy.service = "web";
  observed.policy.database_service = "db";
  observed.policy.tag_variable = "SHOP_TAG";
  observed.tag = "sha-a2";
  observed.services =
      had(std::vector<ServiceSeen>{{.name = "web", .container = container_of("web", "running")},
                                   {.name = "db", .container = container_of("db", "running")}});
  observed.memory = had(std::vector<MemorySeen>{{.service = "web", .bytes = 1'200'000'000}});
  observed.disks = had(DisksSeen{
      .uses = {{.paths = "/srv/stacks/shop",
                .space = {.total = 100, .available = 12'400'000'000, .used_percent = 81}}},
      .docker_trouble = {}});
  DatabaseSeen database{.place = "db"};
  database.refusal = PostgresRefusal::none;
  database.elapsed = std::chrono::milliseconds(3);
  database.connections = 12;
  database.limit = 100;
  database.clock = noon;
  database.asked = noon;
  observed.database = had(database);
  observed.health = {{.name = "web-health",
                      .subject = {},
                      .verdict = Verdict::pass,
                      .measured = "200 in 5 ms",
                      .hint = {}}};
  RecordsSeen records;
  records.change = operation_of("deploy", 0, noon - std::chrono::hours(1));
  ReleaseRecord good;
  good.tag = "sha-a2";
  good.image_id = "sha256:two";
  records.good = good;
  records.newest = noon - std::chrono::hours(1);
  observed.records = had(records);
  observed.backups = had(BackupsSeen{});
  observed.way_back =
      had(WayBack{.ready = "yes", .because = "to sha-a1, whose image is here", .known_at = noon});
  observed.engine_clock = had(EngineClock{.theirs = noon, .ours = noon});
  return observed;
}

// "fail [web]: exited (137), 0 restarts -> hint"
inline std::string line_of(const Finding& finding) {
  return std::string(verdict_text(finding.verdict)) +
         (finding.subject.empty() ? "" : " [" + finding.subject + "]") + ": " + finding.measured +
         (finding.hint.empty() ? "" : " -> " + finding.hint) +
         (finding.since ? " since " + iso_utc(*finding.since) : "");
}

// What an alert finds, with these settings or its default ones.
inline std::vector<std::string> asked(std::string_view alert, const Observed& observed,
                                      std::optional<double> threshold = {}) {
  AlertSettings settings = default_settings(*find_alert(alert));
  if (threshold) settings.threshold = *threshold;
  std::vector<std::string> lines;
  for (const Condition& condition : all_conditions())
    if (condition.alert == alert)
      for (const Finding& finding : condition.judge(observed, settings))
        lines.push_back(line_of(finding));
  return lines;
}

constexpr double in_milliseconds(Duration duration) {
  return static_cast<double>(duration.count());
}

}  // namespace ballast::test
