#include "daemon/stack_metrics.h"

#include <algorithm>

#include "alarm/mute.h"
#include "daemon/backup_metrics.h"
#include "watch/conditions.h"
#include "watch/service_state.h"
#include "watch/suppression.h"

namespace ballast {

namespace {

std::optional<bool> negated(const std::optional<bool>& value) {
  return value ? std::optional(!*value) : std::nullopt;
}

void add_service(StackPage& page, const ServiceSeen& service, Time now) {
  const MetricLabels labels{{"service", service.name}};
  const bool runs = service.container && service.container->running();
  page.add("ballast_container_up", labels, runs ? 1 : 0);
  if (!service.container) return;
  const docker::Container& container = *service.container;
  page.add("ballast_container_restarting", labels, restarts_in_a_loop(container, now) ? 1 : 0);
  page.add("ballast_container_restarts_total", labels, container.restart_count);
  page.add("ballast_container_work_done", labels, has_done_its_work(service) ? 1 : 0);
  if (const auto started = parse_time(container.started_at); runs && started)
    page.add("ballast_container_start_timestamp_seconds", labels, in_seconds(*started));
}

void add_services(StackPage& page, const Observed& observed) {
  if (observed.services.value)
    for (const ServiceSeen& service : *observed.services.value)
      add_service(page, service, observed.now);
  if (observed.memory.value)
    for (const MemorySeen& memory : *observed.memory.value)
      page.add("ballast_container_memory_bytes", {{"service", memory.service}},
               static_cast<double>(memory.bytes));
}

void add_disks(StackPage& page, const Observed& observed) {
  if (!observed.disks.value) return;
  for (const DiskUse& use : observed.disks.value->uses) {
    const MetricLabels labels{{"path", use.paths}};
    page.add("ballast_disk_total_bytes", labels, static_cast<double>(use.space.total));
    page.add("ballast_disk_available_bytes", labels, static_cast<double>(use.space.available));
    page.add("ballast_disk_used_ratio", labels, use.space.used_percent / 100);
  }
}

// A server that only keeps Ballast out runs: whether it answers others is not known.
void add_database(StackPage& page, const Observed& observed) {
  if (!has_database(observed.policy) || !observed.database.value) return;
  const DatabaseSeen& database = *observed.database.value;
  if (database.refusal == PostgresRefusal::not_us) return;
  const MetricLabels labels{{"server", database.place}};
  page.add("ballast_database_up", labels, database.answered() ? 1 : 0);
  if (!database.answered()) return;
  page.add("ballast_database_answer_duration_seconds", labels, in_seconds(database.elapsed));
  page.add("ballast_database_connections", labels, static_cast<double>(database.connections));
  page.add("ballast_database_connections_limit", labels, static_cast<double>(database.limit));
}

void add_health(StackPage& page, const Observed& observed) {
  for (const CheckResult& result : observed.health) {
    const MetricLabels labels{{"check", result.name}, {"subject", result.subject}};
    if (result.verdict != Verdict::unknown)
      page.add("ballast_health_check_pass", labels, result.verdict == Verdict::pass ? 1 : 0);
    if (result.elapsed)
      page.add("ballast_health_check_duration_seconds", labels, in_seconds(*result.elapsed));
  }
}

void add_ended(StackPage& page, const OperationRecord& operation) {
  const MetricLabels labels{{"operation", operation.kind}};
  page.add("ballast_last_operation_exit_status", labels, operation.exit_status);
  page.add("ballast_last_operation_timestamp_seconds", labels,
           in_seconds(operation.ended.value_or(operation.started)));
}

void add_change(StackPage& page, const OperationRecord& change) {
  page.add("ballast_last_change_info",
           {{"operation", change.kind},
            {"tag", text_at(change.request, "tag")},
            {"operator", change.operator_name}},
           1);
  page.add("ballast_last_change_timestamp_seconds",
           in_seconds(change.ended.value_or(change.started)));
}

void add_records(StackPage& page, const Observed& observed) {
  page.add("ballast_modified_by_hand",
           negated(is_good(conditions::modified_by_hand(observed, {}))));
  page.add("ballast_last_change_needs_person",
           negated(is_good(conditions::rollback_failed(observed, {}))));
  if (!observed.records.value) return;
  const RecordsSeen& records = *observed.records.value;
  page.add("ballast_operations_interrupted",
           observed.is_busy() ? 0 : static_cast<double>(records.unfinished.size()));
  if (records.change) add_change(page, *records.change);
  for (const auto& operation : {records.change, records.backup})
    if (operation) add_ended(page, *operation);
}

// What a rule of Prometheus has to know of Ballast's own work: that, and what it explains.
void add_operation(StackPage& page, const Observed& observed) {
  if (!observed.is_busy()) return;
  const Holder& holder = *observed.operation;
  page.add("ballast_operation_running",
           {{"operation", holder.operation}, {"operator", holder.operator_name}}, 1);
  page.add("ballast_operation_start_timestamp_seconds", {{"operation", holder.operation}},
           in_seconds(holder.since));
  for (const std::string_view alert : caused_by(holder.operation))
    if (explanation(observed.operation,
                    {.rule = std::string(alert), .stack = observed.stack, .subject = {}},
                    observed.now, longest_upgrade(observed)))
      page.add("ballast_alert_caused_by_operation",
               {{"alert", std::string(alert)}, {"operation", holder.operation}}, 1);
}

void add_certificates(StackPage& page, const Observed& observed) {
  for (const CertificateOf& certificate : observed.certificates)
    if (certificate.seen.expires)
      page.add("ballast_certificate_expiry_timestamp_seconds", {{"url", certificate.url}},
               in_seconds(*certificate.seen.expires));
}

void add_way_back(StackPage& page, const Observed& observed) {
  if (!observed.way_back.value) return;
  const WayBack& back = *observed.way_back.value;
  if (back.none_yet || back.ready == "unknown") return;
  page.add("ballast_rollback_ready", std::optional(back.ready == "yes"));
}

std::optional<Time> newest_record(const Observed& observed) {
  std::optional<Time> newest;
  if (observed.records.value) newest = observed.records.value->newest;
  if (observed.backups.value)
    for (const SetSeen& set : observed.backups.value->sets)
      newest = std::max(newest.value_or(set.started), set.started);
  return newest;
}

void add_clocks(StackPage& page, const Observed& observed) {
  const auto add = [&](const std::string& clock, Duration ahead) {
    page.add("ballast_clock_offset_seconds", {{"clock", clock}}, in_seconds(ahead));
  };
  if (const auto& engine = observed.engine_clock.value)
    add("engine", engine->theirs - engine->ours);
  if (const auto& database = observed.database.value; database && database->clock)
    add("database", *database->clock - database->asked);
  if (const auto newest = newest_record(observed))
    page.add("ballast_records_newest_timestamp_seconds", in_seconds(*newest));
}

void add_alerts(StackPage& page, const std::vector<AlertLine>& lines) {
  for (const AlertLine& line : lines)
    page.add("ballast_alert",
             {{"alert", std::string(line.kind->id)},
              {"subject", line.finding.subject},
              {"severity", std::string(severity_text(line.settings.severity))},
              {"state", std::string(state_text(line.state))}},
             1);
}

}  // namespace

void add_stack_metrics(Exposition& whole, const StackSnapshot& stack) {
  const Observed& observed = stack.observed;
  StackPage page(whole, observed.stack);
  if (!stack.trouble.empty()) page.add("ballast_stack_readable", std::optional(false));
  if (!stack.trouble.empty() || !stack.was_looked_at) return;
  page.add("ballast_stack_readable", std::optional(true));
  page.add("ballast_stack_look_timestamp_seconds", in_seconds(observed.now));
  page.add("ballast_stack_info", {{"tag", observed.tag}}, 1);
  add_services(page, observed);
  add_disks(page, observed);
  add_database(page, observed);
  add_health(page, observed);
  add_records(page, observed);
  add_operation(page, observed);
  add_backup_metrics(page, observed);
  add_certificates(page, observed);
  add_way_back(page, observed);
  add_clocks(page, observed);
  add_alerts(page, stack.lines);
}

}  // namespace ballast
