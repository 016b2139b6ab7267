#include "daemon/metrics.h"

#include "base/version.h"
#include "daemon/exposition.h"
#include "daemon/stack_metrics.h"
#include "daemon/stack_page.h"

namespace ballast {

namespace {

constexpr unsigned for_everyone_to_read = 0644;

void add_daemon(Exposition& page, const Snapshot& snapshot) {
  page.add("ballast_build_info", {{"version", std::string(version)}}, 1);
  page.add("ballast_start_timestamp_seconds", {}, in_seconds(snapshot.started));
  page.add("ballast_page_timestamp_seconds", {}, in_seconds(snapshot.now));
  page.add("ballast_looks_total", {}, static_cast<double>(snapshot.looks));
  page.add("ballast_missed_looks_total", {}, static_cast<double>(snapshot.missed_looks));
  page.add("ballast_engine_up", {}, snapshot.engine_trouble.empty() ? 1 : 0);
}

void add_channel(Exposition& page, const ChannelReport& report) {
  const MetricLabels labels{{"channel", report.channel}};
  page.add("ballast_channel_failing", labels, report.trouble.empty() ? 0 : 1);
  page.add("ballast_channel_waiting_messages", labels, static_cast<double>(report.waiting));
  page.add("ballast_channel_refused_messages", labels, static_cast<double>(report.dead));
}

void add_gate(Exposition& page, const GateCount& count) {
  page.add("ballast_gate_calls_total", {{"key", count.key}, {"verdict", count.verdict}},
           static_cast<double>(count.calls));
}

// Those of the server itself have no stack.
void add_firing(Exposition& page, const Alert& alert) {
  page.add("ballast_alert_firing_timestamp_seconds",
           {{"stack", alert.stack},
            {"alert", alert.rule},
            {"subject", alert.subject},
            {"severity", std::string(severity_text(alert.severity))},
            {"state",
             std::string(state_text(alert.unknown ? AlertState::unknown : AlertState::failing))}},
           in_seconds(alert.since));
}

}  // namespace

std::string metrics_text(const Snapshot& snapshot) {
  Exposition page;
  add_daemon(page, snapshot);
  for (const ChannelReport& report : snapshot.channels) add_channel(page, report);
  for (const GateCount& count : snapshot.gate) add_gate(page, count);
  for (const Alert& alert : snapshot.firing) add_firing(page, alert);
  for (const StackSnapshot& stack : snapshot.stacks) add_stack_metrics(page, stack);
  return page.text();
}

void write_metrics_file(Disk& disk, const std::string& path, const std::string& text) {
  disk.replace(path, text, for_everyone_to_read);
}

}  // namespace ballast
