#include "install/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/json.h"

namespace ballast {

namespace {

constexpr std::string_view schema = "ballast.installed/1";
constexpr std::array<std::pair<Starter, std::string_view>, 3> starters{
    {{Starter::daemon, "daemon"}, {Starter::timers, "timers"}, {Starter::cron, "cron"}}};

unsigned mode_in(const std::string& text) {
  unsigned mode = 0;
  std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  return mode;
}

std::vector<std::string> names_in(const Json& json, std::string_view key) {
  std::vector<std::string> names;
  for (const Json& one : member(json, key))
    if (one.is_string()) put_name(names, one.get<std::string>());
  return names;
}

}  // namespace

std::string_view starter_name(Starter starter) {
  return std::ranges::find(starters, starter, &decltype(starters)::value_type::first)->second;
}

std::optional<Starter> starter_called(std::string_view name) {
  const auto* found = std::ranges::find(starters, name, &decltype(starters)::value_type::second);
  return found == starters.end() ? std::nullopt : std::optional(found->first);
}

const RecordedFile* InstallRecord::file(std::string_view path) const {
  const auto found = std::ranges::find(files, path, &RecordedFile::path);
  return found == files.end() ? nullptr : &*found;
}

void InstallRecord::put(RecordedFile file) {
  const auto place = std::ranges::lower_bound(files, file.path, {}, &RecordedFile::path);
  if (place != files.end() && place->path == file.path)
    *place = std::move(file);
  else
    files.insert(place, std::move(file));
}

void InstallRecord::forget(std::string_view path) {
  std::erase_if(files, [&](const RecordedFile& file) { return file.path == path; });
}

bool InstallRecord::empty() const {
  return files.empty() && folders.empty() && groups.empty() && users.empty() && services.empty();
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void put_name(std::vector<std::string>& names, const std::string& name) {
  const auto place = std::ranges::lower_bound(names, name);
  if (place == names.end() || *place != name) names.insert(place, name);
}

std::string record_text(const InstallRecord& record) {
  Json files = Json::array();
  for (const RecordedFile& file : record.files) {
    Json json{
        {"path", file.path}, {"mode", fmt::format("{:04o}", file.mode)}, {"sha256", file.sha256}};
    if (!file.writing.empty()) json["writing"] = file.writing;
    files.push_back(json);
  }
  return pretty_json({{"schema", schema},
                      {"starter", record.starter ? Json(starter_name(*record.starter)) : Json()},
                      {"files", files},
                      {"folders", record.folders},
                      {"groups", record.groups},
                      {"users", record.users},
                      {"services", record.services}});
}

std::optional<InstallRecord> parse_record(std::string_view text) {
  const auto json = parse_json(text);
  if (!json || text_at(*json, "schema") != schema) return std::nullopt;
  InstallRecord record{.starter = starter_called(text_at(*json, "starter")),
                       .files = {},
                       .folders = names_in(*json, "folders"),
                       .groups = names_in(*json, "groups"),
                       .users = names_in(*json, "users"),
                       .services = names_in(*json, "services")};
  for (const Json& one : member(*json, "files"))
    if (one.is_object())
      record.put({.path = text_at(one, "path"),
                  .mode = mode_in(text_at(one, "mode")),
                  .sha256 = text_at(one, "sha256"),
                  .writing = text_at(one, "writing")});
  return record;
}

}  // namespace ballast
