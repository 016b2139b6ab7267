#include <fmt/format.h>

#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

constexpr Duration day = std::chrono::hours(24);

Finding judged(const CertificateOf& certificate, Time now, Duration soon) {
  const std::string& url = certificate.url;
  if (!certificate.seen.expires) return unsure_of(url, certificate.seen.trouble);
  const Duration left = *certificate.seen.expires - now;
  const std::string text = left < Duration::zero()
                               ? fmt::format("expired {}", human_age(-left))
                               : fmt::format("expires in {}", human_duration(left));
  Finding finding = left >= soon
                        ? good(url, text)
                        : wrong(url, text, {}, std::optional(*certificate.seen.expires - soon));
  const auto days = [](Duration length) {
    return static_cast<double>(length.count()) / static_cast<double>(day.count());
  };
  finding.measure = {.name = measure_name("certificate_days", url.substr(url.find("://") + 3)),
                     .value = days(left),
                     .unit = "",
                     .limit = days(soon),
                     .wrong_below = true};
  return finding;
}

}  // namespace

Findings certificate_expiring(const Observed& observed, const AlertSettings& settings) {
  Findings findings;
  for (const CertificateOf& certificate : observed.certificates)
    findings.push_back(judged(certificate, observed.now, settings.as_time()));
  return findings;
}

}  // namespace ballast::conditions
