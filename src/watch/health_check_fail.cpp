#include "watch/conditions.h"

namespace ballast::conditions {

// The checks that a deploy asks; those among them that the table marks as watched.
Findings health_check_fail(const Observed& observed, const AlertSettings&) {
  Findings findings;
  for (const CheckResult& result : observed.health)
    findings.push_back(
        {.subject = result.subject.empty() ? result.name : result.name + " " + result.subject,
         .verdict = result.verdict,
         .measured = result.measured,
         .hint = result.hint,
         .since = {},
         .measure = {}});
  return findings;
}

}  // namespace ballast::conditions
