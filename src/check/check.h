// One kind of check for gates, the proof of a release, and the watch: one question, one answer.
// A new check is one file here and one line in table.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "check/addons.h"
#include "host/host.h"
#include "model/compose_file.h"
#include "model/env_file.h"
#include "model/paths.h"
#include "model/policy.h"
#include "tools/engine.h"
#include "tools/postgres.h"

namespace ballast {

enum class Verdict { pass, fail, unknown };

struct CheckResult {
  std::string name;     // "disk-space": what --override and `verify: skip` name
  std::string subject;  // what it looked at: "/srv", "ten_a", "web"; may be empty
  Verdict verdict = Verdict::unknown;
  std::string measured;                  // "81 % used, 12.4 GB free", "200 in 35 ms"
  std::string hint;                      // for the person that it wakes; empty when it passes
  std::optional<Duration> elapsed = {};  // until it was answered, where that tells something
};

// When a check is asked. One check may serve several moments.
enum class Moment : unsigned {
  host_gate = 1,    // before anything: the machine and the stack's files
  image_gate = 2,   // after the pull, before anything runs
  candidate = 4,    // against the new release beside the live one
  live = 8,         // through the address that users' traffic takes
  watch = 16,       // the same, again and again, of a release that was good
  files_gate = 32,  // of the stack's files that an image carries, before they are used
};

// Where to ask a running release.
struct Target {
  docker::Container container;
  bool candidate = false;
  std::string url;          // "http://127.0.0.1:8069": scheme, host, port; no path
  std::string connect_to;   // "172.18.0.3:8069" when the URL's host is not to be resolved
  std::string host_header;  // empty: from the URL
  std::string chat_url;     // websocket port; empty: no such port (workers = 0: same as url)
  std::string chat_connect_to;
  std::string how;  // "published port 127.0.0.1:8069", "the container's own address …"
};

// What Compose itself makes of the stack's files.
struct ComposeReading {
  std::optional<Error> trouble;  // why it does not take them
  // Override, included and env files merged; nullopt: the compose file stands alone.
  std::optional<ComposeFile> resolved;
  std::vector<std::string> unset_variables;  // that it found without a value
};

struct CarriedFiles;

struct CheckContext {
  Host& host;
  Engine& engine;
  const Paths& paths;
  std::string stack;
  std::string directory;  // of the stack
  const Policy& policy;
  const ComposeFile& compose;
  const EnvFile* env = nullptr;  // absent only where it could not be read
  std::string compose_path;
  std::string project;
  std::string tag;                     // wanted
  std::string repository;              // of the wanted image
  std::optional<docker::Image> image;  // wanted image; image_gate and later
  std::string seen_image_id;           // what this tag meant before; empty: never seen
  std::string seen_repo_digest;
  std::function<ComposeReading()> read_compose;  // asks Compose; cached by the caller
  std::optional<Target> target;                  // candidate and live
  bool target_is_followed = false;               // by whoever asks: its state need not be asked
  std::vector<std::string> databases;  // Odoo's, to log in to; empty: none, or no database service
  std::string databases_trouble;       // why they could not be listed; then login is unknown
  std::optional<std::vector<Addon>> image_addons;  // of the wanted image; nullopt: not read
  std::string operation;                           // id, for labels of throw-away containers
  const CarriedFiles* carried = nullptr;           // by the image; files_gate
};

struct Check {
  std::string_view name;
  std::string_view title;  // "disk space"
  unsigned moments;        // of Moment
  bool odoo_only;
  bool overridable;  // by --override NAME --reason TEXT (gates only)
  std::vector<CheckResult> (*run)(const CheckContext&);
  bool generic_only = false;  // where a preset asks the same question more closely
};

// All, sorted by name.
std::span<const Check> all_checks();
std::vector<const Check*> checks_for(Moment moment, const Policy& policy);

// Runs them side by side, each in its own thread when `parallel`; results in the table's order. A
// check that throws gives `unknown` with the error's text.
std::vector<CheckResult> run_checks(const std::vector<const Check*>& checks,
                                    const CheckContext& context, bool parallel);

bool all_pass(const std::vector<CheckResult>& results);  // fail and unknown do not pass
std::vector<CheckResult> not_passing(const std::vector<CheckResult>& results);
std::string_view verdict_text(Verdict verdict);  // "pass", "fail", "unknown"
Json results_json(const std::vector<CheckResult>& results);
std::vector<CheckResult> results_from_json(const Json& json);

}  // namespace ballast
