#include "install/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ballast {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::vector<std::string> paths_of(const InstallLayout& layout) {
  std::vector<std::string> paths;
  for (const WantedFile& file : layout.files) paths.push_back(file.path);
  return paths;
}

const WantedFile& file_of(const InstallLayout& layout, std::string_view path) {
  return *std::ranges::find(layout.files, path, &WantedFile::path);
}

TEST(InstallLayout, HasAllFilesWithCron) {
  const InstallLayout layout = layout_of(Starter::cron, {});
  EXPECT_THAT(paths_of(layout),
              ElementsAre("/etc/ballast/access.yaml", "/etc/ballast/authorized_keys/deploy",
                          "/etc/cron.d/odoo18-backup", "/etc/logrotate.d/ballast",
                          "/etc/ssh/sshd_config.d/ballast.conf", "/etc/sudoers.d/ballast-gate",
                          "/srv/scripts/backup-odoo18.sh", "/srv/scripts/deploy.sh",
                          "/usr/local/bin/deploy_odoo18.sh"));
  EXPECT_EQ(layout.unit, "");
  EXPECT_EQ(file_of(layout, sudoers_file).mode, 0440U);
  EXPECT_EQ(file_of(layout, deploy_keys).mode, 0644U);
  EXPECT_EQ(file_of(layout, "/srv/scripts/deploy.sh").mode, 0755U);
  EXPECT_THAT(file_of(layout, cron_file).text,
              HasSubstr("\n*/5 * * * * root /usr/bin/ballast --quiet schedule run "));
}

TEST(InstallLayout, HasOneOfThreeStarters) {
  const auto daemon = paths_of(layout_of(Starter::daemon, {}));
  EXPECT_THAT(daemon, Contains("/etc/systemd/system/ballast.service"));
  EXPECT_THAT(daemon, Not(Contains(HasSubstr("schedule"))));
  EXPECT_THAT(daemon, Not(Contains(cron_file)));
  const auto timers = paths_of(layout_of(Starter::timers, {}));
  EXPECT_THAT(timers, IsSupersetOf({"/etc/systemd/system/ballast-schedule.service",
                                    "/etc/systemd/system/ballast-schedule.timer"}));
  EXPECT_THAT(timers, Not(Contains("/etc/systemd/system/ballast.service")));
  EXPECT_EQ(layout_of(Starter::timers, {}).unit, "ballast-schedule.timer");
}

TEST(InstallLayout, LeavesOutWhatThereIsNoUseFor) {
  const auto packaged = paths_of(layout_of(Starter::daemon, {.packaged_units = true}));
  EXPECT_THAT(packaged, Not(Contains(HasSubstr("systemd"))));
  const auto bare = paths_of(layout_of(Starter::cron, {.sudo = false, .sshd = false}));
  EXPECT_THAT(bare, AllOf(Not(Contains(sudoers_file)), Not(Contains(sshd_file))));
  const auto unfit = paths_of(layout_of(Starter::cron, {.gate = false}));
  EXPECT_THAT(unfit,
              AllOf(Not(Contains(sudoers_file)), Not(Contains(sshd_file)), Contains(deploy_keys)));
}

TEST(InstallLayout, FoldersComeBeforeWhatIsInThem) {
  const InstallLayout layout = layout_of(Starter::cron, {});
  EXPECT_TRUE(std::ranges::is_sorted(layout.folders, {}, &WantedFolder::path));
  for (const WantedFile& file : layout.files)
    EXPECT_NE(std::ranges::find(layout.folders, file.path.substr(0, file.path.rfind('/')),
                                &WantedFolder::path),
              layout.folders.end())
        << file.path;
  const auto state = std::ranges::find(layout.folders, "/var/lib/ballast", &WantedFolder::path);
  EXPECT_EQ(state->mode, 0700U);
  EXPECT_TRUE(state->ours);
  EXPECT_FALSE(std::ranges::find(layout.folders, "/etc", &WantedFolder::path)->ours);
}

}  // namespace
}  // namespace ballast
