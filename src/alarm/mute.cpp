#include "alarm/mute.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ballast {

namespace {

using std::chrono::hours;

// Words of rules, blanks between.
struct Consequence {
  std::string_view cause;
  std::string_view rules;
};

struct KindOfWork {
  std::string_view kind;
  hours longest;  // then it explains nothing any more
  std::string_view rules;
};

constexpr std::string_view of_a_release =
    "container-down health-check-fail modified-by-hand not-ready-to-roll-back";
constexpr std::string_view of_a_restore =
    "container-down db-connection health-check-fail modified-by-hand not-ready-to-roll-back";

constexpr auto of_operations = std::to_array<KindOfWork>({
    {"adopt", hours(1), "modified-by-hand not-ready-to-roll-back"},
    {"backup", hours(24), "backup-failed backup-overdue offsite-behind"},
    {"deploy", hours(6), of_a_release},  // with a set before it
    {"drill", hours(24), "drill-failed drill-overdue"},
    {"recover", hours(12), of_a_restore},
    {"restore", hours(12), of_a_restore},
    {"restore-undo", hours(1), of_a_restore},
    {"rollback", hours(1), of_a_release},
    {"rollback-with-data", hours(12), of_a_restore},
});
static_assert(std::ranges::is_sorted(of_operations, {}, &KindOfWork::kind));

// Within a stack; what is wrong with the server itself explains it in every stack.
constexpr auto of_alerts = std::to_array<Consequence>({
    {"container-down", "db-connection health-check-fail"},
    {"db-connection", "health-check-fail"},
    {"disk-full", "backup-failed db-connection disk-filling health-check-fail"},
    {"engine-down",
     "backup-failed clock-wrong container-down db-connection health-check-fail high-memory "
     "modified-by-hand not-ready-to-roll-back"},
});
static_assert(std::ranges::is_sorted(of_alerts, {}, &Consequence::cause));

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::vector<std::string_view> explained_by(std::string_view cause) {
  const auto* found = std::ranges::find(of_alerts, cause, &Consequence::cause);
  return found == of_alerts.end() ? std::vector<std::string_view>() : words_of(found->rules);
}

const KindOfWork* find_kind(std::string_view kind) {
  const auto* found = std::ranges::find(of_operations, kind, &KindOfWork::kind);
  return found == of_operations.end() ? nullptr : found;
}

// How many causes stand one behind the other below it.
int depth_of(std::string_view rule) {
  int depth = 0;
  for (const std::string_view consequence : explained_by(rule))
    depth = std::max(depth, 1 + depth_of(consequence));
  return depth;
}

bool contains(const std::vector<std::string_view>& rules, std::string_view rule) {
  return std::ranges::find(rules, rule) != rules.end();
}

}  // namespace

// What is of the server, such as a full disk, is silenced through any stack by its name.
bool AlertSilence::covers(const AlertName& alert, Time now) const {
  const bool is_of_the_server = alert.stack.empty() && rule == alert.rule;
  return is_in_force(now) && (stack.empty() || stack == alert.stack || is_of_the_server) &&
         (rule.empty() || rule == alert.rule);
}

std::vector<std::string_view> caused_by(std::string_view kind) {
  const KindOfWork* found = find_kind(kind);
  return found == nullptr ? std::vector<std::string_view>() : words_of(found->rules);
}

Duration longest_of(std::string_view kind) {
  const KindOfWork* found = find_kind(kind);
  return found == nullptr ? Duration::zero() : Duration(found->longest);
}

bool is_caused(const AlertName& alert, const OwnWork& work) {
  const bool concerns = alert.stack.empty() || alert.stack == work.stack;
  return concerns && work.running < work.may_last && contains(caused_by(work.kind), alert.rule);
}

bool explains(const AlertName& cause, const AlertName& alert) {
  const bool concerns = cause.stack.empty() || cause.stack == alert.stack;
  // A disk that is full says nothing of when another one will be.
  const bool is_another_disk = alert.rule == "disk-filling" && cause.subject != alert.subject;
  return concerns && !is_another_disk && contains(explained_by(cause.rule), alert.rule);
}

bool explains_more(std::string_view left, std::string_view right) {
  return depth_of(left) > depth_of(right);
}

Mute mute_of(const AlertName& alert, std::span<const AlertSilence> silences,
             std::span<const OwnWork> works, std::span<const AlertName> causes, Time now) {
  const auto caused = [&](const OwnWork& work) { return is_caused(alert, work); };
  const auto explained = [&](const AlertName& cause) { return explains(cause, alert); };
  const auto covered = [&](const AlertSilence& silence) { return silence.covers(alert, now); };
  if (std::ranges::any_of(works, caused) || std::ranges::any_of(causes, explained))
    return Mute::suppressed;
  return std::ranges::any_of(silences, covered) ? Mute::silenced : Mute::none;
}

Json silence_json(const AlertSilence& silence) {
  return {{"stack", silence.stack},
          {"rule", silence.rule},
          {"from", silence.from.time_since_epoch().count()},
          {"until", silence.until.time_since_epoch().count()},
          {"reason", silence.reason},
          {"operator", silence.operator_name},
          {"id", silence.id}};
}

AlertSilence parse_silence(const Json& json) {
  return {.stack = text_at(json, "stack"),
          .rule = text_at(json, "rule"),
          .from = Time(Duration(number_at(json, "from"))),
          .until = Time(Duration(number_at(json, "until"))),
          .reason = text_at(json, "reason"),
          .operator_name = text_at(json, "operator"),
          .id = text_at(json, "id")};
}

}  // namespace ballast
