#include "model/history.h"

#include <algorithm>
#include <unordered_map>

#include "base/hash.h"
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

std::string missing_history(const std::string& file, const std::vector<std::string>& rows) {
  std::unordered_map<std::string, int> present;
  const bool torn = !file.empty() && file.back() != '\n';
  std::vector<std::string> lines = split_lines(file);
  std::string tail;
  if (torn) {
    tail = lines.back();
    lines.pop_back();
  }
  for (const std::string& line : lines) ++present[line];
  std::string missing;
  for (const std::string& row : rows) {
    if (--present[row] >= 0) continue;
    if (torn && missing.empty())
      missing = row.starts_with(tail) ? row.substr(tail.size()) + "\n" : "\n" + row + "\n";
    else
      missing += row + "\n";
  }
  return missing;
}

Json history_file_content(std::string_view file) {
  return {{"event", history_file_event},
          {"bytes", file.size()},
          {"lines", split_lines(file).size()},
          {"sha256", sha256_hex(file)}};
}

}  // namespace ballast
