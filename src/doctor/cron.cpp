#include "doctor/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/text.h"

namespace ballast::doctor {

namespace {

constexpr std::array ours{"backup", "odoo", "ballast", "pg_dump", "drill"};
constexpr std::array<std::string_view, 7> short_days{"sun", "mon", "tue", "wed",
                                                     "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> nicknames{
    {{"@daily", "0 0 * * *"},
     {"@midnight", "0 0 * * *"},
     {"@weekly", "0 0 * * 0"},
     {"@hourly", "0 * * * *"}}};
constexpr std::ptrdiff_t count_of_fields = 5;

bool is_ours(std::string_view command) {
  const std::string text = lower(command);
  return std::ranges::any_of(
      ours, [&](const char* word) { return text.find(word) != std::string::npos; });
}

bool sets_variable(std::string_view line) {
  const auto equals = line.find('=');
  return equals != std::string_view::npos &&
         trim(line.substr(0, equals)).find_first_of(" \t*/@") == std::string_view::npos &&
         !line.starts_with('*');
}

std::optional<unsigned> day_number(std::string_view text) {
  const std::string word = lower(text).substr(0, 3);
  const auto found = std::ranges::find(short_days, word);
  if (found != short_days.end()) return static_cast<unsigned>(found - short_days.begin());
  if (text.size() != 1 || text[0] < '0' || text[0] > '7') return std::nullopt;
  return static_cast<unsigned>(text[0] - '0') % 7;
}

// "0", "sun", "1-5", "0,6", "*"; nullopt for what has steps.
std::optional<std::set<unsigned>> days_of(std::string_view field) {
  if (field == "*") return std::set<unsigned>{0, 1, 2, 3, 4, 5, 6};
  std::set<unsigned> days;
  for (const std::string& part : split(field, ',')) {
    const auto dash = part.find('-');
    const auto first = day_number(part.substr(0, dash));
    const auto last = dash == std::string::npos ? first : day_number(part.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    for (unsigned day = *first; day != *last; day = (day + 1) % 7) days.insert(day);
    days.insert(*last);
  }
  return days;
}

std::optional<int> number_below(std::string_view text, int limit) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number >= 0 && number < limit ? std::optional(number) : std::nullopt;
}

std::string expanded(const std::string& line) {
  for (const auto& [name, fields] : nicknames)
    if (line.starts_with(name)) return std::string(fields) + line.substr(name.size());
  return line;
}

std::optional<CronJob> job_of(const std::string& line, bool names_user) {
  const auto words = split_words(expanded(line));
  const std::ptrdiff_t before = count_of_fields + (names_user ? 1 : 0);
  if (std::ssize(words) <= before) return std::nullopt;
  CronJob job;
  job.fields = join({words.begin(), words.begin() + count_of_fields}, " ");
  job.command = join({words.begin() + before, words.end()}, " ");
  if (!is_ours(job.command)) return std::nullopt;
  if (const auto mark = job.command.find(" #"); mark != std::string::npos) {
    job.comment = job.command.substr(mark + 2);
    job.command.resize(mark);
  }
  return job;
}

}  // namespace

CronText read_cron(const CronFile& file) {
  CronText found;
  std::vector<CronZone> zones;
  std::string comment;
  int number = 0;
  for (const std::string& whole : split_lines(file.file.text)) {
    ++number;
    const std::string line(trim(whole));
    if (line.starts_with('#')) {
      comment += line.substr(1) + " ; ";
      continue;
    }
    if (sets_variable(line)) {
      if (line.starts_with("CRON_TZ"))
        zones.push_back({number, std::string(trim(line.substr(line.find('=') + 1)))});
    } else if (auto job = job_of(line, file.names_user)) {
      job->line = number;
      job->comment = comment + job->comment;
      found.jobs.push_back(*std::move(job));
      found.zones.insert(found.zones.end(), zones.begin(), zones.end());
      zones.clear();
    }
    comment.clear();
  }
  return found;
}

std::optional<CronTime> cron_time_of(std::string_view fields) {
  const auto words = split_words(fields);
  const auto minute = number_below(words[0], 60);
  const auto hour = number_below(words[1], 24);
  const auto days = days_of(words[4]);
  if (!minute || !hour || !days || words[2] != "*" || words[3] != "*") return std::nullopt;
  return CronTime{.minute = *minute, .hour = *hour, .days = *days};
}

}  // namespace ballast::doctor
