// Each alert's condition, one file each: what a round saw, as findings. Pure. conditions.cpp names
// them. No finding at all: the alert does not concern this stack.
#pragma once

#include "model/alerts.h"
#include "watch/finding.h"
#include "watch/observed.h"

namespace ballast {

struct Condition {
  std::string_view alert;  // of all_alerts()
  Findings (*judge)(const Observed& observed, const AlertSettings& settings);
};

// One for each alert, sorted by its id.
std::span<const Condition> all_conditions();

Finding good(std::string subject, std::string measured);
Finding wrong(std::string subject, std::string measured, std::string hint = {},
              std::optional<Time> since = {});
Finding unsure_of(std::string subject, std::string trouble, std::string hint = {});

// What the policy says of the alert goes before what follows from its schedule.
std::optional<Duration> longest_of(const AlertSettings& settings,
                                   const std::optional<Duration>& by_schedule);

// A name that monitoring plugins take: "memory_ten_a".
std::string measure_name(std::string_view what, std::string_view subject);

namespace conditions {

Findings backup_failed(const Observed& observed, const AlertSettings& settings);
Findings backup_overdue(const Observed& observed, const AlertSettings& settings);
Findings certificate_expiring(const Observed& observed, const AlertSettings& settings);
Findings clock_wrong(const Observed& observed, const AlertSettings& settings);
Findings container_down(const Observed& observed, const AlertSettings& settings);
Findings db_connection(const Observed& observed, const AlertSettings& settings);
Findings deploy_failed(const Observed& observed, const AlertSettings& settings);
Findings disk_filling(const Observed& observed, const AlertSettings& settings);
Findings disk_full(const Observed& observed, const AlertSettings& settings);
Findings drill_failed(const Observed& observed, const AlertSettings& settings);
Findings drill_overdue(const Observed& observed, const AlertSettings& settings);
Findings health_check_fail(const Observed& observed, const AlertSettings& settings);
Findings high_memory(const Observed& observed, const AlertSettings& settings);
Findings modified_by_hand(const Observed& observed, const AlertSettings& settings);
Findings not_ready_to_roll_back(const Observed& observed, const AlertSettings& settings);
Findings offsite_behind(const Observed& observed, const AlertSettings& settings);
Findings operation_interrupted(const Observed& observed, const AlertSettings& settings);
Findings rollback_failed(const Observed& observed, const AlertSettings& settings);

}  // namespace conditions

}  // namespace ballast
