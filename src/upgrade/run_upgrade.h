// One upgrade of one database by a release's own program, and its judgement: exit status, log, and
// what the database says of its modules. Exit status 0 alone proves nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "live/work.h"
#include "upgrade/modules.h"
#include "upgrade/needs.h"
#include "upgrade/upgrade_log.h"

namespace ballast {

struct UpgradeOutcome {
  std::string database;
  std::string trouble;  // empty: it is as it should be
  std::vector<LogFinding> findings;
  // Modules that are not `installed` afterwards, or not of the image's version:
  // "shop_theme (to upgrade)", "shop_theme (18.0.1.0 instead of 18.0.1.1)".
  std::vector<std::string> left;
  std::vector<std::string> last_lines;  // of its log; none when it passed and was judged
  Duration elapsed{};

  bool passed() const { return trouble.empty(); }
};
Json outcome_json(const UpgradeOutcome& outcome);
UpgradeOutcome outcome_from_json(const Json& json);

// What is run: the image's entrypoint with these words, or a shell.
struct UpgradeProgram {
  std::string entrypoint;  // empty: the image's
  std::vector<std::string> words;
  bool operator==(const UpgradeProgram&) const = default;
};
// Odoo: the words that the service starts Odoo with, which may say where its addons lie, then
// "-d DB -u a,b --stop-after-init --no-http --max-cron-threads=0". A generic stack's own command:
// "sh -c COMMAND", in place of the image's entrypoint, which may be the site itself.
UpgradeProgram upgrade_program(const Policy& policy, const std::vector<std::string>& service_words,
                               const UpgradeWork& wanted);

// Where it runs.
struct UpgradePlace {
  std::vector<std::string> service_words;    // the release service's command; none: the image's
  std::optional<std::vector<Addon>> addons;  // of the image; nullopt: not known
  // Makes and starts the container, marked with the operation; its id.
  std::function<std::string(const UpgradeProgram& program)> start;
};

// Runs to the end or to the policy's deadline; then the program is ended and the container removed.
// How it ended and what it logged is in the outcome. Never throws for what the upgrade itself did;
// Error(interrupted) ends it too.
UpgradeOutcome run_upgrade(Work& work, const UpgradeWork& wanted, const UpgradePlace& place,
                           Progress& progress);

// The rest of the verdict on those that ran, the first of `wanted`: what the databases of an Odoo
// stack say of their modules, also where it failed: what it left tells how far it came. All are
// asked by one client, since nobody is served meanwhile. `postgres`: their server; nullptr: there
// is none to be asked.
void judge_outcomes(Work& work, Postgres* postgres, const UpgradePlace& place,
                    const std::vector<UpgradeWork>& wanted, std::vector<UpgradeOutcome>& outcomes);

// In production: beside the stack's network, with the release service's environment and volumes, no
// ports, as the candidate is made and marked: remove_candidates() ends and removes it.
UpgradePlace in_production(Work& work, const std::string& tag, const docker::Image& image);

// Pure: what is not as it should be once it ran.
std::vector<std::string> modules_left(const std::vector<InstalledModule>& modules,
                                      const std::optional<std::vector<Addon>>& image,
                                      const UpgradeWork& wanted);

}  // namespace ballast
