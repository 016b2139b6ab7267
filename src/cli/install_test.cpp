#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using testing::Bench;
using testing::Ran;

class InstallCommand : public ::testing::Test {
 protected:
  InstallPart& add(InstallPartKind kind, const std::string& name, InstallState state) {
    auto& parts = bench_.script.installed.plan.parts;
    parts.push_back({.kind = kind, .name = name, .state = state});
    return parts.back();
  }

  Bench bench_;
};

TEST_F(InstallCommand, TellsOfEachPartAndWhatIsLeftToDo) {
  add(InstallPartKind::folder, "/srv/stacks", InstallState::made).note = "0755";
  add(InstallPartKind::user, "deploy", InstallState::made);
  InstallPart& kept = add(InstallPartKind::file, "/srv/scripts/deploy.sh", InstallState::kept);
  kept.note = "not written by Ballast";
  kept.hint = "`mv it away`";
  kept.trouble = true;
  add(InstallPartKind::file, "/etc/logrotate.d/ballast", InstallState::in_place);
  bench_.script.installed.plan.notes = {"sshd reads its settings when it is told to"};
  const Ran ran = bench_.run({"install", "--cron"});
  EXPECT_EQ(ran.status, 9);
  EXPECT_EQ(bench_.script.install.starter, Starter::cron);
  EXPECT_FALSE(bench_.script.install.dry_run);
  EXPECT_EQ(ran.output,
            "made  /srv/stacks/            0755\n"
            "made  user deploy\n"
            "kept  /srv/scripts/deploy.sh  not written by Ballast\n"
            "to do:\n"
            "- /srv/scripts/deploy.sh: `mv it away`\n"
            "- sshd reads its settings when it is told to\n");
  EXPECT_EQ(ran.errors, "");
}

TEST_F(InstallCommand, SaysWhenThereIsNothingToDo) {
  add(InstallPartKind::file, "/etc/logrotate.d/ballast", InstallState::in_place);
  add(InstallPartKind::user, "deploy", InstallState::in_place);
  const Ran ran = bench_.run({"install"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(bench_.script.install.starter, std::nullopt);
  EXPECT_EQ(ran.output, "2 parts in place, nothing to do\n");
}

TEST_F(InstallCommand, ShowsEveryFileAsADifferenceFirst) {
  InstallPart& changed =
      add(InstallPartKind::file, "/etc/logrotate.d/ballast", InstallState::changed);
  changed.before = "weekly\n";
  changed.text = "daily\n";
  add(InstallPartKind::file, "/etc/cron.d/odoo18-backup", InstallState::removed).before = "*/5\n";
  add(InstallPartKind::file, "/etc/ballast/access.yaml", InstallState::made).text = "keys:\n";
  bench_.script.installed.dry_run = true;
  const Ran ran = bench_.run({"install", "--dry-run"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(bench_.script.install.dry_run);
  EXPECT_EQ(ran.output,
            "--- /etc/logrotate.d/ballast\n+++ /etc/logrotate.d/ballast\n@@ -1 +1 @@\n-weekly\n"
            "+daily\n"
            "--- /etc/cron.d/odoo18-backup\n+++ /dev/null\n@@ -1 +0,0 @@\n-*/5\n"
            "--- /dev/null\n+++ /etc/ballast/access.yaml\n@@ -0,0 +1 @@\n+keys:\n"
            "changed  /etc/logrotate.d/ballast\n"
            "removed  /etc/cron.d/odoo18-backup\n"
            "made     /etc/ballast/access.yaml\n"
            "that is what would be done: nothing was changed\n");
}

TEST_F(InstallCommand, WhatStandsInTheWayIsAnError) {
  InstallPart& refused =
      add(InstallPartKind::file, "/etc/cron.d/odoo18-backup", InstallState::refused);
  refused.note = "not written by Ballast";
  refused.hint = "`mv it away`";
  refused.trouble = true;
  add(InstallPartKind::file, "/etc/ballast/access.yaml", InstallState::made).text = "keys:\n";
  Ran ran = bench_.run({"install"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.errors,
            "error: /etc/cron.d/odoo18-backup is another hand's: nothing was changed\n"
            "hint: move away what stands in Ballast's place, as it says above; then `ballast "
            "install`\n");
  ran = bench_.run({"install", "--json"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.errors, "");
}

TEST_F(InstallCommand, InJsonAllOfIt) {
  InstallPart& failed = add(InstallPartKind::service, "ballast.service", InstallState::failed);
  failed.note = "exit status 1";
  failed.trouble = true;
  bench_.script.installed.plan.starter = Starter::daemon;
  bench_.script.installed.plan.notes = {"note"};
  EXPECT_EQ(bench_.run({"install", "--json"}).output,
            R"({"schema":"ballast.install/1","dry_run":false,"starter":"daemon","parts":[)"
            R"({"kind":"service","name":"ballast.service","state":"failed","note":"exit status 1",)"
            R"("hint":null}],"notes":["note"],"exit":1})"
            "\n");
  bench_.script.installed = {.plan = {}, .dry_run = true, .removal = true};
  add(InstallPartKind::file, "/etc/x", InstallState::removed).before = "x\n";
  EXPECT_EQ(bench_.run({"uninstall", "--dry-run", "--json"}).output,
            R"({"schema":"ballast.uninstall/1","dry_run":true,"parts":[{"kind":"file",)"
            R"("name":"/etc/x","state":"removed","note":null,"hint":null,"difference":)"
            R"("--- /etc/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"}],"notes":[],"exit":0})"
            "\n");
  EXPECT_TRUE(bench_.script.install.dry_run);
}

TEST_F(InstallCommand, TakesOneOfThree) {
  const Ran ran = bench_.run({"install", "--cron", "--daemon"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.errors,
            "error: one of --daemon, --timers and --cron, not several\n"
            "hint: the daemon keeps the schedule itself; with a timer or cron nobody watches\n");
}

TEST_F(InstallCommand, TheRemovalSaysWhatIsLeft) {
  bench_.script.installed.removal = true;
  EXPECT_EQ(bench_.run({"uninstall"}).output, "nothing of `ballast install` is here\n");
  add(InstallPartKind::user, "deploy", InstallState::removed);
  add(InstallPartKind::folder, "/srv/backups", InstallState::kept).note = "not empty";
  EXPECT_EQ(bench_.run({"uninstall"}).output,
            "removed  user deploy\n"
            "kept     /srv/backups/  not empty\n"
            "stacks, backups and the journal are left as they are\n");
}

}  // namespace

}  // namespace ballast
