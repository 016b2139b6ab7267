#include "model/policy_changes.h"

#include <algorithm>
#include <array>

#include "model/policy_keys.h"

namespace ballast {

namespace {

constexpr auto firm_keys =
    std::to_array<std::string_view>({"service", "stack-files", "tag-variable"});

using Texts = std::vector<std::string>;

bool holds_all(const Texts& all, const Texts& wanted) {
  return std::ranges::all_of(
      wanted, [&](const std::string& text) { return std::ranges::find(all, text) != all.end(); });
}

int strength(const std::string& before_deploy) {
  if (before_deploy == "required") return 2;
  return before_deploy == "best-effort" ? 1 : 0;
}

struct HarmlessChange {
  std::string_view key;
  bool (*is_harmless)(const Policy& before, const Policy& after);
};

bool always(const Policy&, const Policy&) { return true; }

constexpr auto harmless_changes = std::to_array<HarmlessChange>({
    {"addons.required",
     [](const Policy& before, const Policy& after) {
       return holds_all(after.addons.required, before.addons.required);
     }},
    {"backup.before-deploy",
     [](const Policy& before, const Policy& after) {
       return strength(after.before_deploy) >= strength(before.before_deploy);
     }},
    {"candidate.enabled",
     [](const Policy&, const Policy& after) { return after.candidate.enabled; }},
    {"candidate.timeout", always},
    {"certificates",
     [](const Policy& before, const Policy& after) {
       return holds_all(after.certificates, before.certificates);
     }},
    {"data", [](const Policy& before,
                const Policy& after) { return holds_all(before.data_mounts, after.data_mounts); }},
    {"gates.disk",
     [](const Policy& before, const Policy& after) {
       return after.gates.disk_percent <= before.gates.disk_percent;
     }},
    {"gates.memory-available",
     [](const Policy& before, const Policy& after) {
       return after.gates.memory_available >= before.gates.memory_available;
     }},
    {"keep-fallback",
     [](const Policy& before, const Policy& after) {
       return after.upgrade.keep_fallback >= before.upgrade.keep_fallback;
     }},
    {"keep-releases",
     [](const Policy& before, const Policy& after) {
       return after.keep_releases >= before.keep_releases;
     }},
    {"rehearse", [](const Policy&, const Policy& after) { return after.upgrade.rehearse; }},
    {"stop-timeout", always},
    {"upgrade-timeout", always},
    {"verify.settle",
     [](const Policy& before, const Policy& after) {
       return after.verify.settle >= before.verify.settle;
     }},
    {"verify.skip",
     [](const Policy& before, const Policy& after) {
       return holds_all(before.verify.skip, after.verify.skip);
     }},
    {"verify.timeout", always},
    {"verify.urls",
     [](const Policy& before, const Policy& after) {
       return holds_all(after.verify.urls, before.verify.urls);
     }},
});
static_assert(std::ranges::is_sorted(harmless_changes, {}, &HarmlessChange::key));

bool is_firm(std::string_view key) { return std::ranges::binary_search(firm_keys, key); }

bool is_harmless(std::string_view key, const Policy& before, const Policy& after) {
  const auto found = std::ranges::find(harmless_changes, key, &HarmlessChange::key);
  return found != harmless_changes.end() && found->is_harmless(before, after);
}

std::vector<PolicyChange> changes(const Policy& before, const Policy& after) {
  std::vector<PolicyChange> found;
  for (const PolicyKey& key : policy_keys()) {
    const Json was = key.value(before);
    const Json is = key.value(after);
    if (was != is)
      found.push_back(
          {.key = std::string(key.path), .before = json_text(was), .after = json_text(is)});
  }
  return found;
}

}  // namespace

std::vector<PolicyChange> firm_changes(const Policy& before, const Policy& after) {
  std::vector<PolicyChange> found = changes(before, after);
  std::erase_if(found, [](const PolicyChange& change) { return !is_firm(change.key); });
  return found;
}

std::vector<PolicyChange> loosening_changes(const Policy& before, const Policy& after) {
  std::vector<PolicyChange> found = changes(before, after);
  std::erase_if(found, [&](const PolicyChange& change) {
    return is_firm(change.key) || is_harmless(change.key, before, after);
  });
  return found;
}

}  // namespace ballast
