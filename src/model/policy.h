// ballast.yaml of a stack, with the values that hold when it is silent, and the preset's.
// Durations: "120s", "2m". Percent: "85%". Sizes: "3.5GB".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "model/alerts.h"
#include "model/compose_file.h"
#include "model/pool_plan.h"
#include "model/retention.h"
#include "model/schedule_time.h"

namespace ballast {

enum class Preset { generic, odoo };

struct Policy {
  Preset preset = Preset::generic;
  std::string environment = "prod";  // env:
  std::string service;               // release service
  std::vector<std::string>
      companions;  // other services whose image holds the same tag variable: switched along
  std::string database_service;   // empty: none, or a server outside the stack
  std::string database_url_file;  // says where that server is; empty: none
  std::string database_image;     // of a throw-away server, where the stack has none of its own
  std::string tag_variable;       // e.g. ODOO_TAG, the variable in the release service's image
  std::string
      tag_pattern;  // ECMAScript regular expression, whole match; empty: any tag but `latest`
  std::string repository_hint;  // not in the file: the image as written in the compose file

  struct Traffic {
    std::string url;   // "https://shop.example.com" – where users' traffic goes in; empty: the
                       // published port
    std::string host;  // Host header when a router stands in front
    std::string chat_url;  // of the websocket port, when it is not behind `url`
    int port =
        0;  // container port of the web service; 0: the preset's (8069), or the only published one
    int chat_port =
        0;  // container port of websocket traffic; 0: the preset's (8072), none for generic
  } traffic;

  struct Verify {
    Duration timeout = std::chrono::seconds(120);
    Duration settle = std::chrono::seconds(10);
    Duration probe_deadline = std::chrono::seconds(10);
    std::vector<std::string> urls;  // extra paths that must answer 200: "/shop/ping"
    std::vector<std::string> skip;  // names of checks left out
  } verify;

  struct Candidate {
    bool enabled = false;
    Duration timeout = std::chrono::seconds(120);
    std::vector<std::string> arguments;  // added to the command; preset odoo: --max-cron-threads=0
  } candidate;

  struct Addons {
    std::string path;                   // preset odoo: /mnt/extra-addons
    std::vector<std::string> required;  // names of modules
  } addons;

  struct Gates {
    double disk_percent = 85;
    std::uint64_t memory_available = 256u << 20;  // bytes
  } gates;

  std::vector<std::string>
      data_mounts;        // container paths that may keep data; preset odoo: /var/lib/odoo
  int keep_releases = 3;  // good images kept by prune
  Duration stop_timeout = std::chrono::seconds(60);  // time for requests in flight
  bool pull = true;                                  // false: local images only
  bool stack_files_from_image = false;  // compose file and policy come with the release
  std::string before_deploy = "off";    // backup: {before-deploy: …}; preset odoo: required

  struct Backup {
    BackupSchedule schedule;
    RetentionLimits keep;
    Duration pool_safety = default_pool_safety;           // younger files of the pool stay
    Duration keep_replaced = std::chrono::hours(7 * 24);  // what a restore replaced
    Duration scrub = std::chrono::hours(28 * 24);         // the pool is read again in this time
    std::vector<std::string> counted_tables{"res_users", "res_partner", "ir_attachment"};
  } backup;

  struct Offsite {
    std::string remote;  // "name:path" of rclone; empty: none
    bool must_be_encrypted = true;
  } offsite;

  // Of releases that change the database.
  enum class UpgradeWhen { automatic, ask, never };
  struct Upgrade {
    UpgradeWhen when = UpgradeWhen::automatic;            // upgrade: auto | ask | never
    bool rehearse = true;                                 // rehearse: on | off
    Duration timeout = std::chrono::minutes(60);          // upgrade-timeout, of one database
    Duration keep_fallback = std::chrono::hours(7 * 24);  // keep-fallback
  } upgrade;

  // A generic stack's own commands, run by sh in the new image; empty: none.
  struct Migrate {
    std::string detect;  // ends with 0: nothing to do, 1: something
    std::string run;
  } migrate;

  struct BreakGlass {
    bool needs_approval = false;                   // of a second person
    Duration limit = std::chrono::hours(4);        // of one session
    Duration keep = std::chrono::hours(365 * 24);  // its recordings
  } break_glass;

  GivenAlerts alerts;                     // what the stack is watched for; empty: all defaults
  std::vector<std::string> certificates;  // URLs whose certificate is watched, beside `url`
  std::map<std::string, std::string>
      accepted_weaknesses;  // that `ballast doctor` is to let pass: id and reason

  // Of what is seen in containers and is nobody's change by hand; patterns (*).
  struct Drift {
    std::vector<std::string> routine;  // commands that something runs in them regularly
    std::vector<std::string> ignore;   // files that they write themselves
  } drift;

  std::vector<std::string> databases_include;  // patterns (*); empty: all
  std::vector<std::string> databases_exclude;  // patterns (*), preset odoo: none
};

// What was read, and which keys the file gave (for `init` and `config show`).
struct PolicyFile {
  Policy policy;
  bool from_file = false;
  std::vector<std::string> given;  // "verify.timeout"
};

// Inference (DESIGN: section 5): release service = the one whose image holds ${…_TAG}; database
// service = image whose last path component begins with postgres or postgis; preset odoo when the
// release service keeps /var/lib/odoo in a volume.
// Error(usage) when no service or more than one could be released: names them and says `service: …`
// in ballast.yaml.
Policy infer_policy(const ComposeFile& compose);

// `text` is ballast.yaml, nullopt when absent. Unknown keys: Error(usage)
// "<path>:<line>: unknown key `verfy`" with the nearest known key in the hint; `x-…` keys are free.
PolicyFile read_policy(const ComposeFile& compose, const std::string& path,
                       const std::optional<std::string>& text);

// The commented ballast.yaml that `init` writes; reading it back gives the same policy.
std::string print_policy(const Policy& policy);

// As it holds, defaults included, under the file's own keys.
Json policy_json(const Policy& policy);

// In a container of its own or outside the stack.
bool has_database(const Policy& policy);
bool has_database_outside(const Policy& policy);

bool tag_matches(const Policy& policy, std::string_view tag);

// `*` stands for any letters; the whole text must fit.
bool fits_pattern(std::string_view text, const std::string& pattern);

// By `database: {include: …, exclude: …}`, where `*` stands for any letters.
bool concerns_database(const Policy& policy, std::string_view name);

}  // namespace ballast
