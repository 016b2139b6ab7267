// history.log: `timestamp | stack | version | env | status | operator`, one line each.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace ballast {

struct HistoryEntry {
  std::string timestamp;  // as it stands in the file
  std::string stack;
  std::string version;
  std::string environment;
  std::string status;
  std::string operator_name;
  std::optional<Time> time;  // parsed timestamp

  std::string line() const;  // without "\n"
};

HistoryEntry history_entry(Time time, std::string stack, std::string version,
                           std::string environment, std::string status, std::string operator_name);
// nullopt for a line that is not of this form (old files may hold others: they are kept and shown
// raw).
std::optional<HistoryEntry> parse_history_line(std::string_view line);

// What must be appended to `file` so that every row stands there, in order, as often as it was
// recorded.
std::string missing_history(const std::string& file, const std::vector<std::string>& rows);

// What the audit chain holds of a history.log as it was found: its length and its digest.
inline constexpr std::string_view history_file_event = "file";
Json history_file_content(std::string_view file);

}  // namespace ballast
