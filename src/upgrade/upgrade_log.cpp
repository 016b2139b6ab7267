#include "upgrade/upgrade_log.h"

#include <array>
#include <optional>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t kept_lines = 20;
constexpr std::size_t kept_warnings = 500;
constexpr std::size_t kept_findings = 1000;
constexpr std::size_t longest_text = 400;
constexpr std::string_view no_space = "No space left on device";
constexpr std::string_view loading_logger = "odoo.modules.loading";
constexpr std::string_view logger_of_modules = "odoo.addons.";

struct LogLine {
  std::string_view level;
  std::string_view logger;
  std::string_view text;
};

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "2026-11-27" and "20:00:00,123".
bool is_stamp(std::string_view date, std::string_view time) {
  return date.size() == 10 && date[4] == '-' && date[7] == '-' && is_digits(date.substr(0, 4)) &&
         time.size() == 12 && time[2] == ':' && time[5] == ':' && time[8] == ',' &&
         is_digits(time.substr(9));
}

std::string_view next_word(std::string_view& rest) {
  const auto blank = rest.find(' ');
  const std::string_view word = rest.substr(0, blank);
  rest.remove_prefix(blank == std::string_view::npos ? rest.size() : blank + 1);
  return word;
}

// "2026-11-27 20:00:00,123 7 ERROR ten_a odoo.modules.loading: text"
std::optional<LogLine> parse_line(std::string_view line) {
  const std::string_view date = next_word(line);
  const std::string_view time = next_word(line);
  if (!is_stamp(date, time) || !is_digits(next_word(line))) return std::nullopt;
  const std::string_view level = next_word(line);
  next_word(line);  // the database
  const auto colon = line.find(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  return LogLine{.level = level, .logger = line.substr(0, colon), .text = line.substr(colon + 2)};
}

bool is_finding(std::string_view level) {
  constexpr std::array<std::string_view, 3> levels{"WARNING", "ERROR", "CRITICAL"};
  for (const std::string_view one : levels)
    if (level == one) return true;
  return false;
}

// "odoo.addons.shop_theme.models": shop_theme
std::string module_of_logger(std::string_view logger) {
  if (!logger.starts_with(logger_of_modules)) return {};
  logger.remove_prefix(logger_of_modules.size());
  return std::string(logger.substr(0, logger.find('.')));
}

}  // namespace

void UpgradeLog::take(std::string_view line) {
  if (line.find(no_space) != std::string_view::npos) out_of_disk_ = true;
  if (!trim(line).empty()) {
    last_lines_.push_back(shown(line));
    if (last_lines_.size() > kept_lines) last_lines_.pop_front();
  }
  if (const auto parsed = parse_line(line))
    take_text(parsed->level, parsed->logger, parsed->text);
  else
    take_traceback(line);
}

void UpgradeLog::take_text(std::string_view level, std::string_view logger, std::string_view text) {
  constexpr std::string_view loading = "Loading module ";
  if (logger == loading_logger) {
    module_.clear();
    loading_.clear();
    if (text.starts_with(loading)) {
      loading_ = shown(text.substr(loading.size()));
      module_ = loading_.substr(0, loading_.find(' '));
    }
  }
  in_finding_ = is_finding(level);
  if (!in_finding_) return;
  const bool is_warning = level == "WARNING";
  if (findings_.size() >= (is_warning ? kept_warnings : kept_findings)) {
    in_finding_ = false;
    return;
  }
  findings_.push_back({.module = module_.empty() ? module_of_logger(logger) : module_,
                       .level = std::string(level),
                       .text = shown(text)});
}

void UpgradeLog::take_traceback(std::string_view line) {
  if (!in_finding_ || line.empty() || line.front() == ' ' || line.front() == '\t') return;
  if (line.starts_with("Traceback (most recent call last)")) return;
  findings_.back().cause = shown(line);
}

std::vector<std::string> UpgradeLog::last_lines() const {
  return {last_lines_.begin(), last_lines_.end()};
}

std::string UpgradeLog::shown(std::string_view text) const {
  return shortened(printable(secrets_.mask(std::string(text))), longest_text);
}

std::vector<LogFinding> log_findings(std::string_view log, const Secrets& secrets) {
  UpgradeLog read(secrets);
  for (const std::string& line : split_lines(log)) read.take(line);
  return read.findings();
}

Json findings_json(const std::vector<LogFinding>& findings) {
  Json list = Json::array();
  for (const LogFinding& finding : findings)
    list.push_back({{"module", finding.module},
                    {"level", finding.level},
                    {"text", finding.text},
                    {"cause", finding.cause}});
  return list;
}

std::vector<LogFinding> findings_from_json(const Json& json) {
  std::vector<LogFinding> findings;
  if (!json.is_array()) return findings;
  for (const Json& one : json)
    findings.push_back({.module = text_at(one, "module"),
                        .level = text_at(one, "level"),
                        .text = text_at(one, "text"),
                        .cause = text_at(one, "cause")});
  return findings;
}

}  // namespace ballast
