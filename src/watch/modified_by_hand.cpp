#include <fmt/format.h>

#include "model/reference.h"
#include "watch/conditions.h"

namespace ballast::conditions {

namespace {

std::string other_tag(const Observed& observed, const std::string& runs) {
  if (runs == observed.tag) return {};
  return fmt::format(".env says {}={}, but {} runs", observed.policy.tag_variable, observed.tag,
                     runs);
}

std::string other_release(const ReleaseRecord& good, const docker::Container& container,
                          const std::string& runs) {
  if (runs != good.tag) return fmt::format("{} runs, but last good is {}", runs, good.tag);
  if (!good.image_id.empty() && !container.image_id.empty() && good.image_id != container.image_id)
    return fmt::format("{} runs, but from another image than the one that was proved", runs);
  return {};
}

}  // namespace

Findings modified_by_hand(const Observed& observed, const AlertSettings&) {
  if (!observed.services.value)
    return {unsure_of("", observed.services.trouble, observed.services.hint)};
  if (!observed.records.value)
    return {unsure_of("", observed.records.trouble, observed.records.hint)};
  const ServiceSeen* release = observed.service(observed.policy.service);
  const auto& proved = observed.records.value->good;
  if (release == nullptr || !release->container || !proved) return {};
  const std::string runs = parse_reference(release->container->image).tag;
  Findings findings;
  for (const std::string& trouble :
       {other_tag(observed, runs), other_release(*proved, *release->container, runs)})
    if (!trouble.empty()) findings.push_back(wrong(release->name, trouble));
  if (findings.empty())
    findings.push_back(good(release->name, fmt::format("{} runs, as released", runs)));
  return findings;
}

}  // namespace ballast::conditions
