#include "watch/round.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "live/stack.h"
#include "watch/conditions.h"
#include "watch/observe.h"
#include "watch/suppression.h"

namespace ballast {

namespace {

AlertState state_of(Verdict verdict, bool explained) {
  if (verdict == Verdict::pass) return AlertState::ok;
  if (explained) return AlertState::suppressed;
  return verdict == Verdict::fail ? AlertState::failing : AlertState::unknown;
}

// The policy's word goes first; then what the condition knows of this very case.
std::string hint_of(const AlertKind& kind, const AlertSettings& settings, const Finding& finding,
                    const std::string& stack) {
  if (finding.verdict == Verdict::pass) return {};
  if (!settings.hint.empty()) return settings.hint;
  if (!finding.hint.empty()) return finding.hint;
  if (finding.verdict == Verdict::unknown) return {};
  return replace_all(std::string(kind.hint), "{stack}", stack);
}

AlertLine line_of(const AlertKind& kind, const AlertSettings& settings, Finding finding,
                  const Observed& observed) {
  const AlertName name{
      .rule = std::string(kind.id), .stack = observed.stack, .subject = finding.subject};
  const auto because =
      explanation(observed.operation, name, observed.now, longest_upgrade(observed));
  AlertLine line{.kind = &kind, .settings = settings, .finding = {}, .because = {}, .hint = {}};
  line.state = state_of(finding.verdict, because.has_value());
  if (line.state == AlertState::suppressed) line.because = *because;
  line.hint = hint_of(kind, settings, finding, observed.stack);
  line.finding = std::move(finding);
  return line;
}

std::string operation_text(const Observed& observed) {
  return observed.is_busy() ? work_text(*observed.operation, observed.now) : std::string();
}

}  // namespace

std::string_view state_text(AlertState state) {
  switch (state) {
    case AlertState::ok: return "ok";
    case AlertState::suppressed: return "suppressed";
    case AlertState::unknown: return "unknown";
    case AlertState::failing: return "failing";
  }
  return "";
}

bool RoundReport::all_good() const {
  return std::ranges::none_of(lines, [](const AlertLine& line) {
    return line.state == AlertState::failing || line.state == AlertState::unknown;
  });
}

RoundReport judge_alerts(const Observed& observed) {
  RoundReport report{.stack = observed.stack,
                     .at = observed.now,
                     .operation = operation_text(observed),
                     .lines = {}};
  for (const Condition& condition : all_conditions()) {
    const AlertKind& kind = *find_alert(condition.alert);
    const AlertSettings settings = settings_of(observed.policy.alerts, kind);
    if (!settings.enabled) continue;
    for (Finding& finding : condition.judge(observed, settings))
      report.lines.push_back(line_of(kind, settings, std::move(finding), observed));
  }
  return report;
}

std::vector<AlertLine> with_unanswered(std::vector<AlertLine> lines,
                                       const std::vector<AlertLine>& before) {
  std::vector<AlertLine> kept;
  for (const AlertLine& old : before) {
    const auto is_same = [&](const AlertLine& line) {
      return line.kind == old.kind && line.finding.subject == old.finding.subject;
    };
    const auto is_unanswered = [&](const AlertLine& line) {
      return line.kind == old.kind && line.finding.verdict == Verdict::unknown;
    };
    const auto unanswered = std::ranges::find_if(lines, is_unanswered);
    if (std::ranges::any_of(lines, is_same) || unanswered == lines.end()) continue;
    AlertLine line = *unanswered;
    line.finding.subject = old.finding.subject;
    kept.push_back(std::move(line));
  }
  std::ranges::move(kept, std::back_inserter(lines));
  return lines;
}

RoundReport check_stack(Server& server, const std::string& stack) {
  return judge_alerts(observe_for_alerts(server, read_stack(server, stack)));
}

}  // namespace ballast
