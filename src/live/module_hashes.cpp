#include "live/module_hashes.h"

namespace ballast {

namespace {

constexpr const char* fact_name = "module-hashes";

Json hashes_json(const ModuleHashes& hashes) {
  Json json = Json::object();
  for (const auto& [module, hash] : hashes) json[module] = hash;
  return json;
}

ModuleHashes hashes_from_json(const Json& json) {
  ModuleHashes hashes;
  for (const auto& [module, hash] : json.items())
    if (hash.is_string()) hashes[module] = hash.get<std::string>();
  return hashes;
}

}  // namespace

ModuleHashes RecordedHashes::of(const std::string& database) const {
  ModuleHashes hashes = release;
  if (const auto found = behind.find(database); found != behind.end())
    for (const auto& [module, hash] : found->second) hashes[module] = hash;
  return hashes;
}

std::optional<RecordedHashes> recorded_hashes(const Journal& journal, const std::string& stack) {
  const auto fact = journal.fact(stack, fact_name);
  if (!fact || !member(fact->value, "release").is_object()) return std::nullopt;
  RecordedHashes recorded{.operation = text_at(fact->value, "operation"),
                          .release = hashes_from_json(fact->value.at("release")),
                          .behind = {}};
  const Json& behind = member(fact->value, "behind");
  if (behind.is_object())
    for (const auto& [database, hashes] : behind.items())
      recorded.behind[database] = hashes_from_json(hashes);
  return recorded;
}

void keep_hashes(Journal& journal, const std::string& stack, const RecordedHashes& hashes,
                 Time now) {
  Json behind = Json::object();
  for (const auto& [database, modules] : hashes.behind) behind[database] = hashes_json(modules);
  journal.set_fact(stack, fact_name,
                   {{"operation", hashes.operation},
                    {"release", hashes_json(hashes.release)},
                    {"behind", behind}},
                   now);
}

void forget_hashes(Journal& journal, const std::string& stack, Time now) {
  if (recorded_hashes(journal, stack)) journal.set_fact(stack, fact_name, nullptr, now);
}

}  // namespace ballast
