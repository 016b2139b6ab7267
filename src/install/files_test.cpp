// What becomes of files and folders, on a real disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "host/test_error.h"
#include "install/test_server.h"

namespace ballast {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

namespace fs = std::filesystem;

const std::string logrotate = "/etc/logrotate.d/ballast";
const std::string old_name = "/srv/scripts/deploy.sh";
const std::string access_file = "/etc/ballast/access.yaml";
const std::string keys(deploy_keys);
const std::string cron(cron_file);

class InstallFiles : public testing::Test {
 protected:
  // As a version before this one left it.
  void leave_older(const std::string& path, const std::string& text, const std::string& writing) {
    server_.install();
    InstallRecord record = server_.record();
    server_.write(path, text);
    record.put({.path = path, .mode = 0644, .sha256 = sha256_hex(text), .writing = writing});
    write_record(record);
  }
  void write_record(const InstallRecord& record) {
    server_.write("/var/lib/ballast/installed.json", record_text(record), 0600);
  }
  std::string wanted(const std::string& path) { return part_of(server_.plan(), path).text; }

  TestServer server_;
};

TEST_F(InstallFiles, ASecondRunChangesNothingAndTheRemovalLeavesNothing) {
  server_.write("/srv/stacks/shop/.env", "SHOP_TAG=v1\n");
  fs::create_directories(server_.path("/etc"));
  const auto before = server_.tree();
  const InstallPlan first = server_.install();
  EXPECT_EQ(state_of(first, logrotate), "made");
  EXPECT_EQ(state_of(first, "/var/lib/ballast"), "made");
  EXPECT_EQ(state_of(first, "/srv/stacks"), "in place");
  EXPECT_EQ(state_of(first, "/etc"), "absent");
  const auto made = server_.tree();
  EXPECT_THAT(made, Contains(Key(logrotate)));
  const InstallPlan second = server_.install();
  for (const InstallPart& part : second.parts)
    if (part.kind == InstallPartKind::file || part.kind == InstallPartKind::folder) {
      EXPECT_EQ(state_of(second, part.name), "in place");
    }
  EXPECT_EQ(server_.tree(), made);
  server_.uninstall();
  EXPECT_EQ(server_.tree(), before);
}

TEST_F(InstallFiles, ModesAreThoseThatAreWanted) {
  server_.install();
  const auto mode = [&](std::string_view path) {
    return fs::status(server_.path(std::string(path))).permissions();
  };
  EXPECT_EQ(mode(sudoers_file), fs::perms(0440));
  EXPECT_EQ(mode(old_name), fs::perms(0755));
  EXPECT_EQ(mode(keys), fs::perms(0644));
  EXPECT_EQ(mode("/etc/ballast/authorized_keys"), fs::perms(0755));
  EXPECT_EQ(mode("/srv/backups"), fs::perms(0700));
  EXPECT_EQ(mode("/var/lib/ballast"), fs::perms(0700));
  EXPECT_EQ(mode("/var/lib/ballast/installed.json"), fs::perms(0600));
}

TEST_F(InstallFiles, AFileOfAnotherHandStopsEverything) {
  server_.write(cron, "0 19 * * 0 root /srv/scripts/backup-odoo18.sh weekly-full\n");
  const auto before = server_.tree();
  const InstallPlan plan = server_.install(Starter::cron);
  EXPECT_TRUE(is_refused(plan));
  EXPECT_EQ(state_of(plan, cron), "refused");
  EXPECT_EQ(part_of(plan, cron).note, "not written by Ballast");
  EXPECT_EQ(part_of(plan, cron).hint,
            "`mv /etc/cron.d/odoo18-backup /etc/cron.d/odoo18-backup.before-ballast`, then "
            "`ballast install`");
  EXPECT_EQ(server_.tree(), before);
}

TEST_F(InstallFiles, WithTheDaemonACronFileOfAnotherHandIsNamed) {
  server_.write(cron, "0 19 * * 0 root /srv/scripts/backup-odoo18.sh weekly-full\n");
  const InstallPlan plan = server_.install(Starter::daemon);
  EXPECT_FALSE(is_refused(plan));
  EXPECT_THAT(plan.notes, Contains("/etc/cron.d/odoo18-backup was not written by Ballast: what it "
                                   "calls is called beside the schedule"));
  EXPECT_TRUE(server_.has(cron));
}

TEST_F(InstallFiles, ALinkOrAFolderInItsPlaceStopsEverything) {
  server_.write("/etc/elsewhere", "theirs");
  fs::create_directories(server_.path("/etc/logrotate.d"));
  fs::create_symlink(server_.path("/etc/elsewhere"), server_.path(logrotate));
  InstallPlan plan = server_.install();
  EXPECT_EQ(part_of(plan, logrotate).note, "a symlink, not made by Ballast");
  EXPECT_EQ(state_of(plan, logrotate), "refused");
  EXPECT_EQ(server_.read("/etc/elsewhere"), "theirs");
  fs::remove(server_.path(logrotate));
  fs::create_directory(server_.path(logrotate));
  plan = server_.install();
  EXPECT_EQ(part_of(plan, logrotate).note, "a folder, not made by Ballast");
  EXPECT_FALSE(server_.has("/var"));
}

TEST_F(InstallFiles, AnOldScriptStays) {
  server_.write(old_name, "#!/bin/sh\necho old\n", 0755);
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, old_name), "kept");
  EXPECT_TRUE(part_of(plan, old_name).trouble);
  EXPECT_EQ(part_of(plan, old_name).hint,
            "to have Ballast's in its place: `mv /srv/scripts/deploy.sh "
            "/srv/scripts/deploy.sh.before-ballast`, then `ballast install`");
  EXPECT_EQ(state_of(plan, logrotate), "made");
  server_.uninstall();
  EXPECT_EQ(server_.read(old_name), "#!/bin/sh\necho old\n");
}

TEST_F(InstallFiles, WhatAPersonFillsInIsThatPersons) {
  server_.write(access_file, "keys: {}\n");
  InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, access_file), "kept");
  EXPECT_FALSE(part_of(plan, access_file).trouble);
  server_.write(keys, "restrict ssh-ed25519 AAAA ken\n");
  plan = server_.install();
  EXPECT_EQ(state_of(plan, keys), "kept");
  EXPECT_EQ(part_of(plan, keys).note, "as you have it");
  plan = server_.uninstall();
  EXPECT_EQ(state_of(plan, keys), "kept");
  EXPECT_EQ(server_.read(keys), "restrict ssh-ed25519 AAAA ken\n");
  EXPECT_EQ(server_.read(access_file), "keys: {}\n");
  EXPECT_FALSE(server_.has("/var/lib/ballast/installed.json"));
}

TEST_F(InstallFiles, WhatAPersonChangedIsKeptAndNamed) {
  server_.install();
  server_.write(logrotate, "# mine\n");
  InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, logrotate), "kept");
  EXPECT_TRUE(part_of(plan, logrotate).trouble);
  EXPECT_EQ(part_of(plan, logrotate).note, "changed since by a person");
  EXPECT_EQ(server_.read(logrotate), "# mine\n");
  plan = server_.uninstall();
  EXPECT_EQ(state_of(plan, logrotate), "kept");
  EXPECT_EQ(part_of(plan, logrotate).hint, "when nobody needs it: `rm /etc/logrotate.d/ballast`");
  EXPECT_EQ(server_.read(logrotate), "# mine\n");
  EXPECT_FALSE(server_.has(old_name));
  fs::remove(server_.path(logrotate));
  server_.uninstall();
  EXPECT_FALSE(server_.has("/var/lib/ballast/installed.json"));
}

TEST_F(InstallFiles, AModeThatAPersonChangedIsNamed) {
  server_.install();
  server_.set_mode(logrotate, 0666);
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, logrotate), "kept");
  EXPECT_EQ(part_of(plan, logrotate).note, "its owner or mode was changed since (0666)");
}

TEST_F(InstallFiles, AnOlderOneOfItsOwnIsBroughtUpToDate) {
  leave_older(logrotate, "# of version 0.0.9\n", "");
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, logrotate), "changed");
  EXPECT_EQ(part_of(plan, logrotate).before, "# of version 0.0.9\n");
  EXPECT_EQ(server_.read(logrotate), wanted(logrotate));
}

TEST_F(InstallFiles, ARunThatWasKilledIsFinishedByTheNext) {
  const std::string text = wanted(logrotate);
  leave_older(logrotate, "# of version 0.0.9\n", sha256_hex(text));
  EXPECT_EQ(state_of(server_.install(), logrotate), "changed");
  EXPECT_EQ(server_.read(logrotate), text);
  leave_older(logrotate, "# of version 0.0.9\n", sha256_hex(text));
  server_.write(logrotate, text);
  EXPECT_EQ(state_of(server_.uninstall(), logrotate), "removed");
  EXPECT_FALSE(server_.has(logrotate));
}

TEST_F(InstallFiles, WhatIsToBeWrittenIsInTheRecordBeforeItIs) {
  fs::create_directories(server_.path("/usr/local"));
  InstallPlan plan = server_.plan();
  server_.write("/usr/local/bin", "comes in between: the last file cannot be written\n");
  EXPECT_EQ(
      error_of([&] { carry_out(server_.processes, server_.paths, server_.observed, plan); }).kind(),
      Kind::failed);
  const InstallRecord record = server_.record();
  ASSERT_NE(record.file("/usr/local/bin/deploy_odoo18.sh"), nullptr);
  EXPECT_EQ(record.file("/usr/local/bin/deploy_odoo18.sh")->sha256, "");
  EXPECT_EQ(record.file(logrotate)->writing, sha256_hex(server_.read(logrotate)));
}

TEST_F(InstallFiles, AChangeOfTheStarterRemovesWhatTheOtherNeeded) {
  server_.install(Starter::cron);
  EXPECT_TRUE(server_.has(cron));
  const InstallPlan plan = server_.install(Starter::timers);
  EXPECT_EQ(state_of(plan, cron), "removed");
  EXPECT_FALSE(server_.has(cron));
  EXPECT_TRUE(server_.has("/etc/systemd/system/ballast-schedule.timer"));
  server_.install(Starter::daemon);
  EXPECT_FALSE(server_.has("/etc/systemd/system/ballast-schedule.timer"));
  EXPECT_FALSE(server_.has("/etc/systemd/system/ballast-schedule.service"));
  EXPECT_TRUE(server_.has("/etc/systemd/system/ballast.service"));
  EXPECT_EQ(server_.record().starter, Starter::daemon);
}

TEST_F(InstallFiles, UnitsOfThePackageTakeThePlaceOfItsOwn) {
  server_.install(Starter::daemon);
  const auto packaged = [](ObservedServer& observed) { observed.traits.packaged_units = true; };
  const InstallPlan plan = server_.install(Starter::daemon, packaged);
  EXPECT_EQ(state_of(plan, "/etc/systemd/system/ballast.service"), "removed");
  EXPECT_FALSE(server_.has("/etc/systemd/system/ballast.service"));
}

TEST_F(InstallFiles, NoLinkIsFollowedThatAnotherCouldHavePut) {
  fs::create_directories(server_.path("/srv"));
  fs::create_directories(server_.path("/root-only"));
  server_.set_mode("/srv", 0777);
  fs::create_directory_symlink(server_.path("/root-only"), server_.path("/srv/scripts"));
  const Error error = error_of([&] { server_.install(); });
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(), server_.path("/srv/scripts") + " is a symbolic link");
  EXPECT_TRUE(fs::is_empty(server_.path("/root-only")));
  EXPECT_FALSE(server_.has("/var"));
}

TEST_F(InstallFiles, ALinkThatRootPutIsFollowed) {
  fs::create_directories(server_.path("/data/backups"));
  server_.set_mode("/data/backups", 0700);
  fs::create_directories(server_.path("/srv"));
  fs::create_directory_symlink(server_.path("/data/backups"), server_.path("/srv/backups"));
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, "/srv/backups"), "in place");
  EXPECT_FALSE(is_refused(plan));
}

TEST_F(InstallFiles, FoldersInWhichOthersCanWriteAreNamed) {
  fs::create_directories(server_.path("/srv/scripts"));
  fs::create_directories(server_.path("/srv/backups"));
  server_.set_mode("/srv/scripts", 0777);
  server_.set_mode("/srv/backups", 0755);
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, "/srv/scripts"), "kept");
  EXPECT_EQ(part_of(plan, "/srv/scripts").note, "others can write there (0777)");
  EXPECT_EQ(part_of(plan, "/srv/scripts").hint,
            "`chown root:root /srv/scripts && chmod 0755 /srv/scripts`");
  EXPECT_EQ(part_of(plan, "/srv/backups").note, "others can read there (0755)");
  const InstallPart& script = part_of(plan, old_name);
  EXPECT_EQ(script.state, InstallState::made);
  EXPECT_TRUE(script.trouble);
  EXPECT_EQ(script.note,
            "others can replace it: " + server_.path("/srv/scripts") + " is not root's alone");
  EXPECT_EQ(fs::status(server_.path("/srv/scripts")).permissions(), fs::perms(0777));
}

TEST_F(InstallFiles, AFileInThePlaceOfAFolderStopsEverything) {
  server_.write("/srv/backups", "");
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, "/srv/backups"), "refused");
  EXPECT_EQ(part_of(plan, "/srv/backups").note, "a file, and not a folder");
}

TEST_F(InstallFiles, TheRemovalLeavesStacksBackupsAndTheJournal) {
  server_.install();
  const auto kept = {"/srv/stacks/shop/.env", "/srv/backups/shop/sets/1/manifest.json",
                     "/srv/deployments/history.log", "/var/lib/ballast/ballast.db"};
  for (const char* path : kept) server_.write(path, "kept");
  server_.uninstall();
  const auto left = server_.tree();
  for (const char* path : kept) EXPECT_THAT(left, Contains(Key(path)));
  EXPECT_THAT(left, Not(Contains(Key("/srv/scripts"))));
  EXPECT_THAT(left, Not(Contains(Key("/var/lib/ballast/installed.json"))));
  EXPECT_THAT(left, Not(Contains(Key("/etc"))));
}

TEST_F(InstallFiles, ARecordThatCannotBeReadStopsEverything) {
  server_.write("/var/lib/ballast/installed.json", "{}", 0600);
  const Error error = error_of([&] { server_.install(); });
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_THAT(error.message(), HasSubstr("installed.json is no record of what was installed"));
  EXPECT_FALSE(server_.has("/etc"));
}

}  // namespace
}  // namespace ballast
