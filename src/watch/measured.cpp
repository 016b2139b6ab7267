#include "watch/measured.h"

#include <algorithm>

namespace ballast {

namespace {

Measured in_bytes(std::string series, std::uint64_t bytes) {
  return {.series = std::move(series), .unit = "B", .value = static_cast<double>(bytes)};
}

Measured in_seconds(std::string series, Duration time) {
  return {.series = std::move(series),
          .unit = "s",
          .value = std::chrono::duration<double>(time).count()};
}

Measured as_count(std::string series, long long count) {
  return {.series = std::move(series), .unit = "", .value = static_cast<double>(count)};
}

void add_memory(std::vector<Measured>& measured, const Observed& observed) {
  if (!observed.memory.value) return;
  for (const MemorySeen& memory : *observed.memory.value)
    measured.push_back(in_bytes("memory " + memory.service, memory.bytes));
}

void add_disks(std::vector<Measured>& measured, const Observed& observed) {
  if (!observed.disks.value) return;
  for (const DiskUse& use : observed.disks.value->uses) {
    measured.push_back(
        {.series = "disk used " + use.first_path(), .unit = "%", .value = use.space.used_percent});
    measured.push_back(in_bytes(free_space_series(use).series, use.space.available));
  }
}

void add_database(std::vector<Measured>& measured, const Observed& observed) {
  if (!observed.database.value || !observed.database.value->answered()) return;
  const DatabaseSeen& database = *observed.database.value;
  measured.push_back(as_count("database connections " + database.place, database.connections));
  measured.push_back(in_seconds("database answer " + database.place, database.elapsed));
}

void add_health(std::vector<Measured>& measured, const Observed& observed) {
  for (const CheckResult& result : observed.health) {
    const std::string of = result.subject.empty() ? "" : " " + result.subject;
    if (result.elapsed)
      measured.push_back(in_seconds("site answer " + result.name + of, *result.elapsed));
  }
}

}  // namespace

std::vector<Measured> measured_of(const Observed& observed, const std::vector<AlertLine>& lines) {
  std::vector<Measured> measured;
  add_memory(measured, observed);
  add_disks(measured, observed);
  add_database(measured, observed);
  add_health(measured, observed);
  measured.push_back(as_count("alerts failing",
                              std::ranges::count(lines, AlertState::failing, &AlertLine::state)));
  return measured;
}

measurement::SeriesName free_space_series(const DiskUse& use) {
  return {.series = "disk free " + use.first_path(), .unit = "B"};
}

}  // namespace ballast
