// What an upgrade said, read line by line as it comes: Odoo's log, or anything. Pure.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/secrets.h"

namespace ballast {

struct LogFinding {
  std::string module;      // that was being loaded, or that the logger names; empty: none
  std::string level;       // WARNING, ERROR, CRITICAL
  std::string text;        // first line; secrets masked
  std::string cause = {};  // last line of its traceback: "psycopg2.errors.DiskFull: …"

  bool is_error() const { return level != "WARNING"; }
  bool operator==(const LogFinding&) const = default;
};
Json findings_json(const std::vector<LogFinding>& findings);
std::vector<LogFinding> findings_from_json(const Json& json);

// A traceback belongs to the line before it. Of a log that never ends warnings are dropped first.
class UpgradeLog {
 public:
  explicit UpgradeLog(const Secrets& secrets) : secrets_(secrets) {}

  void take(std::string_view line);

  const std::vector<LogFinding>& findings() const { return findings_; }
  std::vector<std::string> last_lines() const;
  // "shop_theme (3/57)" that is being loaded; empty: none.
  const std::string& loading() const { return loading_; }
  bool ran_out_of_disk() const { return out_of_disk_; }

 private:
  void take_text(std::string_view level, std::string_view logger, std::string_view text);
  void take_traceback(std::string_view line);
  std::string shown(std::string_view text) const;

  const Secrets& secrets_;
  std::vector<LogFinding> findings_;
  std::deque<std::string> last_lines_;
  std::string module_;
  std::string loading_;
  bool in_finding_ = false;  // what follows may be its traceback
  bool out_of_disk_ = false;
};

// Of a whole log in Odoo's format, in order.
std::vector<LogFinding> log_findings(std::string_view log, const Secrets& secrets = {});

}  // namespace ballast
