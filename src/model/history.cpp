#include "model/history.h"

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t field_count = 6;

// A heading, or a remark that happens to hold five bars, has no figures where the time stands.
bool may_be_a_time(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos;
}

bool is_complete(const HistoryEntry& entry) {
  return may_be_a_time(entry.timestamp) && !entry.stack.empty() && !entry.status.empty();
}

}  // namespace

std::string HistoryEntry::line() const {
  return join({timestamp, stack, version, environment, status, operator_name}, " | ");
}

HistoryEntry history_entry(Time time, std::string stack, std::string version,
                           std::string environment, std::string status, std::string operator_name) {
  return {.timestamp = iso_local(time),
          .stack = std::move(stack),
          .version = std::move(version),
          .environment = std::move(environment),
          .status = std::move(status),
          .operator_name = std::move(operator_name),
          .time = time};
}

std::optional<HistoryEntry> parse_history_line(std::string_view line) {
  std::vector<std::string> fields = split(line, '|');
  if (fields.size() != field_count) return std::nullopt;
  std::ranges::transform(fields, fields.begin(),
                         [](const std::string& field) { return std::string(trim(field)); });
  HistoryEntry entry{.timestamp = fields[0],
                     .stack = fields[1],
                     .version = fields[2],
                     .environment = fields[3],
                     .status = fields[4],
                     .operator_name = fields[5],
                     .time = parse_time(fields[0])};
  if (!is_complete(entry)) return std::nullopt;
  return entry;
}

}  // namespace ballast
