#include "upgrade/rehearsal_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace ballast {

namespace {

bool is_about(const CheckResult& check, const std::string& database,
              const std::set<std::string>& all) {
  return check.subject == database || database.empty() || !all.contains(check.subject);
}

void take_verdict(const Verification& verification, bool is_alive, const std::set<std::string>& all,
                  RehearsedDatabase& copy) {
  std::vector<std::string> failing;
  for (const CheckResult& check : verification.checks) {
    if (!is_about(check, copy.outcome.database, all)) continue;
    copy.checks.push_back(line_of(check));
    if (check.verdict != Verdict::pass) failing.push_back(line_of(check));
  }
  if (verification.passed) return;
  if (!is_alive || all_pass(verification.checks)) failing = {verification.trouble};
  if (!failing.empty())
    copy.outcome.trouble =
        fmt::format("the release does not verify on the copy: {}", join(failing, "; "));
}

}  // namespace

void take_verdicts(const Verification& verification, bool is_alive,
                   std::vector<RehearsedDatabase>& copies) {
  std::set<std::string> all;
  for (const RehearsedDatabase& copy : copies) all.insert(copy.outcome.database);
  for (RehearsedDatabase& copy : copies) take_verdict(verification, is_alive, all, copy);
}

}  // namespace ballast
