#include <fmt/format.h>

#include "base/text.h"
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

// What compares the two, where there is what to compare.
std::vector<std::string> troubles_of(const Observed& observed, const ServiceSeen* release) {
  const RecordsSeen& records = *observed.records.value;
  std::vector<std::string> troubles;
  if (release != nullptr && release->container && records.good) {
    const std::string runs = parse_reference(release->container->image).tag;
    troubles = {other_tag(observed, runs), other_release(*records.good, *release->container, runs)};
    std::erase(troubles, "");
  }
  if (records.modified) troubles.push_back("modified by hand " + records.modified->text());
  return troubles;
}

Finding finding_of(const std::string& stack, const std::string& service, const RecordsSeen& records,
                   const std::string& troubles) {
  if (!records.modified) return wrong(service, troubles);
  return wrong(
      service, troubles,
      fmt::format("look at it: ballast drift {}; bring it into an image and deploy that", stack),
      records.modified->since);
}

}  // namespace

Findings modified_by_hand(const Observed& observed, const AlertSettings&) {
  if (!observed.services.value)
    return {unsure_of("", observed.services.trouble, observed.services.hint)};
  if (!observed.records.value)
    return {unsure_of("", observed.records.trouble, observed.records.hint)};
  const RecordsSeen& records = *observed.records.value;
  const ServiceSeen* release = observed.service(observed.policy.service);
  const auto troubles = troubles_of(observed, release);
  if (!troubles.empty())
    return {finding_of(observed.stack, observed.policy.service, records, join(troubles, "; "))};
  if (release == nullptr || !release->container || !records.good) return {};
  return {good(release->name, fmt::format("{} runs, as released", records.good->tag))};
}

}  // namespace ballast::conditions
