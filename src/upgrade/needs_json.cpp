#include "upgrade/needs.h"

namespace ballast {

namespace {

Json module_json(const ModuleNeed& need) {
  return {{"name", need.name}, {"from", need.from}, {"to", need.to}, {"because", need.because}};
}

Json database_json(const DatabaseNeed& need) {
  Json modules = Json::array();
  for (const ModuleNeed& module : need.modules) modules.push_back(module_json(module));
  return {{"database", need.database},
          {"modules", modules},
          {"dependents", need.dependents},
          {"absent", need.absent}};
}

DatabaseNeed database_from_json(const Json& json) {
  DatabaseNeed need{.database = text_at(json, "database"),
                    .modules = {},
                    .dependents = texts_in(member(json, "dependents")),
                    .absent = texts_in(member(json, "absent"))};
  if (const Json& modules = member(json, "modules"); modules.is_array())
    for (const Json& module : modules)
      need.modules.push_back({.name = text_at(module, "name"),
                              .from = text_at(module, "from"),
                              .to = text_at(module, "to"),
                              .because = text_at(module, "because")});
  return need;
}

}  // namespace

Json needs_json(const Needs& needs) {
  Json databases = Json::array();
  for (const DatabaseNeed& need : needs.databases) databases.push_back(database_json(need));
  Json work = Json::array();
  for (const UpgradeWork& one : needs.work)
    work.push_back({{"database", one.database}, {"modules", one.modules}});
  return {{"databases", databases},         {"detects", needs.detects},
          {"detected", needs.detected},     {"work", work},
          {"decided_by", needs.decided_by}, {"fresh", needs.fresh},
          {"unknown", needs.unknown}};
}

Needs needs_from_json(const Json& json) {
  Needs needs;
  if (const Json& databases = member(json, "databases"); databases.is_array())
    for (const Json& one : databases) needs.databases.push_back(database_from_json(one));
  if (const Json& work = member(json, "work"); work.is_array())
    for (const Json& one : work)
      needs.work.push_back(
          {.database = text_at(one, "database"), .modules = texts_in(member(one, "modules"))});
  needs.detects = flag_at(json, "detects");
  needs.detected = text_at(json, "detected");
  needs.decided_by = text_at(json, "decided_by");
  needs.fresh = flag_at(json, "fresh");
  needs.unknown = text_at(json, "unknown");
  return needs;
}

}  // namespace ballast
