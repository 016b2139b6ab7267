#include "daemon/watched.h"

#include <fmt/format.h>

#include <algorithm>

namespace ballast {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

bool is_of_the_server(const Alert& alert) {
  return alert.rule == "disk-full" || alert.rule == "disk-filling" ||
         (alert.rule == "clock-wrong" && alert.subject == "engine");
}

int badness(const Watched& one) {
  if (!one.verdict || *one.verdict == Verdict::pass) return 0;
  return *one.verdict == Verdict::unknown ? 1 : 2;
}

// The shortest patience and the highest severity that any stack asks for.
void join(Watched& kept, const Watched& other) {
  if (badness(other) > badness(kept)) {
    kept.verdict = other.verdict;
    kept.alert.text = other.alert.text;
    kept.alert.hint = other.alert.hint;
  }
  kept.alert.severity = std::max(kept.alert.severity, other.alert.severity);
  kept.rule.failing_for = std::min(kept.rule.failing_for, other.rule.failing_for);
}

Watched watched(const std::string& stack, const AlertLine& line) {
  return {.alert = {.rule = std::string(line.kind->id),
                    .stack = stack,
                    .subject = line.finding.subject,
                    .title = std::string(line.kind->title),
                    .news = News::firing,
                    .unknown = false,
                    .severity = line.settings.severity,
                    .text = line.finding.measured,
                    .hint = line.hint,
                    .since = {},
                    .until = {}},
          .rule = {.failing_for = line.settings.hold},
          .verdict = line.finding.verdict};
}

Watched of_ballast(std::string rule, std::string title, const std::string& trouble,
                   std::string hint) {
  return {.alert = {.rule = std::move(rule),
                    .stack = {},
                    .subject = {},
                    .title = std::move(title),
                    .news = News::firing,
                    .unknown = false,
                    .severity = Severity::page,
                    .text = trouble,
                    .hint = std::move(hint),
                    .since = {},
                    .until = {}},
          .rule = {.failing_for = seconds(10)},
          .verdict = trouble.empty() ? Verdict::pass : Verdict::fail};
}

}  // namespace

std::vector<Watched> watched_of(const std::string& stack, std::span<const AlertLine> lines) {
  std::vector<Watched> all;
  for (const AlertLine& line : lines) all.push_back(watched(stack, line));
  return all;
}

void follow_settings(std::vector<Watched>& watched, const WatchSettings& settings) {
  for (Watched& one : watched) {
    one.rule.remind_every = settings.remind;
    one.rule.flap_hold = settings.flap_hold;
  }
}

std::vector<Watched> server_wide_once(std::vector<Watched> watched) {
  std::vector<Watched> all;
  for (Watched& one : watched) {
    if (!is_of_the_server(one.alert)) {
      all.push_back(std::move(one));
      continue;
    }
    one.alert.stack.clear();
    const auto same = std::ranges::find_if(
        all, [&](const Watched& other) { return other.alert.key() == one.alert.key(); });
    if (same == all.end())
      all.push_back(std::move(one));
    else
      join(*same, one);
  }
  return all;
}

Watched engine_watched(const std::string& trouble) {
  return of_ballast("engine-down", "Engine Down", trouble,
                    "systemctl status docker; journalctl -u docker -n 50");
}

Watched files_watched(const std::string& stack, const std::string& trouble) {
  Watched watched =
      of_ballast("stack-unreadable", "Stack Unreadable", trouble,
                 fmt::format("nothing new of it is watched: ballast config validate {}", stack));
  watched.alert.stack = stack;
  watched.alert.severity = Severity::warn;
  watched.rule.failing_for = minutes(1);
  return watched;
}

}  // namespace ballast
