#include <algorithm>

#include "upgrade/fallback.h"

namespace ballast {

namespace {

constexpr const char* fact_name = "fallback";

Json swap_json(const DatabaseSwap& swap) {
  Json json = name_swap_json(swap.names);
  json["owner"] = swap.owner;
  return json;
}

void write(Journal& journal, const std::string& stack, const std::vector<FallbackCopy>& all,
           Time now) {
  Json list = Json::array();
  for (const FallbackCopy& copy : all) list.push_back(fallback_json(copy));
  journal.set_fact(stack, fact_name, list, now);
}

std::vector<FallbackCopy> without(const std::vector<FallbackCopy>& all,
                                  const std::string& operation) {
  std::vector<FallbackCopy> others = all;
  std::erase_if(others, [&](const FallbackCopy& copy) { return copy.operation == operation; });
  return others;
}

bool was_deployed(const Journal& journal, const ReleaseRecord& release) {
  const auto operation = journal.operation(release.id);
  return operation && operation->kind == "deploy";
}

}  // namespace

Json fallback_json(const FallbackCopy& copy) {
  Json databases = Json::array();
  for (const DatabaseSwap& swap : copy.databases) databases.push_back(swap_json(swap));
  return {{"operation", copy.operation},
          {"at", iso_utc(copy.at)},
          {"release", copy.release},
          {"tag", copy.tag},
          {"repository", copy.repository},
          {"image_id", copy.image_id},
          {"set", copy.set},
          {"databases", databases},
          {"bytes", copy.bytes}};
}

FallbackCopy fallback_from_json(const Json& json) {
  FallbackCopy copy{.operation = text_at(json, "operation"),
                    .at = parse_time(text_at(json, "at")).value_or(Time{}),
                    .release = text_at(json, "release"),
                    .tag = text_at(json, "tag"),
                    .repository = text_at(json, "repository"),
                    .image_id = text_at(json, "image_id"),
                    .set = text_at(json, "set"),
                    .databases = {},
                    .bytes = static_cast<std::uint64_t>(number_at(json, "bytes"))};
  for (const Json& swap : member(json, "databases"))
    copy.databases.push_back({name_swap_from_json(swap), text_at(swap, "owner")});
  return copy;
}

std::vector<FallbackCopy> fallback_copies(const Journal& journal, const std::string& stack) {
  std::vector<FallbackCopy> all;
  if (const auto fact = journal.fact(stack, fact_name))
    for (const Json& json : fact->value) all.push_back(fallback_from_json(json));
  return all;
}

void keep_fallback(Journal& journal, const std::string& stack, const FallbackCopy& copy, Time now) {
  auto all = without(fallback_copies(journal, stack), copy.operation);
  all.insert(all.begin(), copy);
  write(journal, stack, all, now);
}

void forget_fallback(Journal& journal, const std::string& stack, const std::string& operation,
                     Time now) {
  const auto all = fallback_copies(journal, stack);
  const auto others = without(all, operation);
  if (others.size() != all.size()) write(journal, stack, others, now);
}

// A rollback is no reason: the data of the copies may be what is wanted next.
std::vector<FallbackCopy> removable_fallbacks(const Journal& journal, const Stack& stack,
                                              Time now) {
  std::vector<FallbackCopy> removable;
  const auto good = journal.releases(stack.name, "good");
  for (const FallbackCopy& copy : fallback_copies(journal, stack.name)) {
    const bool is_replaced = std::ranges::any_of(good, [&](const ReleaseRecord& release) {
      return release.id != copy.operation && release.at > copy.at && was_deployed(journal, release);
    });
    if (is_replaced || now - copy.at > stack.policy.upgrade.keep_fallback)
      removable.push_back(copy);
  }
  return removable;
}

}  // namespace ballast
