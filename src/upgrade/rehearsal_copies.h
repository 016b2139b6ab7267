// One rehearsal under way: the databases of a set in a throw-away world, upgraded there by another
// release, which then has to run on them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/store.h"
#include "live/work.h"
#include "restore/throw_away_world.h"
#include "upgrade/fingerprint.h"
#include "upgrade/needs.h"
#include "upgrade/rehearsal_plan.h"
#include "upgrade/rehearsal_report.h"

namespace ballast {

class RehearsalCopies {
 public:
  RehearsalCopies(Work& work, const StoredSet& stored, const docker::Image& image,
                  const Needs& needs, Progress& progress);

  // What it makes is gone with remove_throw_away_world(). Error(refused) when nothing of it can be
  // rehearsed here; what fails on a copy is in the report.
  RehearsalReport run();

 private:
  // One copy on its way.
  struct Trial {
    std::string name;
    RehearsedDatabase result;
    Fingerprint before;
    bool is_neutral = false;
  };
  bool is_odoo() const { return work_.stack.policy.preset == Preset::odoo; }
  void choose_databases();
  RehearsalPlan plan();
  void make_world();
  void use_own_environment();
  void take_volumes();
  bool lay_over_attachments(const SetMount& mount);
  void copy_attachments(const SetVolume& volume);
  const SetDatabase& database_of_set(const std::string& name) const;
  std::optional<UpgradeWork> work_for(Postgres& postgres, const std::string& database);

  void rehearse_group(const std::vector<std::string>& names);
  void attempt(Trial& trial, const std::function<void(Trial&)>& part);
  void fill(Postgres& postgres, Trial& trial);
  void change(Postgres& postgres, Trial& trial);
  void rehearse_together(const std::vector<std::string>& names);
  void bring_in(Postgres& postgres, const SetDatabase& database);
  bool neutralise_before(const std::string& database);
  // `postgres`: nullptr: no database is asked.
  UpgradeOutcome upgrade(Postgres* postgres, const UpgradeWork& wanted);
  void time_copy(Postgres& postgres, const SetDatabase& database);
  void prove(std::vector<RehearsedDatabase>& results);
  Verification verify(const docker::Container& container, Monotonic began, bool& is_alive);
  void end_release(const std::string& container);
  void time_compose();
  void drop(const std::vector<std::string>& names);
  void sort_results();
  void judge();

  Work& work_;
  const StoredSet& stored_;
  const docker::Image& image_;
  const Needs& needs_;
  Progress& progress_;
  ThrowAwayWorld world_;
  std::vector<const SetDatabase*> databases_;
  UpgradePlace place_;
  RehearsalReport report_;
  double
      rate_;  // of a template copy, bytes a millisecond; measured once a database is large enough
};

}  // namespace ballast
