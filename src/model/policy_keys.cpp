#include "model/policy_keys.h"

#include <algorithm>
#include <array>

#include "model/alert_keys.h"
#include "model/policy_schedule.h"
#include "model/weaknesses.h"

namespace ballast {

namespace {

using Value = PolicyValue;

void read_preset(Policy& policy, const Value& value) {
  policy.preset =
      read_choice(value, {"generic", "odoo"}) == "odoo" ? Preset::odoo : Preset::generic;
}

void read_before_deploy(Policy& policy, const Value& value) {
  policy.before_deploy = read_choice(value, {"required", "best-effort", "off"});
}

void read_offsite_encryption(Policy& policy, const Value& value) {
  policy.offsite.must_be_encrypted = read_choice(value, {"required", "not-needed"}) == "required";
}

void read_approval(Policy& policy, const Value& value) {
  policy.break_glass.needs_approval = read_choice(value, {"not-needed", "required"}) == "required";
}

Json map_json(const std::map<std::string, std::string>& map) {
  Json json = Json::object();
  for (const auto& [key, value] : map) json[key] = value;
  return json;
}

void read_upgrade(Policy& policy, const Value& value) {
  const std::string when = read_choice(value, {"auto", "ask", "never"});
  policy.upgrade.when = when == "auto"  ? Policy::UpgradeWhen::automatic
                        : when == "ask" ? Policy::UpgradeWhen::ask
                                        : Policy::UpgradeWhen::never;
}

std::string_view upgrade_text(Policy::UpgradeWhen when) {
  switch (when) {
    case Policy::UpgradeWhen::ask: return "ask";
    case Policy::UpgradeWhen::never: return "never";
    case Policy::UpgradeWhen::automatic: break;
  }
  return "auto";
}

void read_stack_files(Policy& policy, const Value& value) {
  policy.stack_files_from_image = read_choice(value, {"from-image", "on-server"}) == "from-image";
}

constexpr auto keys = std::to_array<PolicyKey>({
    {"addons.path",
     [](Policy& policy, const Value& value) { policy.addons.path = read_absolute_path(value); },
     [](const Policy& policy) { return Json(policy.addons.path); },
     "where the image keeps its own modules", "/mnt/extra-addons"},
    {"addons.required",
     [](Policy& policy, const Value& value) { policy.addons.required = read_texts(value); },
     [](const Policy& policy) { return Json(policy.addons.required); },
     "modules without which an image is refused", "[shop_theme]"},
    {"alerts", [](Policy& policy, const Value& value) { policy.alerts = read_alerts(value); },
     [](const Policy& policy) { return alerts_json(policy.alerts); },
     "what `ballast check` looks for: thresholds, severity, hint, enabled",
     "{high-memory: {over: 3.5GB, for: 1m, severity: page}, disk-full: {over: 85%}}"},
    {"backup.before-deploy", read_before_deploy,
     [](const Policy& policy) { return Json(policy.before_deploy); },
     "required, best-effort or off", ""},
    {"backup.count",
     [](Policy& policy, const Value& value) { policy.backup.counted_tables = read_texts(value); },
     [](const Policy& policy) { return Json(policy.backup.counted_tables); },
     "tables whose rows a set counts and a restore compares", ""},
    {"backup.daily",
     [](Policy& policy, const Value& value) {
       policy.backup.schedule.daily = read_daily_time(value);
     },
     [](const Policy& policy) { return schedule_time_json(policy.backup.schedule.daily); },
     "when the schedule makes a daily set; no zone: the server's own", "03:00 Asia/Tokyo"},
    {"backup.drill",
     [](Policy& policy, const Value& value) { read_drill_time(policy.backup.schedule, value); },
     [](const Policy& policy) { return drill_time_json(policy.backup.schedule); },
     "when the schedule rehearses a restore: weekly, or a day and a time", "weekly"},
    {"backup.keep-daily",
     [](Policy& policy, const Value& value) { policy.backup.keep.daily = read_count(value, 1); },
     [](const Policy& policy) { return Json(policy.backup.keep.daily); },
     "complete daily sets that stay", ""},
    {"backup.keep-pre-deploy",
     [](Policy& policy, const Value& value) {
       policy.backup.keep.pre_deploy = read_count(value, 1);
     },
     [](const Policy& policy) { return Json(policy.backup.keep.pre_deploy); },
     "complete pre-deploy sets that stay", ""},
    {"backup.keep-replaced",
     [](Policy& policy, const Value& value) {
       policy.backup.keep_replaced = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.backup.keep_replaced); },
     "how long `ballast prune` leaves what a restore replaced", ""},
    {"backup.keep-weekly",
     [](Policy& policy, const Value& value) { policy.backup.keep.weekly = read_count(value, 1); },
     [](const Policy& policy) { return Json(policy.backup.keep.weekly); },
     "complete weekly-full sets that stay", ""},
    {"backup.pool-safety",
     [](Policy& policy, const Value& value) {
       policy.backup.pool_safety = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.backup.pool_safety); },
     "files of the pool that are younger than this stay, whoever names them", ""},
    {"backup.scrub",
     [](Policy& policy, const Value& value) { policy.backup.scrub = read_duration(value); },
     [](const Policy& policy) { return duration_json(policy.backup.scrub); },
     "backups read the whole pool again within this time, part by part; 0s: never", ""},
    {"backup.weekly-full",
     [](Policy& policy, const Value& value) {
       policy.backup.schedule.weekly_full = read_weekly_time(value);
     },
     [](const Policy& policy) { return schedule_time_json(policy.backup.schedule.weekly_full); },
     "when the schedule makes a weekly-full set", "Sun 04:00 Asia/Tokyo"},
    {"break-glass.approval", read_approval,
     [](const Policy& policy) {
       return Json(policy.break_glass.needs_approval ? "required" : "not-needed");
     },
     "whether a second person approves a break-glass session: required or not-needed", ""},
    {"break-glass.keep",
     [](Policy& policy, const Value& value) {
       policy.break_glass.keep = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.break_glass.keep); },
     "how long the records of a closed session stay", ""},
    {"break-glass.limit",
     [](Policy& policy, const Value& value) {
       policy.break_glass.limit = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.break_glass.limit); },
     "the longest that a session may be opened for", ""},
    {"candidate.arguments",
     [](Policy& policy, const Value& value) { policy.candidate.arguments = read_texts(value); },
     [](const Policy& policy) { return Json(policy.candidate.arguments); },
     "added to the command of a candidate", "[--max-cron-threads=0]"},
    {"candidate.enabled",
     [](Policy& policy, const Value& value) { policy.candidate.enabled = read_flag(value); },
     [](const Policy& policy) { return Json(policy.candidate.enabled); },
     "prove a release beside the live one before traffic moves; short: `candidate: off`", ""},
    {"candidate.timeout",
     [](Policy& policy, const Value& value) {
       policy.candidate.timeout = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.candidate.timeout); },
     "a candidate that is not good after this time fails the release", ""},
    {"certificates",
     [](Policy& policy, const Value& value) { policy.certificates = read_https_urls(value); },
     [](const Policy& policy) { return Json(policy.certificates); },
     "more addresses whose certificate is watched", "[https://mail.example.com]"},
    {"chat-port",
     [](Policy& policy, const Value& value) { policy.traffic.chat_port = read_port(value); },
     [](const Policy& policy) { return port_json(policy.traffic.chat_port); },
     "port of websocket traffic inside the container", ""},
    {"chat-url",
     [](Policy& policy, const Value& value) { policy.traffic.chat_url = read_url(value); },
     [](const Policy& policy) { return Json(policy.traffic.chat_url); },
     "where websocket traffic goes in, when that is not `url`", "https://chat.example.com"},
    {"data",
     [](Policy& policy, const Value& value) { policy.data_mounts = read_absolute_paths(value); },
     [](const Policy& policy) { return Json(policy.data_mounts); },
     "paths in the container that may keep data from one release to the next", "[/var/lib/shop]"},
    {"database.exclude",
     [](Policy& policy, const Value& value) { policy.databases_exclude = read_texts(value); },
     [](const Policy& policy) { return Json(policy.databases_exclude); },
     "databases that are left alone; `*` stands for any letters", "[\"test_*\"]"},
    {"database.image",
     [](Policy& policy, const Value& value) { policy.database_image = read_image(value); },
     [](const Policy& policy) { return Json(policy.database_image); },
     "the image of the throw-away server of a drill, when the stack's own is outside of it",
     "postgres:16"},
    {"database.include",
     [](Policy& policy, const Value& value) { policy.databases_include = read_texts(value); },
     [](const Policy& policy) { return Json(policy.databases_include); },
     "databases that are checked and backed up; none named: all", "[\"shop_*\"]"},
    {"database.service",
     [](Policy& policy, const Value& value) { policy.database_service = read_text(value); },
     [](const Policy& policy) { return Json(policy.database_service); },
     "the service that runs PostgreSQL; \"\" for none", ""},
    {"database.url-file",
     [](Policy& policy, const Value& value) {
       policy.database_url_file = read_absolute_path(value);
     },
     [](const Policy& policy) { return Json(policy.database_url_file); },
     "a file of root's alone (0600) that says where a server outside the stack is",
     "/etc/ballast/shop.url"},
    {"doctor.accept",
     [](Policy& policy, const Value& value) {
       policy.accepted_weaknesses = read_accepted(value, WeaknessScope::stack);
     },
     [](const Policy& policy) { return map_json(policy.accepted_weaknesses); },
     "weaknesses that `ballast doctor` is to let pass, and why",
     "{mutable-tag: \"until the registry is ours, 2026-12, ken\"}"},
    {"drift.ignore",
     [](Policy& policy, const Value& value) { policy.drift.ignore = read_absolute_paths(value); },
     [](const Policy& policy) { return Json(policy.drift.ignore); },
     "files that the release's container writes itself; `*` stands for any letters",
     "[\"/var/cache/shop/*\"]"},
    {"drift.routine",
     [](Policy& policy, const Value& value) { policy.drift.routine = read_texts(value); },
     [](const Policy& policy) { return Json(policy.drift.routine); },
     "commands that are run in containers regularly, and are nobody's change by hand",
     "[\"pg_isready*\"]"},
    {"env",
     [](Policy& policy, const Value& value) { policy.environment = read_environment_name(value); },
     [](const Policy& policy) { return Json(policy.environment); },
     "the environment that the history names", ""},
    {"gates.disk",
     [](Policy& policy, const Value& value) { policy.gates.disk_percent = read_percent(value); },
     [](const Policy& policy) { return percent_json(policy.gates.disk_percent); },
     "a fuller disk refuses a deploy", ""},
    {"gates.memory-available",
     [](Policy& policy, const Value& value) { policy.gates.memory_available = read_size(value); },
     [](const Policy& policy) { return size_json(policy.gates.memory_available); },
     "less available memory refuses a deploy", ""},
    {"host", [](Policy& policy, const Value& value) { policy.traffic.host = read_host(value); },
     [](const Policy& policy) { return Json(policy.traffic.host); },
     "the Host header, when a router stands in front", "shop.example.com"},
    {"keep-fallback",
     [](Policy& policy, const Value& value) {
       policy.upgrade.keep_fallback = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.upgrade.keep_fallback); },
     "how long copies of databases from before an upgrade stay, if no good release comes after it",
     ""},
    {"keep-releases",
     [](Policy& policy, const Value& value) { policy.keep_releases = read_count(value, 1); },
     [](const Policy& policy) { return Json(policy.keep_releases); },
     "good images that are kept for a rollback", ""},
    {"migrate.detect",
     [](Policy& policy, const Value& value) { policy.migrate.detect = read_command_line(value); },
     [](const Policy& policy) { return Json(policy.migrate.detect); },
     "run by sh in the new image of a generic stack: ends with 0 when nothing is to be migrated, 1 "
     "when something is",
     "\"python manage.py migrate --check\""},
    {"migrate.run",
     [](Policy& policy, const Value& value) { policy.migrate.run = read_command_line(value); },
     [](const Policy& policy) { return Json(policy.migrate.run); },
     "run by sh in the new image: migrates the database; without `detect` at every release of "
     "another image",
     "\"python manage.py migrate --no-input\""},
    {"offsite.encryption", read_offsite_encryption,
     [](const Policy&
            policy) { return Json(policy.offsite.must_be_encrypted ? "required" : "not-needed"); },
     "required: the remote must be one of rclone's type crypt; or not-needed", ""},
    {"offsite.remote",
     [](Policy& policy, const Value& value) { policy.offsite.remote = read_remote(value); },
     [](const Policy& policy) { return Json(policy.offsite.remote); },
     "where rclone copies each backup set; \"\" for nowhere", "\"offsite:backups\""},
    {"port", [](Policy& policy, const Value& value) { policy.traffic.port = read_port(value); },
     [](const Policy& policy) { return port_json(policy.traffic.port); },
     "port of the web service inside the container; off: the one that is published", ""},
    {"preset", read_preset,
     [](const Policy& policy) { return Json(policy.preset == Preset::odoo ? "odoo" : "generic"); },
     "the defaults: odoo or generic", ""},
    {"pull", [](Policy& policy, const Value& value) { policy.pull = read_flag(value); },
     [](const Policy& policy) { return Json(policy.pull); },
     "off: only images that are here already", ""},
    {"rehearse",
     [](Policy& policy, const Value& value) { policy.upgrade.rehearse = read_flag(value); },
     [](const Policy& policy) { return Json(policy.upgrade.rehearse); },
     "try what a release changes in the databases on copies first", ""},
    {"service", [](Policy& policy, const Value& value) { policy.service = read_text(value); },
     [](const Policy& policy) { return Json(policy.service); }, "the service that is released", ""},
    {"stack-files", read_stack_files,
     [](const Policy&
            policy) { return Json(policy.stack_files_from_image ? "from-image" : "on-server"); },
     "from-image: compose file and policy come with each release; or on-server", ""},
    {"stop-timeout",
     [](Policy& policy, const Value& value) {
       policy.stop_timeout = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.stop_timeout); },
     "time for requests in flight before a container is killed", ""},
    {"tag-pattern",
     [](Policy& policy, const Value& value) { policy.tag_pattern = read_pattern(value); },
     [](const Policy& policy) { return Json(policy.tag_pattern); },
     "a regular expression for the whole tag; \"\": any tag but `latest`", ""},
    {"tag-variable",
     [](Policy& policy, const Value& value) { policy.tag_variable = read_variable_name(value); },
     [](const Policy& policy) { return Json(policy.tag_variable); },
     "the variable of .env that holds the tag", ""},
    {"upgrade", read_upgrade,
     [](const Policy& policy) { return Json(std::string(upgrade_text(policy.upgrade.when))); },
     "what happens when a release has to change the databases: auto, ask or never", ""},
    {"upgrade-timeout",
     [](Policy& policy, const Value& value) {
       policy.upgrade.timeout = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.upgrade.timeout); },
     "an upgrade of one database that is not done after this time fails the release", ""},
    {"url", [](Policy& policy, const Value& value) { policy.traffic.url = read_url(value); },
     [](const Policy& policy) { return Json(policy.traffic.url); },
     "where users' traffic goes in; without it the published port is asked",
     "https://shop.example.com"},
    {"verify.probe-deadline",
     [](Policy& policy, const Value& value) {
       policy.verify.probe_deadline = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.verify.probe_deadline); },
     "how long one question may take", ""},
    {"verify.settle",
     [](Policy& policy, const Value& value) { policy.verify.settle = read_duration(value); },
     [](const Policy& policy) { return duration_json(policy.verify.settle); },
     "how long a release must stay good", ""},
    {"verify.skip",
     [](Policy& policy, const Value& value) { policy.verify.skip = read_texts(value); },
     [](const Policy& policy) { return Json(policy.verify.skip); }, "checks that are left out",
     "[web-asset]"},
    {"verify.timeout",
     [](Policy& policy, const Value& value) {
       policy.verify.timeout = read_positive_duration(value);
     },
     [](const Policy& policy) { return duration_json(policy.verify.timeout); },
     "a release that is not good after this time is rolled back", ""},
    {"verify.urls",
     [](Policy& policy, const Value& value) { policy.verify.urls = read_absolute_paths(value); },
     [](const Policy& policy) { return Json(policy.verify.urls); },
     "more paths that must answer 200", "[/shop]"},
});
static_assert(std::ranges::is_sorted(keys, {}, &PolicyKey::path));

}  // namespace

std::string_view PolicyKey::section() const {
  const auto dot = path.find('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

std::string_view PolicyKey::name() const { return path.substr(path.find('.') + 1); }

std::span<const PolicyKey> policy_keys() { return keys; }

}  // namespace ballast
