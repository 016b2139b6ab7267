#include "watch/mute.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ballast {

namespace {

// Words of rules, blanks between.
struct Consequence {
  std::string_view cause;
  std::string_view rules;
};

constexpr auto of_operations = std::to_array<Consequence>({
    {"deploy", "container-down health-check-fail db-connection not-ready-to-roll-back"},
    {"import", "db-connection"},
    {"restore", "container-down health-check-fail db-connection"},
    {"restore-undo", "container-down health-check-fail db-connection"},
    {"rollback", "container-down health-check-fail db-connection not-ready-to-roll-back"},
});
static_assert(std::ranges::is_sorted(of_operations, {}, &Consequence::cause));

// Within a stack; what is wrong with the server itself explains it in every stack.
constexpr auto of_alerts = std::to_array<Consequence>({
    {"container-down", "db-connection health-check-fail"},
    {"db-connection", "health-check-fail"},
    {"disk-full", "backup-failed db-connection health-check-fail"},
    {"engine-down", "backup-failed container-down db-connection health-check-fail high-memory"},
});
static_assert(std::ranges::is_sorted(of_alerts, {}, &Consequence::cause));

std::vector<std::string_view> rules_of(std::span<const Consequence> table, std::string_view cause) {
  const auto found = std::ranges::find(table, cause, &Consequence::cause);
  std::vector<std::string_view> rules;
  if (found == table.end()) return rules;
  for (std::string_view rest = found->rules; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    rules.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return rules;
}

// How many causes stand one behind the other below it.
int depth_of(std::string_view rule) {
  int depth = 0;
  for (const std::string_view consequence : rules_of(of_alerts, rule))
    depth = std::max(depth, 1 + depth_of(consequence));
  return depth;
}

bool contains(const std::vector<std::string_view>& rules, std::string_view rule) {
  return std::ranges::find(rules, rule) != rules.end();
}

}  // namespace

bool AlertSilence::covers(const AlertName& alert, Time now) const {
  return (stack.empty() || stack == alert.stack) && (rule.empty() || rule == alert.rule) &&
         from <= now && now < until;
}

std::vector<std::string_view> caused_by(std::string_view kind) {
  return rules_of(of_operations, kind);
}

bool is_caused(const AlertName& alert, const OwnWork& work) {
  const bool concerns = alert.stack.empty() || alert.stack == work.stack;
  return concerns && work.running < work.may_last && contains(caused_by(work.kind), alert.rule);
}

bool explains(const AlertName& cause, const AlertName& alert) {
  const bool concerns = cause.stack.empty() || cause.stack == alert.stack;
  return concerns && contains(rules_of(of_alerts, cause.rule), alert.rule);
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
          {"operator", silence.operator_name}};
}

AlertSilence parse_silence(const Json& json) {
  return {.stack = text_at(json, "stack"),
          .rule = text_at(json, "rule"),
          .from = Time(Duration(number_at(json, "from"))),
          .until = Time(Duration(number_at(json, "until"))),
          .reason = text_at(json, "reason"),
          .operator_name = text_at(json, "operator")};
}

}  // namespace ballast
